"""The file of a backup: a header in the clear, then chunks that nobody reads or changes without the recovery key.

    "PIMS-BACKUP\\n" | length of header (4) | header (JSON) | chunks | SHA-256 of all before (32) | signature (64)
    chunk: length (4), highest bit set in the last one | AES-256-GCM of at most 1 MiB

Every backup has a key of its own, sealed to the recovery key. A chunk's nonce is its number; header, number and
whether it is the last one are authenticated with it, so that no chunk is dropped, moved or taken from another file.
The hub signs the digest of the whole: without any secret it can be told that the file is as it was written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.recovery import fingerprint
from wire.envelope import check_signature, preimage
from wire.errors import WireError
from wire.keys import OpeningKey, SealingKey, SigningKey, public_bytes, sealing_key, verifying_key
from wire.sealing import seal, unseal

MAGIC: Final = b"PIMS-BACKUP\n"
FORMAT: Final = 1
CHUNK_BYTES: Final = 1 << 20
_MAX_HEADER: Final = 4096
_TAG_BYTES: Final = 16
_LAST: Final = 1 << 31
_FOOTER: Final = 32 + 64


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What is told in the clear: nothing of anybody. `hub` and `recovery` are public keys in hex.

    `schema` is the revision of the database. Fields of later formats are ignored.
    """

    format: int
    made_at: datetime
    hub: str
    recovery: str
    sealed_key: bytes
    schema: str
    software: str


class Writer:
    """Writes a backup to `out`. Nothing in the clear reaches the file; `close` gives the digest of it."""

    def __init__(
        self,
        out: BinaryIO,
        receiver: SealingKey,
        signer: SigningKey,
        made_at: datetime,
        schema: str,
        software: str,
    ) -> None:
        key = os.urandom(32)
        header = Header(
            format=FORMAT,
            made_at=made_at,
            hub=public_bytes(signer.public_key()).hex(),
            recovery=public_bytes(receiver).hex(),
            sealed_key=seal(key, receiver, "backup"),
            schema=schema,
            software=software,
        )
        raw = msgspec.json.encode(header)
        self._out, self._signer = out, signer
        self._cipher = AESGCM(key)
        self._header = hashlib.sha256(raw).digest()
        self._whole = hashlib.sha256()
        self._number = 0
        self._held = bytearray()
        self._put(MAGIC + len(raw).to_bytes(4, "big") + raw)

    def write(self, plain: bytes) -> None:
        """Take the next bytes in."""
        self._held += plain
        while len(self._held) > CHUNK_BYTES:
            self._chunk(bytes(self._held[:CHUNK_BYTES]), last=False)
            del self._held[:CHUNK_BYTES]

    def close(self) -> str:
        """Write what is left and the end; the SHA-256 of all before the end, in hex."""
        self._chunk(bytes(self._held), last=True)
        digest = self._whole.digest()
        self._out.write(digest + self._signer.sign(_covers(digest)))
        return digest.hex()

    def _chunk(self, plain: bytes, *, last: bool) -> None:
        locked = self._cipher.encrypt(_nonce(self._number), plain, _beside(self._header, self._number, last))
        self._put((len(locked) | (_LAST if last else 0)).to_bytes(4, "big") + locked)
        self._number += 1

    def _put(self, raw: bytes) -> None:
        self._whole.update(raw)
        self._out.write(raw)


class Reader:
    """Reads a backup from a file that can be sought. BackupError with what is wrong with it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.header, self._raw_header = _read_header(file)
        self._start = file.tell()

    def check(self) -> str:
        """Without any secret: whole, unchanged, and by the hub named in the header. Gives the digest in hex."""
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        whole, left = hashlib.sha256(), size - _FOOTER
        if left < self._start:
            raise _cut()
        while left > 0:
            raw = self._file.read(min(CHUNK_BYTES, left))
            whole.update(raw)
            left -= len(raw)
        footer = self._file.read(_FOOTER)
        if footer[:32] != whole.digest():
            raise BackupError(
                "altered", "The backup was changed or cut off after it was written. Use another one."
            )
        try:
            check_signature(verifying_key(bytes.fromhex(self.header.hub)), footer[32:], _covers(footer[:32]))
        except (WireError, ValueError):
            raise BackupError("forged", "The backup is not signed by the hub that it names.") from None
        return footer[:32].hex()

    def chunks(self, key: OpeningKey) -> Iterator[bytes]:
        """What was written, in pieces. BackupError for another key, or at the first changed or missing piece."""
        cipher = AESGCM(self._unlock(key))
        header = hashlib.sha256(self._raw_header).digest()
        self._file.seek(self._start)
        number, last = 0, False
        while not last:
            length = int.from_bytes(_exactly(self._file, 4), "big")
            last, length = bool(length & _LAST), length & ~_LAST
            if not _TAG_BYTES <= length <= CHUNK_BYTES + _TAG_BYTES:
                raise _changed(number)
            locked = _exactly(self._file, length)
            try:
                yield cipher.decrypt(_nonce(number), locked, _beside(header, number, last))
            except InvalidTag:
                raise _changed(number) from None
            number += 1

    def _unlock(self, key: OpeningKey) -> bytes:
        given = key.public_key()
        if public_bytes(given).hex() != self.header.recovery:
            wanted = fingerprint(sealing_key(bytes.fromhex(self.header.recovery)))
            raise BackupError(
                "wrong_key",
                f"This backup is locked for the recovery key {wanted}; the one given is {fingerprint(given)}. "
                "Look for the paper with that name.",
            )
        try:
            return unseal(self.header.sealed_key, key, "backup")
        except WireError:
            raise _changed(0) from None


def _read_header(file: BinaryIO) -> tuple[Header, bytes]:
    try:
        magic = file.read(len(MAGIC))
        length = int.from_bytes(file.read(4), "big")
        raw = file.read(min(length, _MAX_HEADER))
        if magic != MAGIC or not 0 < length <= _MAX_HEADER or len(raw) != length:
            raise ValueError
        told = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        _refuse_newer(told)
        header = msgspec.json.decode(raw, type=Header)
        sealing_key(bytes.fromhex(header.recovery))
    except (ValueError, msgspec.DecodeError):
        raise BackupError(
            "no_backup", "This file is no backup of a hub, or its beginning is damaged."
        ) from None
    return header, raw


def _refuse_newer(told: dict[str, msgspec.Raw]) -> None:
    if int(bytes(told.get("format", msgspec.Raw(b"0")))) > FORMAT:
        raise BackupError(
            "newer", "The backup was made by a newer version of this software. Install that version first."
        )


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _beside(header: bytes, number: int, last: bool) -> bytes:
    return preimage("backup chunk", header, number, int(last))


def _covers(digest: bytes) -> bytes:
    return preimage("backup", digest)


def _exactly(file: BinaryIO, length: int) -> bytes:
    raw = file.read(length)
    if len(raw) != length:
        raise _cut()
    return raw


def _cut() -> BackupError:
    return BackupError("cut", "The backup was cut off: its end is missing. Use another one.")


def _changed(number: int) -> BackupError:
    return BackupError(
        "altered", f"The backup was changed after it was written (piece {number + 1}). Use another one."
    )
