"""The recovery key: backups are locked for its public half; its private half is on paper and nowhere else.

On paper it is 13 groups of four characters with a fifth that checks them, so that whoever types it in is told which
group was mistyped. No I, L, O or U: they are misread.
"""

from __future__ import annotations

import hashlib
from typing import Final

from hub.keeping.backup.errors import BackupError
from wire.keys import OpeningKey, SealingKey, opening_key, private_bytes, public_bytes

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("ILO", "110")
GROUPS: Final = 13
_DATA: Final = 4
_BITS: Final = 5
_KEY_BITS: Final = 256


def groups_of(key: OpeningKey) -> list[str]:
    """The private key as it goes onto paper."""
    number = int.from_bytes(private_bytes(key), "big") << (GROUPS * _DATA * _BITS - _KEY_BITS)
    letters = []
    for place in range(GROUPS * _DATA):
        shift = (GROUPS * _DATA - 1 - place) * _BITS
        letters.append(ALPHABET[number >> shift & 31])
    chunks = ["".join(letters[start : start + _DATA]) for start in range(0, len(letters), _DATA)]
    return [chunk + _check(place, chunk) for place, chunk in enumerate(chunks)]


def key_of(text: str) -> OpeningKey:
    """The private key from what was typed; BackupError naming the group that cannot be right."""
    letters = [char for char in text.upper().translate(_MISREAD) if char.isalnum()]
    if len(letters) != GROUPS * (_DATA + 1):
        raise BackupError(
            "recovery_length",
            f"The recovery key has {GROUPS} groups of {_DATA + 1} characters, {GROUPS * (_DATA + 1)} in all; "
            f"{len(letters)} were given. Type it again from the paper.",
        )
    number = 0
    for place in range(GROUPS):
        group = "".join(letters[place * (_DATA + 1) : (place + 1) * (_DATA + 1)])
        if any(char not in ALPHABET for char in group) or _check(place, group[:_DATA]) != group[_DATA]:
            raise BackupError(
                "recovery_group",
                f"Group {place + 1} of the recovery key was mistyped. Compare it with the paper.",
            )
        for char in group[:_DATA]:
            number = number << _BITS | ALPHABET.index(char)
    spare = GROUPS * _DATA * _BITS - _KEY_BITS
    if number & ((1 << spare) - 1):
        raise BackupError("recovery_group", f"Group {GROUPS} of the recovery key cannot be right.")
    return opening_key((number >> spare).to_bytes(32, "big"))


def fingerprint(key: SealingKey) -> str:
    """Short name of a recovery key, for the paper and for messages."""
    return hashlib.sha256(public_bytes(key)).hexdigest()[:12].upper()


def _check(place: int, chunk: str) -> str:
    # A group in another's place is found as well as a changed one.
    digest = hashlib.sha256(f"{place} {chunk}".encode()).digest()
    return ALPHABET[digest[0] & 31]
