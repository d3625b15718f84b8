"""Corrections as they are looked at: what was wrong, who had been told it, who confirmed that it was put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.catalogue import Way
from hub.sharing.corrections.records import Correction, CorrectionHearer, CorrectionTold, Duty
from hub.sharing.corrections.telling import NOTICE
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.records import Delivery, SharingEvent, State

PAGE: Final = 50


class Part(StrEnum):
    """Which corrections."""

    ALL = "all"
    WAITING = "waiting"
    BY_HAND = "by_hand"


PARTS: Final = {
    Part.ALL: Sentence("All"),
    Part.WAITING: Sentence("Not confirmed yet"),
    Part.BY_HAND: Sentence("To be told by hand"),
}


@dataclass(frozen=True)
class Heard:
    """One agency and one kind of message. `delivery` is the notice, `told` what somebody did by hand.

    `knows` is whether they have what was wrong: the notice says only that something was, and is to be fetched.
    `shut` is whether no agreement lets them fetch it any more.
    """

    row: CorrectionHearer
    delivery: Delivery | None
    told: CorrectionTold | None
    knows: bool = False
    shut: bool = False

    @property
    def arrived(self) -> bool:
        """Whether the notice was acknowledged."""
        return self.delivery is not None and self.delivery.state == State.SENT

    @property
    def confirmed(self) -> bool:
        return self.told is not None or (self.arrived and self.knows)

    @property
    def by_hand(self) -> bool:
        """Whether somebody has to tell them: nothing went out, it never arrived, or they cannot fetch it any more."""
        if self.told is not None:
            return False
        failed = self.delivery is not None and self.delivery.state in (State.STOPPED, State.DEAD)
        unread = self.arrived and not self.knows and self.shut
        return failed or unread or self.row.duty == Duty.BY_HAND


@dataclass(frozen=True)
class Line:
    """A correction with everybody who is to hear of it."""

    row: Correction
    heard: Sequence[Heard]


@dataclass(frozen=True)
class Listed:
    """A page of them, newest first, and how many there are."""

    lines: Sequence[Line]
    total: int


def listed(session: Session, part: Part, at: datetime, page: int = 1) -> Listed:
    """Corrections that somebody was to hear of, as things stand `at`."""
    open_to = _open_to(session, at)
    wanted = select(Correction).where(_hearers(_of(part, open_to)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.scalars(wanted.order_by(Correction.id.desc()).limit(PAGE).offset((page - 1) * PAGE)).all()
    heard = _heard(session, [row.id for row in rows], open_to)
    return Listed([Line(row, heard.get(row.id, ())) for row in rows], total)


def one(session: Session, number: str, at: datetime) -> Line | None:
    """The correction with this number, as things stand `at`."""
    row = session.scalar(select(Correction).where(Correction.number == number.strip().upper()))
    return (
        None if row is None else Line(row, _heard(session, [row.id], _open_to(session, at)).get(row.id, ()))
    )


def count_by_hand(session: Session, at: datetime) -> int:
    """How many agencies somebody has to tell by hand."""
    wanted = _joined(select(func.count(CorrectionHearer.id))).where(_of(Part.BY_HAND, _open_to(session, at)))
    return session.scalar(wanted) or 0


def _open_to(session: Session, at: datetime) -> frozenset[str]:
    """Agencies that an agreement in force lets fetch what was wrong."""
    held = agreements_in_force(session, at)
    return frozenset(one.agency for one in held if any(True for _ in one.terms.purposes_of(NOTICE)))


def _knows() -> ColumnElement[bool]:
    """Whether a notice was fetched, or went as a file, which says it all."""
    fetched = (
        select(Disclosure.id)
        .where(
            Disclosure.agency == CorrectionHearer.agency,
            Disclosure.exchange == NOTICE,
            Disclosure.way == Way.PULL.value,
            Disclosure.refused == "",
            Disclosure.at >= Delivery.made_at,
            Disclosure.reference == SharingEvent.uid,
            SharingEvent.id == Delivery.event_id,
        )
        .exists()
    )
    return or_(Delivery.outcome == Outcome.IN_FILE.value, fetched)


def _joined(wanted: Any) -> Any:
    """With the notice of each hearer, and what was told by hand."""
    return wanted.outerjoin(Delivery, Delivery.id == CorrectionHearer.delivery_id).outerjoin(
        CorrectionTold, CorrectionTold.hearer_id == CorrectionHearer.id
    )


def _hearers(which: ColumnElement[bool]) -> ColumnElement[bool]:
    inside = _joined(select(CorrectionHearer.id)).where(
        CorrectionHearer.correction_id == Correction.id, which
    )
    found: ColumnElement[bool] = inside.exists()
    return found


def _of(part: Part, open_to: Collection[str]) -> ColumnElement[bool]:
    untold = CorrectionTold.id.is_(None)
    by_hand = CorrectionHearer.duty == Duty.BY_HAND.value
    unread = and_(Delivery.state == State.SENT.value, ~_knows())
    if part is Part.BY_HAND:
        failed = Delivery.state.in_((State.STOPPED.value, State.DEAD.value))
        shut = and_(unread, CorrectionHearer.agency.not_in(open_to))
        return and_(untold, or_(by_hand, failed, shut))
    if part is Part.WAITING:
        unsent = and_(Delivery.id.is_not(None), Delivery.state != State.SENT.value)
        return and_(untold, or_(by_hand, unsent, unread))
    return CorrectionHearer.id.is_not(None)


def _heard(
    session: Session, numbers: Collection[int], open_to: Collection[str]
) -> Mapping[int, Sequence[Heard]]:
    found: dict[int, list[Heard]] = defaultdict(list)
    wanted = _joined(select(CorrectionHearer, Delivery, CorrectionTold, _knows())).where(
        CorrectionHearer.correction_id.in_(numbers)
    )
    rows = session.execute(wanted.order_by(CorrectionHearer.id, CorrectionTold.id))
    seen: set[int] = set()
    for row, delivery, told, knows in rows:
        if row.id not in seen:
            seen.add(row.id)
            shut = row.agency not in open_to
            found[row.correction_id].append(Heard(row, delivery, told, bool(knows), shut))
    return found
