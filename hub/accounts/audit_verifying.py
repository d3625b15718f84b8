"""Finding out whether the trail is whole: the first fault is named, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit_chain import START, seal_covers
from hub.accounts.audit_head import Head
from hub.accounts.audit_records import AuditSeal
from hub.accounts.audit_sealing import TRAIL
from hub.accounts.chaining import Misfit
from hub.errors import HubError
from wire.envelope import check_signature
from wire.errors import Refusal, WireError
from wire.keys import VerifyingKey

_SEALS_AT_ONCE: Final = 2_000


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
    for row in TRAIL.linked(session):
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
    link, misfit = TRAIL.follow(before, position, row, sealed_at)
    if misfit is not None:
        raise TrailFaultError(misfit, position, _said(misfit, position, row))
    return link


def _said(misfit: Misfit, position: int, row: Any) -> str:
    if misfit is Misfit.LINK_MISSING:
        return f"The link of line {position} of the trail is missing: it was deleted."
    if misfit is Misfit.DELETED:
        return f"Line {position} of the trail (entry {row.entry_id}) was deleted; its link is still there."
    dated = f"dated {row.at:%Y-%m-%d %H:%M:%S} UTC"
    if misfit is Misfit.CHANGED:
        return (
            f"Line {position} of the trail (entry {row.id}, {dated}) was changed or put in another's place."
        )
    return (
        f"Line {position} of the trail (entry {row.id}) is {dated}, long before the lines ahead of it were sealed: "
        "it was put in later."
    )


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
    waiting, late = TRAIL.unlinked(session, sealed_at)
    if late is not None:
        raise TrailFaultError(
            Misfit.INSERTED,
            0,
            f"Entry {late[0]} is in no link of the trail and dated {late[1]:%Y-%m-%d %H:%M:%S} UTC, "
            "long before the last seal: it was put in later.",
        )
    return waiting


def _seals(session: Session) -> Iterator[AuditSeal]:
    position = 0
    while True:
        wanted = select(AuditSeal).where(AuditSeal.position > position).order_by(AuditSeal.position)
        found = session.scalars(wanted.limit(_SEALS_AT_ONCE)).all()
        if not found:
            return
        position = found[-1].position
        yield from found
