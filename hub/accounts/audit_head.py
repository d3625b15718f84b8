"""Where the chain of the trail ended last, noted outside the database: an end that was cut off is missed there.

Who can write the database alone cannot write this file, nor sign it. It is no secret; backups and exports carry the
same words further away.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from hub.accounts.audit_chain import seal_covers
from hub.accounts.audit_records import AuditSeal
from hub.settings import write_durably
from wire.envelope import check_signature
from wire.errors import WireError
from wire.keys import VerifyingKey

FILE: Final = "audit-head.json"


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A seal, as it stands outside the database."""

    position: int
    link: str
    sealed_at: datetime
    signature: str

    @classmethod
    def of(cls, seal: AuditSeal) -> Head:
        """The end of the chain that `seal` signs."""
        return cls(
            position=seal.position,
            link=seal.link.hex(),
            sealed_at=seal.sealed_at,
            signature=seal.signature.hex(),
        )

    def is_by(self, key: VerifyingKey) -> bool:
        """Whether the hub's key signed it."""
        try:
            covered = seal_covers(self.position, bytes.fromhex(self.link), self.sealed_at)
            check_signature(key, bytes.fromhex(self.signature), covered)
        except (WireError, ValueError):
            return False
        return True


def keep_head(path: Path, head: Head) -> None:
    """Replace the noted end by a later one."""
    held = read_head(path)
    if held is not None and held.position >= head.position:
        return
    write_durably(path, msgspec.json.encode(head).decode() + "\n")
    with contextlib.suppress(OSError):
        os.chmod(path, 0o600)


def read_head(path: Path) -> Head | None:
    """The noted end; None where there is none that can be read."""
    with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Head)
    return None
