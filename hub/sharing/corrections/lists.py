"""Corrections as they are looked at: what was wrong, who had been told it, who confirmed that it was put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.sharing.corrections.records import Correction, CorrectionHearer, CorrectionTold, Duty
from hub.sharing.outbox.records import Delivery, State

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
    """One agency and one kind of message. `delivery` is the notice, `told` what somebody did by hand."""

    row: CorrectionHearer
    delivery: Delivery | None
    told: CorrectionTold | None

    @property
    def confirmed(self) -> bool:
        return self.told is not None or (self.delivery is not None and self.delivery.state == State.SENT)

    @property
    def by_hand(self) -> bool:
        """Whether somebody has to tell them: nothing went out, or what was to go out never arrived."""
        if self.told is not None:
            return False
        failed = self.delivery is not None and self.delivery.state in (State.STOPPED, State.DEAD)
        return failed or self.row.duty == Duty.BY_HAND


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


def listed(session: Session, part: Part, page: int = 1) -> Listed:
    """Corrections that somebody was to hear of."""
    wanted = select(Correction).where(_hearers(_of(part)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.scalars(wanted.order_by(Correction.id.desc()).limit(PAGE).offset((page - 1) * PAGE)).all()
    heard = _heard(session, [row.id for row in rows])
    return Listed([Line(row, heard.get(row.id, ())) for row in rows], total)


def one(session: Session, number: str) -> Line | None:
    """The correction with this number."""
    row = session.scalar(select(Correction).where(Correction.number == number.strip().upper()))
    return None if row is None else Line(row, _heard(session, [row.id]).get(row.id, ()))


def count_by_hand(session: Session) -> int:
    """How many agencies somebody has to tell by hand."""
    wanted = _joined(select(func.count(CorrectionHearer.id))).where(_of(Part.BY_HAND))
    return session.scalar(wanted) or 0


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


def _of(part: Part) -> ColumnElement[bool]:
    untold = CorrectionTold.id.is_(None)
    failed = Delivery.state.in_((State.STOPPED.value, State.DEAD.value))
    if part is Part.BY_HAND:
        return and_(untold, or_(CorrectionHearer.duty == Duty.BY_HAND.value, failed))
    if part is Part.WAITING:
        sent = and_(Delivery.id.is_not(None), Delivery.state != State.SENT.value)
        return and_(untold, or_(CorrectionHearer.duty == Duty.BY_HAND.value, sent))
    return CorrectionHearer.id.is_not(None)


def _heard(session: Session, numbers: Collection[int]) -> Mapping[int, Sequence[Heard]]:
    found: dict[int, list[Heard]] = defaultdict(list)
    wanted = _joined(select(CorrectionHearer, Delivery, CorrectionTold)).where(
        CorrectionHearer.correction_id.in_(numbers)
    )
    rows = session.execute(wanted.order_by(CorrectionHearer.id, CorrectionTold.id))
    seen: set[int] = set()
    for row, delivery, told in rows:
        if row.id not in seen:
            seen.add(row.id)
            found[row.correction_id].append(Heard(row, delivery, told))
    return found
