"""Days on which nobody is released where a policy says so: like a policy, each needs two persons, in and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Booking
from hub.custody.sentencing.records import (
    Holiday,
    HolidayDecision,
    PolicyAct,
    ReckoningRow,
    Signature,
    SignatureAct,
)
from hub.sentences import RefusedError, Sentence

_HOLIDAYS: Final = select(Holiday)
_DECISIONS: Final = select(HolidayDecision).order_by(HolidayDecision.id)


@dataclass(frozen=True)
class Listed:
    """A day of the list with what was decided about it, as known at a time."""

    row: Holiday
    decisions: tuple[HolidayDecision, ...]

    def decided(self, act: PolicyAct) -> HolidayDecision | None:
        return next((one for one in self.decisions if one.act == act), None)

    @property
    def in_force(self) -> bool:
        """Signed twice and not taken out."""
        return self.decided(PolicyAct.ACCEPTED) is not None and self.decided(PolicyAct.WITHDRAWN) is None

    @property
    def is_proposed(self) -> bool:
        return self.decided(PolicyAct.ACCEPTED) is None and self.decided(PolicyAct.WITHDRAWN) is None

    @property
    def leaves(self) -> bool:
        """Whether somebody proposed to take it out and nobody has signed that yet."""
        return self.in_force and self.decided(PolicyAct.WITHDRAWAL_PROPOSED) is not None

    @property
    def proposed_by(self) -> str:
        """Who signed first what waits for a second signature."""
        leaving = self.decided(PolicyAct.WITHDRAWAL_PROPOSED)
        return leaving.by if self.leaves and leaving is not None else self.row.recorded_by


def propose_holiday(
    session: Session, on: date, name: str, authority: str, *, actor: Actor, at: datetime
) -> Holiday:
    """A day that is no working day, once a second person signs it.

    RefusedError when it is in the list already or nothing says so.
    """
    if not name.strip() or not authority.strip():
        raise RefusedError(
            "no_authority", Sentence("Write what the day is, and which law or notice says so.")
        )
    if any(one.row.on == on for one in listed(session)):
        raise RefusedError("known_holiday", Sentence("This day is in the list already."))
    row = Holiday(
        on=on,
        name=name.strip()[:80],
        authority=authority.strip()[:200],
        withdraws_id=None,
        recorded_by=actor.login[:64],
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="holiday.propose", subject=on.isoformat())
    return row


def accept_holiday(session: Session, holiday_id: int, *, actor: Actor, at: datetime) -> None:
    """The second signature: dates are reckoned with it from here on. RefusedError for whoever proposed it."""
    one = _one(session, holiday_id)
    if not one.is_proposed:
        raise _decided()
    _refuse_same(one, actor)
    _decide(session, one, PolicyAct.ACCEPTED, actor, at)


def propose_to_take_out(session: Session, holiday_id: int, *, actor: Actor, at: datetime) -> None:
    """Say that a day of the list is a working day after all; a second person decides."""
    one = _one(session, holiday_id)
    if not one.in_force or one.leaves:
        raise _decided()
    _decide(session, one, PolicyAct.WITHDRAWAL_PROPOSED, actor, at)


def take_out(session: Session, holiday_id: int, *, actor: Actor, at: datetime) -> None:
    """Drop a day that nobody accepted yet, or take one out of the list as the second person."""
    one = _one(session, holiday_id)
    if one.leaves:
        _refuse_same(one, actor)
    elif not one.is_proposed:
        raise _decided()
    _decide(session, one, PolicyAct.WITHDRAWN, actor, at)


def listed(session: Session, *, known_at: datetime | None = None) -> list[Listed]:
    """Days in force and days that wait for a signature, by date."""
    rows = [row for row in session.scalars(_HOLIDAYS) if known_at is None or row.recorded_at <= known_at]
    gone = {row.withdraws_id for row in rows}
    decisions: dict[int, list[HolidayDecision]] = {}
    for decision in session.scalars(_DECISIONS):
        if known_at is None or decision.at <= known_at:
            decisions.setdefault(decision.holiday_id, []).append(decision)
    found = [Listed(row, tuple(decisions.get(row.id, ()))) for row in rows if row.withdraws_id is None]
    standing = [one for one in found if one.row.id not in gone and (one.in_force or one.is_proposed)]
    return sorted(standing, key=lambda one: (one.row.on, one.row.id))


def holidays_of(session: Session, *, known_at: datetime | None = None) -> list[Holiday]:
    """Days that are no working days, in their order."""
    return [one.row for one in listed(session, known_at=known_at) if one.in_force]


def count_to_sign(session: Session, login: str) -> int:
    """Days in or out that wait for the second signature of somebody else than `login`'s first."""
    waiting = [one for one in listed(session) if one.is_proposed or one.leaves]
    return sum(one.proposed_by != login for one in waiting)


def signed_on(session: Session, days: list[date]) -> dict[date, int]:
    """How many people inside have a date of release on each of these days that two officers signed."""
    newest = select(func.max(ReckoningRow.id)).group_by(ReckoningRow.booking_id)
    rows = session.execute(
        select(ReckoningRow.release_on, func.count())
        .join(Booking, Booking.id == ReckoningRow.booking_id)
        .join(Signature, Signature.reckoning_id == ReckoningRow.id)
        .where(Booking.released_at.is_(None), ReckoningRow.id.in_(newest), ReckoningRow.release_on.in_(days))
        .where(Signature.act == SignatureAct.VERIFIED.value)
        .group_by(ReckoningRow.release_on)
    )
    return {on: count for on, count in rows if on is not None}


def _one(session: Session, holiday_id: int) -> Listed:
    for one in listed(session):
        if one.row.id == holiday_id:
            return one
    raise RefusedError("no_holiday", Sentence("This day is not in the list any more."))


def _refuse_same(one: Listed, actor: Actor) -> None:
    if one.proposed_by == actor.login:
        raise RefusedError(
            "same_person",
            Sentence("You signed this first. A second person has to look at it and decide."),
        )


def _decide(session: Session, one: Listed, act: PolicyAct, actor: Actor, at: datetime) -> None:
    session.add(HolidayDecision(holiday_id=one.row.id, act=act.value, by=actor.login[:64], at=at, reason=""))
    try:
        session.flush()
    except IntegrityError as error:
        raise _decided() from error
    write_down(session, at=at, actor=actor, act=f"holiday.{act}", subject=one.row.on.isoformat())


def _decided() -> RefusedError:
    return RefusedError("decided", Sentence("This has been decided already. Open it again to see by whom."))
