"""Moves that come again: a workshop's hours, a class, exercise. Who goes, on which days, and what it left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Booking, Person
from hub.movements.passes.planning import Draft, Override, Plan, look
from hub.movements.passes.records import PassClash, PassRow, PassSeries, SeriesMember, SeriesSkip
from hub.movements.passes.rules import Escort, PassState, Reason
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE, start_of

DAY_S: Final = 86_400
MOST_PEOPLE: Final = 500


@dataclass(frozen=True)
class SeriesDraft:
    """A series to be begun; see `PassSeries`."""

    name: str
    reason: Reason
    to_zone_id: int
    from_s: int
    there_s: int
    until_s: int
    weekdays: frozenset[int]
    from_on: date
    until_on: date | None = None
    from_zone_id: int | None = None
    escort: Escort = Escort.NONE
    officer: str = ""


@dataclass(frozen=True)
class SeriesLine:
    """A series with how many go along."""

    row: PassSeries
    people: int


def begin_series(session: Session, draft: SeriesDraft, *, actor: Actor, at: datetime) -> int:
    """Begin a series without people; its number. RefusedError for what cannot be."""
    if not draft.name.strip():
        raise RefusedError("no_name", Sentence("Write what the series is called."))
    if not draft.weekdays or not draft.weekdays <= set(range(7)):
        raise RefusedError("no_weekday", Sentence("Choose the days of the week."))
    if not 0 <= draft.from_s <= draft.there_s < draft.until_s <= DAY_S:
        raise RefusedError(
            "pass_times",
            Sentence(
                "The person may go first, is due there then, and leaves after that. Check the three times."
            ),
        )
    if draft.until_on is not None and draft.until_on < draft.from_on:
        raise RefusedError("series_days", Sentence("The last day is before the first. Check both."))
    row = PassSeries(
        name=draft.name.strip()[:80],
        reason=draft.reason.value,
        from_zone_id=draft.from_zone_id,
        to_zone_id=draft.to_zone_id,
        from_s=draft.from_s,
        there_s=draft.there_s,
        until_s=draft.until_s,
        weekdays="".join(str(day) for day in sorted(draft.weekdays)),
        from_on=draft.from_on,
        until_on=draft.until_on,
        escort=draft.escort.value,
        officer=draft.officer[:64],
        made_at=at,
        made_by=actor.login[:64],
    )
    session.add(row)
    session.flush()
    write_down(session, at=at, actor=actor, act="series.begin", subject=str(row.id), detail=row.name)
    return row.id


def add_people(
    session: Session,
    series_id: int,
    people: Collection[int],
    *,
    override: Override | None = None,
    actor: Actor,
    at: datetime,
) -> int:
    """Let these go along from now on; how many are new. RefusedError for a series that has ended."""
    row = _open_series(session, series_id)
    held = set(session.scalars(_members(series_id).with_only_columns(SeriesMember.person_id)))
    fresh = sorted(set(people) - held)
    if len(held) + len(fresh) > MOST_PEOPLE:
        raise RefusedError("too_many", Sentence("At most 500 people go along with one series."))
    inside = set(
        session.scalars(
            select(Booking.person_id).where(Booking.person_id.in_(fresh), Booking.released_at.is_(None))
        )
    )
    if set(fresh) - inside:
        raise RefusedError("not_held", Sentence("Only people in custody go along. Check the numbers."))
    signed = "" if override is None else override.actor.login[:64]
    session.add_all(
        SeriesMember(
            series_id=row.id, person_id=one, added_at=at, added_by=actor.login[:64], signed_by=signed
        )
        for one in fresh
    )
    session.flush()
    for number in _numbers(session, fresh):
        write_down(session, at=at, actor=actor, act="series.add", subject=number, detail=str(row.id))
    return len(fresh)


def remove_person(session: Session, series_id: int, person_id: int, *, actor: Actor, at: datetime) -> None:
    """Somebody goes along no more; passes of later that nobody has begun are cancelled."""
    wanted = _members(series_id).where(SeriesMember.person_id == person_id)
    member = session.scalar(wanted.with_for_update())
    if member is None:
        raise RefusedError("not_member", Sentence("This person does not go along with the series."))
    member.removed_at, member.removed_by = at, actor.login[:64]
    _cancel_ahead(session, series_id, at, people=[person_id])
    for number in _numbers(session, [person_id]):
        write_down(session, at=at, actor=actor, act="series.remove", subject=number, detail=str(series_id))
    session.flush()


def end_series(session: Session, series_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """It does not come again; what lies ahead of it and nobody has begun is cancelled."""
    row = _open_series(session, series_id)
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    row.ended_at, row.ended_by, row.end_reason = at, actor.login[:64], reason.strip()[:300]
    cancelled = _cancel_ahead(session, series_id, at)
    detail = f"{row.id}, {cancelled} cancelled"
    write_down(session, at=at, actor=actor, act="series.end", subject=str(row.id), detail=detail)
    session.flush()


def skip_day(session: Session, series_id: int, on: date, reason: str, *, actor: Actor, at: datetime) -> None:
    """It does not take place on that day, a holiday for instance."""
    row = _open_series(session, series_id)
    if on < at.astimezone(SITE_ZONE).date():
        raise RefusedError("day_passed", Sentence("This day has passed. Choose today or a later one."))
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    if session.scalar(select(SeriesSkip.id).where(SeriesSkip.series_id == row.id, SeriesSkip.on == on)):
        raise RefusedError("skipped", Sentence("This day is left out already."))
    session.add(SeriesSkip(series_id=row.id, on=on, reason=reason.strip()[:300], at=at, by=actor.login[:64]))
    _cancel_ahead(session, series_id, at, on=on)
    write_down(session, at=at, actor=actor, act="series.skip", subject=str(row.id), detail=on.isoformat())
    session.flush()


def all_series(session: Session, *, ended: bool = False) -> list[SeriesLine]:
    """Series that go on, or those that ended, by name."""
    counted = (
        select(SeriesMember.series_id, func.count().label("people"))
        .where(SeriesMember.removed_at.is_(None))
        .group_by(SeriesMember.series_id)
        .subquery()
    )
    wanted = select(PassSeries, counted.c.people).outerjoin(counted, counted.c.series_id == PassSeries.id)
    over = PassSeries.ended_at.is_not(None) if ended else PassSeries.ended_at.is_(None)
    rows = session.execute(wanted.where(over).order_by(PassSeries.name, PassSeries.id))
    return [SeriesLine(row, people or 0) for row, people in rows]


def members_of(session: Session, series_id: int) -> list[Person]:
    """Who goes along now, by name."""
    wanted = (
        select(Person)
        .join(SeriesMember, SeriesMember.person_id == Person.id)
        .where(SeriesMember.series_id == series_id, SeriesMember.removed_at.is_(None))
    )
    return list(session.scalars(wanted.order_by(Person.surname, Person.given, Person.id)))


def skips_of(session: Session, series_id: int, since: date) -> list[SeriesSkip]:
    """Days left out from `since` on."""
    wanted = select(SeriesSkip).where(SeriesSkip.series_id == series_id, SeriesSkip.on >= since)
    return list(session.scalars(wanted.order_by(SeriesSkip.on)))


def next_plan(session: Session, row: PassSeries, people: Sequence[int], now: datetime) -> Plan:
    """What would speak against these people on the series' next day."""
    today = now.astimezone(SITE_ZONE).date()
    for ahead in range(8):
        on = max(row.from_on, today) + timedelta(days=ahead)
        if str(on.weekday()) in row.weekdays and _time(on, row.until_s) > now:
            return look(session, [draft_of(row, one, on) for one in people], now)
    return look(session, [], now)


def draft_of(row: PassSeries, person_id: int, on: date, group_id: int | None = None) -> Draft:
    """One person's move of one day."""
    return Draft(
        person_id=person_id,
        to_zone_id=row.to_zone_id,
        reason=Reason(row.reason),
        from_at=_time(on, row.from_s),
        there_at=_time(on, row.there_s),
        until_at=_time(on, row.until_s),
        escort=Escort(row.escort),
        officer=row.officer,
        group_id=group_id,
        series_id=row.id,
        from_zone_id=row.from_zone_id,
        source=source_of(row.id, on),
    )


def source_of(series_id: int, on: date) -> str:
    """What a pass of a series is made of: the same day is not made twice for one person."""
    return f"series:{series_id}:{on.isoformat()}"


def clashes_on(session: Session, on: date) -> list[tuple[PassClash, Person]]:
    """Who got no pass on a day because of what spoke against it; by name."""
    wanted = (
        select(PassClash, Person).join(Person, Person.id == PassClash.person_id).where(PassClash.on == on)
    )
    rows = session.execute(wanted.order_by(Person.surname, Person.given, PassClash.id))
    return [(clash, person) for clash, person in rows]


def _time(on: date, seconds: int) -> datetime:
    return start_of(on) + timedelta(seconds=seconds)


def _open_series(session: Session, series_id: int) -> PassSeries:
    row = session.get(PassSeries, series_id, with_for_update=True, populate_existing=True)
    if row is None or row.ended_at is not None:
        raise RefusedError("series_ended", Sentence("This series has ended. Begin a new one."))
    return row


def _members(series_id: int) -> Select[SeriesMember]:
    return select(SeriesMember).where(SeriesMember.series_id == series_id, SeriesMember.removed_at.is_(None))


def _cancel_ahead(
    session: Session,
    series_id: int,
    at: datetime,
    *,
    people: Collection[int] | None = None,
    on: date | None = None,
) -> int:
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
    return len(rows)


def _numbers(session: Session, people: Sequence[int]) -> list[str]:
    return list(session.scalars(select(Person.number).where(Person.id.in_(people)).order_by(Person.id)))
