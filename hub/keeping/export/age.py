"""A file locked with a passphrase, in the age format (age-encryption.org/v1), so that nobody needs PIMS to open it.

`age --decrypt` of any maker opens it. Of the format only what a passphrase needs is here: one scrypt stanza, the
header's MAC, and the payload in pieces of 64 KiB whose nonce counts them and marks the last one. See C2SP/age.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hub.errors import HubError

VERSION: Final = b"age-encryption.org/v1"
PIECE_BYTES: Final = 64 * 1024
WORK_FACTOR: Final = 15
"""Two to this power is scrypt's cost: 32 MB and a tenth of a second. The passphrase itself has 120 random bits."""
MOST_WORK: Final = 20
"""What a file may ask of us: 1 GB of memory."""
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without i, l, o and u, which are misread."""
GROUPS: Final = 6
_LETTERS: Final = 4
_LABEL: Final = VERSION + b"/scrypt"
_TAG_BYTES: Final = 16
_LINE: Final = 200


class AgeError(HubError):
    """A locked file cannot be opened; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("locked_file", sentence)


class Out(Protocol):
    """Where bytes go."""

    def write(self, raw: bytes, /) -> object: ...


def new_passphrase(random: bytes) -> str:
    """Six groups of four from 15 random bytes, as they are typed: small letters, hyphens between."""
    number = int.from_bytes(random[:15], "big")
    letters = [ALPHABET[number >> shift & 31] for shift in range(115, -5, -5)]
    return "-".join("".join(letters[at : at + _LETTERS]) for at in range(0, GROUPS * _LETTERS, _LETTERS))


def as_made(typed: str) -> str:
    """A passphrase of ours as somebody typed it, in the one form that opens; others stay as they are."""
    letters = [char for char in typed.lower().translate(str.maketrans("ilo", "110")) if char.isalnum()]
    if len(letters) != GROUPS * _LETTERS or any(char not in ALPHABET for char in letters):
        return typed.strip()
    whole = "".join(letters)
    return "-".join(whole[at : at + _LETTERS] for at in range(0, len(whole), _LETTERS))


class Locking:
    """Write to it what is to be locked; `close` writes the last piece. Without it the file does not open."""

    def __init__(self, out: Out, passphrase: str, *, work: int = WORK_FACTOR) -> None:
        self._out = out
        file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        body = ChaCha20Poly1305(_scrypt(passphrase, salt, work)).encrypt(bytes(12), file_key, None)
        stanza = b"-> scrypt %s %d\n%s\n" % (_base64(salt), work, _base64(body))
        header = VERSION + b"\n" + stanza + b"---"
        out.write(header + b" " + _base64(_mac(file_key, header)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
        self._number, self._held = 0, bytearray()

    def write(self, raw: bytes, /) -> int:
        """Take the next bytes in."""
        self._held += raw
        while len(self._held) > PIECE_BYTES:
            self._piece(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        return len(raw)

    def flush(self) -> None:
        """Nothing: a piece is written when it is full."""

    def close(self) -> None:
        self._piece(bytes(self._held), last=True)

    def _piece(self, plain: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), plain, None))
        self._number += 1


def unlocked(file: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """What was locked, in pieces. AgeError for another passphrase, or where it was changed or cut off."""
    key = _file_key(file, passphrase)
    cipher = ChaCha20Poly1305(_derive(key, _exactly(file, 16), b"payload"))
    number, piece = 0, file.read(PIECE_BYTES + _TAG_BYTES)
    while True:
        following = file.read(PIECE_BYTES + _TAG_BYTES)
        last = not following
        try:
            yield cipher.decrypt(_nonce(number, last), piece, None)
        except InvalidTag:
            raise AgeError(
                f"The file was changed or cut off after it was written (piece {number + 1}). Ask for a new one."
            ) from None
        if last:
            return
        number, piece = number + 1, following


def _file_key(file: BinaryIO, passphrase: str) -> bytes:
    lines = [file.readline(_LINE) for _ in range(4)]
    words = lines[1].split()
    if lines[0] != VERSION + b"\n" or words[:2] != [b"->", b"scrypt"] or len(words) != 4:
        raise AgeError("This is no file that was locked with a passphrase. Name the one that the hub made.")
    try:
        salt, body, mac = _plain(words[2]), _plain(lines[2].strip()), _plain(lines[3].strip()[4:])
        work = int(words[3])
    except ValueError:
        raise _no_header() from None
    if not lines[3].startswith(b"--- ") or not 1 <= work <= MOST_WORK or len(salt) != 16 or len(body) != 32:
        raise _no_header()
    try:
        key = ChaCha20Poly1305(_scrypt(as_made(passphrase), salt, work)).decrypt(bytes(12), body, None)
    except InvalidTag:
        raise AgeError(
            "This passphrase does not open the file. Compare it with the paper, letter by letter."
        ) from None
    if not hmac.compare_digest(_mac(key, b"".join(lines[:3]) + b"---"), mac):
        raise _no_header()
    return key


def _no_header() -> AgeError:
    return AgeError("The beginning of the file is damaged. Ask for a new one.")


def _scrypt(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << work, r=8, p=1).derive(passphrase.encode())


def _derive(key: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=salt, info=info).derive(key)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derive(file_key, None, b"header"), header, "sha256")


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _base64(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _plain(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _exactly(file: BinaryIO, length: int) -> bytes:
    raw = file.read(length)
    if len(raw) != length:
        raise AgeError("The file was cut off. Ask for a new one.")
    return raw
