"""Stays whose date may want signatures, by what the tables tell alone: too many rather than too few.

A date wants them when nobody signed it, when the second officer refused it, and when an entry, a policy or a holiday
changed since. Whom a policy moves was found out when it was tried, before it could be accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Act, Fact
from hub.custody.legal import CHARGE, ORDER
from hub.custody.merging.reading import joined_stays
from hub.custody.records import Booking
from hub.custody.sentencing.forms import SENTENCE
from hub.custody.sentencing.policies import all_policies
from hub.custody.sentencing.reading import KINDS
from hub.custody.sentencing.records import (
    Difference,
    Holiday,
    HolidayDecision,
    PolicyAct,
    ReckoningRow,
    Signature,
    SignatureAct,
    Trial,
)
from hub.custody.then import open_stays
from hub.web.formats import start_of

_NEAR: Final = timedelta(days=14)
"""A holiday moves no date that is farther from it."""
_DECIDED: Final = (PolicyAct.ACCEPTED, PolicyAct.WITHDRAWN)


@dataclass(frozen=True)
class Doubtful:
    """A stay, and the day of release that was last written down for it; None where none was."""

    booking_id: int
    on: date | None


@dataclass(frozen=True)
class _Newest:
    """The newest signed reckoning of a stay; `changed` tells that an entry changed since."""

    booking_id: int
    reckoned_at: datetime
    on: date | None
    act: str | None
    changed: bool


@dataclass(frozen=True)
class _Change:
    """A policy that came or went at a time. `moved` holds the day that each stay was moved to when it was tried.

    None of `tried_at` says that it was not tried: it may move anybody.
    """

    at: datetime
    tried_at: datetime | None
    moved: Mapping[int, date | None]

    def touches(self, booking_id: int, reckoned_at: datetime) -> bool:
        if reckoned_at > self.at:
            return False
        return self.tried_at is None or reckoned_at >= self.tried_at or booking_id in self.moved


def doubtful(session: Session, *, now: datetime, then: bool = False) -> list[Doubtful]:
    """Of stays that go on, the soonest release first; as known at `now` where `then` says so."""
    known_at = now if then else None
    changes = _changes(session, now, known_at)
    holidays = _holidays(session, now)
    signed = {row.booking_id: row for row in _signed(session, known_at)}
    aside = joined_stays(session)
    leading = set(aside.values())
    found = []
    for booking_id in _sentenced(session, known_at):
        row = signed.get(booking_id)
        if booking_id in aside or not (booking_id in leading or _wants(row, changes, holidays)):
            continue
        found.append(Doubtful(booking_id, _day(booking_id, row, changes)))
    return sorted(found, key=lambda one: (one.on is None, one.on or date.max, one.booking_id))


def _wants(
    row: _Newest | None, changes: Sequence[_Change], holidays: Sequence[tuple[datetime, date]]
) -> bool:
    if row is None or row.act == SignatureAct.REFUSED or row.changed:
        return True
    if any(change.touches(row.booking_id, row.reckoned_at) for change in changes):
        return True
    day = row.on
    return day is not None and any(row.reckoned_at <= at and abs(day - on) <= _NEAR for at, on in holidays)


def _day(booking_id: int, row: _Newest | None, changes: Sequence[_Change]) -> date | None:
    reckoned_at = None if row is None else row.reckoned_at
    for change in changes:
        newer = reckoned_at is None or reckoned_at <= change.at
        if newer and change.moved.get(booking_id) is not None:
            return change.moved[booking_id]
    return None if row is None else row.on


def _sentenced(session: Session, known_at: datetime | None) -> Collection[int]:
    wanted = (
        select(Fact.booking_id).where(Fact.kind == SENTENCE.name, Fact.booking_id.is_not(None)).distinct()
    )
    if known_at is None:
        inside = select(Booking.id).where(Booking.released_at.is_(None))
        return list(session.scalars(inside.where(Booking.id.in_(wanted))))
    stays = open_stays(session, known_at)
    return [stay for stay in session.scalars(wanted.where(Fact.recorded_at <= known_at)) if stay in stays]


def _signed(session: Session, known_at: datetime | None) -> Sequence[_Newest]:
    """The newest reckoning of each stay with its second word, and whether an entry changed since."""
    newest = select(func.max(ReckoningRow.id)).group_by(ReckoningRow.booking_id)
    spoken, later = Signature.reckoning_id == ReckoningRow.id, _later()
    if known_at is None:
        newest = newest.join(Booking, Booking.id == ReckoningRow.booking_id)
        newest = newest.where(Booking.released_at.is_(None))
    else:
        newest = newest.where(ReckoningRow.reckoned_at <= known_at)
        spoken, later = and_(spoken, Signature.at <= known_at), and_(later, Fact.recorded_at <= known_at)
    rows = session.execute(
        select(
            ReckoningRow.booking_id,
            ReckoningRow.reckoned_at,
            ReckoningRow.release_on,
            Signature.act,
            exists(select(Fact.id).where(later)).label("changed"),
        )
        .outerjoin(Signature, spoken)
        .where(ReckoningRow.id.in_(newest))
    )
    return [_Newest(*row) for row in rows]


def _later() -> ColumnElement[bool]:
    """A charge or an order counts once it is changed: a new one changes a date only with a sentence of its own."""
    other = Fact.kind.in_((CHARGE.name, ORDER.name))
    first = and_(Fact.item.is_(None), Fact.corrects_id.is_(None), Fact.act == Act.STATES.value)
    return and_(
        Fact.booking_id == ReckoningRow.booking_id,
        Fact.recorded_at >= ReckoningRow.reckoned_at,
        Fact.kind.in_(KINDS),
        or_(~other, ~first),
    )


def _changes(session: Session, now: datetime, known_at: datetime | None) -> list[_Change]:
    """Policies that took effect or went, the newest first."""
    found = []
    for standing in all_policies(session, known_at=known_at):
        for act in _DECIDED:
            decision = standing.decided(act)
            if decision is None or standing.decided(PolicyAct.ACCEPTED) is None:
                continue  # a draft that was dropped never counted
            at = max(decision.at, start_of(standing.policy.effective_on))
            if at <= now:
                found.append(_change(session, standing.row.id, act is PolicyAct.WITHDRAWN, decision.at, at))
    return sorted(found, key=lambda change: change.at, reverse=True)


def _change(session: Session, policy_id: int, withdraws: bool, decided_at: datetime, at: datetime) -> _Change:
    trial = session.scalars(
        select(Trial)
        .where(Trial.policy_id == policy_id, Trial.withdraws == withdraws, Trial.finished_at <= decided_at)
        .order_by(Trial.id.desc())
        .limit(1)
    ).first()
    if trial is None:
        return _Change(at, None, {})
    rows = session.execute(
        select(Difference.booking_id, Difference.new_on).where(Difference.trial_id == trial.id)
    )
    return _Change(at, trial.started_at, {row.booking_id: row.new_on for row in rows})


def _holidays(session: Session, now: datetime) -> list[tuple[datetime, date]]:
    """When a day came or went, and which, whether or not it stands in the list today."""
    decided = (
        select(HolidayDecision.at, Holiday.on)
        .join(Holiday, Holiday.id == HolidayDecision.holiday_id)
        .where(HolidayDecision.act.in_([act.value for act in _DECIDED]), HolidayDecision.at <= now)
    )
    taken_back = select(Holiday.recorded_at, Holiday.on).where(
        Holiday.withdraws_id.is_not(None), Holiday.recorded_at <= now
    )
    return [(at, on) for wanted in (decided, taken_back) for at, on in session.execute(wanted)]
