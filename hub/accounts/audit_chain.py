"""What the links of the trail cover, and what its seals sign. Pure; `audit_offline` reads the same by itself."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final, Protocol

from wire.envelope import preimage

START: Final = hashlib.sha256(preimage("audit trail")).digest()
"""Link before the first line."""


class Line(Protocol):
    """A line of the trail."""

    id: int
    at: datetime
    actor: str
    role: str
    address: str
    act: str
    subject: str
    detail: str
    why: str


def moment(at: datetime) -> str:
    """A time as it is hashed and signed: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link_of(before: bytes, position: int, line: Line) -> bytes:
    """SHA-256 over the link before, the place and every field of a line."""
    fields = (line.actor, line.role, line.address, line.act, line.subject, line.detail, line.why)
    return hashlib.sha256(
        preimage("audit line", before, position, line.id, moment(line.at), *fields)
    ).digest()


def seal_covers(position: int, link: bytes, sealed_at: datetime) -> bytes:
    """What a seal signs."""
    return preimage("audit seal", position, link, moment(sealed_at))


def export_covers(position: int, link: bytes, exported_at: datetime) -> bytes:
    """What the last line of an export signs: where the trail ended then."""
    return preimage("audit export", position, link, moment(exported_at))
