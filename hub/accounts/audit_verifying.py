"""Finding out whether the trail is whole: the first fault is named, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit_chain import START, link_of, seal_covers
from hub.accounts.audit_head import Head
from hub.accounts.audit_records import AuditLink, AuditSeal
from hub.accounts.records import AuditEntry
from hub.errors import HubError
from wire.envelope import check_signature
from wire.errors import Refusal, WireError
from wire.keys import VerifyingKey

LATE: Final = timedelta(minutes=5)
"""A line dated longer before the seal that it comes after was not written when it says."""
_CHUNK: Final = 2_000


@dataclass(frozen=True)
class Whole:
    """The trail is whole: `lines` are sealed up to `sealed_at`, `waiting` were written since."""

    lines: int
    sealed_at: datetime | None
    waiting: int
    link: bytes


class TrailFaultError(HubError):
    """The trail is not as it was written. `code` says how, `position` where in the chain."""

    def __init__(self, code: str, position: int, sentence: str) -> None:
        super().__init__(code, sentence)
        self.position = position


def verify_trail(session: Session, key: VerifyingKey, head: Head | None) -> Whole:
    """Follow the chain from its first line; TrailFaultError at the first that does not fit.

    `head` is where the chain ended when it was last sealed, as noted outside the database.
    """
    position, link, sealed_at = 0, START, None
    seals = _seals(session)
    seal = next(seals, None)
    for row in _lines(session):
        position += 1
        link = _follow(link, position, row, sealed_at)
        if seal is not None and seal.position == position:
            _check_seal(seal, link, key)
            sealed_at, seal = seal.sealed_at, next(seals, None)
    if seal is not None:
        raise TrailFaultError(
            "cut_off",
            position + 1,
            f"The trail ends at line {position}, but a seal of line {seal.position} is there: "
            "the lines between were deleted.",
        )
    _check_end(session, key, position, head)
    waiting = _check_waiting(session, sealed_at)
    return Whole(position, sealed_at, waiting, link)


def _follow(before: bytes, position: int, row: Any, sealed_at: datetime | None) -> bytes:
    if row.position != position:
        raise TrailFaultError(
            "link_missing", position, f"The link of line {position} of the trail is missing: it was deleted."
        )
    if row.id is None:
        raise TrailFaultError(
            "deleted",
            position,
            f"Line {position} of the trail (entry {row.entry_id}) was deleted; its link is still there.",
        )
    link = link_of(before, position, row)
    if link != row.link:
        raise TrailFaultError(
            "changed",
            position,
            f"Line {position} of the trail (entry {row.id}, dated {row.at:%Y-%m-%d %H:%M:%S} UTC) "
            "was changed or put in another's place.",
        )
    if sealed_at is not None and row.at < sealed_at - LATE:
        raise TrailFaultError(
            "inserted",
            position,
            f"Line {position} of the trail (entry {row.id}) is dated {row.at:%Y-%m-%d %H:%M:%S} UTC, long before "
            "the lines ahead of it were sealed: it was put in later.",
        )
    return link


def _check_seal(seal: AuditSeal, link: bytes, key: VerifyingKey) -> None:
    try:
        if seal.link != link:
            raise WireError(Refusal.FORGED, "The seal names another link.")
        check_signature(key, seal.signature, seal_covers(seal.position, link, seal.sealed_at))
    except WireError:
        raise TrailFaultError(
            "forged",
            seal.position,
            f"The seal over line {seal.position} of the trail is not by this hub: lines up to there were rewritten.",
        ) from None


def _check_end(session: Session, key: VerifyingKey, position: int, head: Head | None) -> None:
    last = session.scalar(select(AuditSeal.position).order_by(AuditSeal.position.desc()).limit(1)) or 0
    if last < position:
        raise TrailFaultError(
            "unsealed", last + 1, f"Lines {last + 1} to {position} of the trail are linked without a seal."
        )
    if head is None:
        if position > 0:
            raise TrailFaultError(
                "no_head",
                position,
                "The note of where the trail ended (audit-head.json) is missing or damaged, "
                "so nobody can say whether lines are missing at its end. Compare with the newest export or backup.",
            )
        return
    if not head.is_by(key):
        raise TrailFaultError(
            "head_forged",
            position,
            "The note of where the trail ended (audit-head.json) is not signed by this hub.",
        )
    if head.position > position:
        raise TrailFaultError(
            "cut_off",
            position + 1,
            f"The trail ends at line {position}, but line {head.position} was sealed on "
            f"{head.sealed_at:%Y-%m-%d %H:%M:%S} UTC: the end was cut off.",
        )
    held = session.get(AuditSeal, head.position)
    if held is None or held.link.hex() != head.link:
        raise TrailFaultError(
            "rewritten",
            head.position,
            f"The trail up to line {head.position} is not the one that was sealed.",
        )


def _check_waiting(session: Session, sealed_at: datetime | None) -> int:
    unlinked = (
        select(AuditEntry.id, AuditEntry.at)
        .outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
        .where(AuditLink.entry_id.is_(None))
        .order_by(AuditEntry.id)
    )
    waiting = 0
    for number, at in session.execute(unlinked):
        if sealed_at is not None and at < sealed_at - LATE:
            raise TrailFaultError(
                "inserted",
                0,
                f"Entry {number} is in no link of the trail and dated {at:%Y-%m-%d %H:%M:%S} UTC, "
                "long before the last seal: it was put in later.",
            )
        waiting += 1
    return waiting


def _lines(session: Session) -> Iterator[Any]:
    """Links with their lines, as plain rows: `id` is None where the line is gone. Objects would cost twice the time."""
    wanted = (
        select(AuditLink.position, AuditLink.entry_id, AuditLink.link, *AuditEntry.__table__.columns)
        .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .order_by(AuditLink.position)
        .execution_options(yield_per=_CHUNK)
    )
    return iter(session.execute(wanted))


def _seals(session: Session) -> Iterator[AuditSeal]:
    position = 0
    while True:
        wanted = select(AuditSeal).where(AuditSeal.position > position).order_by(AuditSeal.position)
        found = session.scalars(wanted.limit(_CHUNK)).all()
        if not found:
            return
        position = found[-1].position
        yield from found
