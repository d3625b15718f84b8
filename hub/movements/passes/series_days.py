"""The days of a series: which take place, at which times, and what is left out or moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.sentencing.holidays import holidays_of
from hub.movements.passes.looking import Draft, Plan, look
from hub.movements.passes.records import PassRow, PassSeries, SeriesSkip
from hub.movements.passes.ringing import write_step
from hub.movements.passes.rules import Escort, PassState, Reason
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, start_of

DAY_S: Final = 86_400
SHOWN: Final = 10
"""Days ahead that a page tells of."""


@dataclass(frozen=True)
class Times:
    """Seconds after midnight at the site: may set out, due there, leaves."""

    from_s: int
    there_s: int
    until_s: int

    def check(self) -> None:
        """RefusedError for times that cannot be those of one move."""
        if not 0 <= self.from_s <= self.there_s < self.until_s <= DAY_S:
            raise RefusedError(
                "pass_times",
                Sentence(
                    "The person may go first, is due there then, and leaves after that. Check the three times."
                ),
            )


@dataclass(frozen=True)
class SeriesDay:
    """A day of a series. `times` None: it does not take place, for the reason in `why` or on the holiday `holiday`."""

    on: date
    times: Times | None
    why: str = ""
    by: str = ""
    holiday: str = ""
    other: bool = False


class Calendar:
    """What is special about days: public holidays, and what was said of single days of series."""

    def __init__(self, holidays: Mapping[date, str], said: Mapping[tuple[int, date], SeriesSkip]) -> None:
        self._holidays = holidays
        self._said = said

    def day(self, row: PassSeries, on: date) -> SeriesDay | None:
        """A day of a series; None where the series has no such day. What was said of a day goes before a holiday."""
        within = row.from_on <= on and (row.until_on is None or on <= row.until_on)
        if not within or str(on.weekday()) not in row.weekdays:
            return None
        said = self._said.get((row.id, on))
        if said is not None:
            times = None
            if said.from_s is not None and said.there_s is not None and said.until_s is not None:
                times = Times(said.from_s, said.there_s, said.until_s)
            return SeriesDay(on, times, said.reason, said.by, other=times is not None)
        holiday = self._holidays.get(on, "")
        if holiday and not row.on_holidays:
            return SeriesDay(on, None, holiday=holiday)
        return SeriesDay(on, Times(row.from_s, row.there_s, row.until_s), holiday=holiday)


def calendar(session: Session, series: Collection[int]) -> Calendar:
    """Everything that is special about the days of these series."""
    rows = session.scalars(select(SeriesSkip).where(SeriesSkip.series_id.in_(series)))
    return Calendar(
        {one.on: one.name for one in holidays_of(session)}, {(row.series_id, row.on): row for row in rows}
    )


def days_ahead(session: Session, row: PassSeries, today: date) -> list[SeriesDay]:
    """The next days of a series, those that do not take place as well; none of one that has ended."""
    if row.ended_at is not None:
        return []
    known, first = calendar(session, [row.id]), max(row.from_on, today)
    days = (known.day(row, first + timedelta(days=ahead)) for ahead in range(7 * SHOWN))
    return [day for day in days if day is not None][:SHOWN]


def next_plan(session: Session, row: PassSeries, people: Sequence[int], now: datetime) -> Plan:
    """What would speak against these people on the next day on which the series takes place."""
    for day in days_ahead(session, row, now.astimezone(SITE_ZONE).date()):
        if day.times is not None and time_on(day.on, day.times.until_s) > now:
            return look(session, [draft_of(row, one, day.on, day.times) for one in people], now)
    return look(session, [], now)


def draft_of(row: PassSeries, person_id: int, on: date, times: Times) -> Draft:
    """One person's move of one day."""
    return Draft(
        person_id=person_id,
        to_zone_id=row.to_zone_id,
        reason=Reason(row.reason),
        from_at=time_on(on, times.from_s),
        there_at=time_on(on, times.there_s),
        until_at=time_on(on, times.until_s),
        escort=Escort(row.escort),
        officer=row.officer,
        series_id=row.id,
        from_zone_id=row.from_zone_id,
        source=source_of(row.id, on),
    )


def source_of(series_id: int, on: date) -> str:
    """What a pass of a series is made of: the same day is not made twice for one person."""
    return f"series:{series_id}:{on.isoformat()}"


def leave_out(session: Session, series_id: int, on: date, reason: str, *, actor: Actor, at: datetime) -> None:
    """It does not take place on that day; passes of it that nobody has begun are cancelled."""
    _say_of_day(session, series_id, on, reason, None, actor=actor, at=at)


def move_day(
    session: Session,
    series_id: int,
    on: date,
    times: Times,
    reason: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """It takes place at other times on that day, half a day for instance.

    Passes of it that nobody has begun are cancelled, and made anew by themselves with what speaks against them then.
    """
    times.check()
    if time_on(on, times.there_s) <= at:
        raise RefusedError(
            "day_passed",
            Sentence("This time has passed. Give the passes of whoever went other times instead."),
        )
    _say_of_day(session, series_id, on, reason, times, actor=actor, at=at)


def _say_of_day(
    session: Session,
    series_id: int,
    on: date,
    reason: str,
    times: Times | None,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    row = open_series(session, series_id)
    if on < at.astimezone(SITE_ZONE).date():
        raise RefusedError("day_passed", Sentence("This day has passed. Choose today or a later one."))
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    if session.scalar(select(SeriesSkip.id).where(SeriesSkip.series_id == row.id, SeriesSkip.on == on)):
        raise RefusedError(
            "skipped",
            Sentence(
                "This day was left out or moved already. Plan single moves for it: the series is one of the lists."
            ),
        )
    session.add(
        SeriesSkip(
            series_id=row.id,
            on=on,
            reason=reason.strip()[:300],
            at=at,
            by=actor.login[:64],
            from_s=None if times is None else times.from_s,
            there_s=None if times is None else times.there_s,
            until_s=None if times is None else times.until_s,
        )
    )
    cancel_ahead(session, series_id, reason, actor=actor, at=at, on=on)
    detail = on.isoformat() if times is None else f"{on.isoformat()} {times.from_s} to {times.until_s}"
    act = "series.skip" if times is None else "series.move"
    write_down(session, at=at, actor=actor, act=act, subject=str(row.id), detail=detail)
    session.flush()


def time_on(on: date, seconds: int) -> datetime:
    """A time of day at the site, of seconds after midnight."""
    return start_of(on) + timedelta(seconds=seconds)


def open_series(session: Session, series_id: int) -> PassSeries:
    """A series that goes on, held until the transaction ends; RefusedError for one that has ended."""
    row = session.get(PassSeries, series_id, with_for_update=True, populate_existing=True)
    if row is None or row.ended_at is not None:
        raise RefusedError("series_ended", Sentence("This series has ended. Begin a new one."))
    return row


def cancel_ahead(
    session: Session,
    series_id: int,
    reason: str,
    *,
    actor: Actor,
    at: datetime,
    people: Collection[int] | None = None,
    on: date | None = None,
) -> int:
    """Cancel what nobody has begun; how many. Whoever goes along again later gets a pass anew."""
    wanted = select(PassRow).where(
        PassRow.series_id == series_id, PassRow.closed_at.is_(None), PassRow.departed_at.is_(None),
        PassRow.arrived_at.is_(None),
    )  # fmt: skip
    if people is not None:
        wanted = wanted.where(PassRow.person_id.in_(people))
    if on is not None:
        wanted = wanted.where(PassRow.source == source_of(series_id, on))
    rows = session.scalars(wanted.order_by(PassRow.id).with_for_update()).all()
    for row in rows:
        row.state, row.state_at, row.closed_at, row.next_at = PassState.CANCELLED.value, at, at, None
        row.source = None
        write_step(
            session,
            row.id,
            "CANCELLED",
            at,
            at,
            by=actor.login,
            text=reason.strip(),
            evidence=f"series {series_id}",
        )
    return len(rows)
