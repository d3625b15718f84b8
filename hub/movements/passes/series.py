"""Moves that come again: a workshop's hours, a class, exercise. Who goes, on which days, and what it left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Booking, Person
from hub.movements.passes.clashes import Grade
from hub.movements.passes.looking import Plan
from hub.movements.passes.planning import Override, refuse_clashes
from hub.movements.passes.records import PassClash, PassRow, PassSeries, SeriesMember
from hub.movements.passes.rules import Escort, Reason
from hub.movements.passes.series_days import Times, cancel_ahead, next_plan, open_series
from hub.sentences import RefusedError, Sentence

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
    on_holidays: bool = False


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
    Times(draft.from_s, draft.there_s, draft.until_s).check()
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
        on_holidays=draft.on_holidays,
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
    """Let these go along from now on; how many are new. RefusedError for a series that has ended.

    ClashesError when something speaks against one of them on the series' next day and nobody signs for it. What the
    second officer signs for holds of every day; anything else keeps the person back on that day, and is shown.
    """
    row = open_series(session, series_id)
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
    plan = next_plan(session, row, fresh, at)
    refuse_clashes(plan, override)
    signed = _to_sign(plan)
    session.add_all(
        SeriesMember(
            series_id=row.id,
            person_id=one,
            added_at=at,
            added_by=actor.login[:64],
            signed_by=override.actor.login[:64] if override is not None and one in signed else "",
            signed_for=" ".join(sorted(signed.get(one, ())))[:300],
        )
        for one in fresh
    )
    session.flush()
    numbers = _numbers(session, fresh)
    for person_id, number in numbers.items():
        write_down(session, at=at, actor=actor, act="series.add", subject=number, detail=str(row.id))
        if override is not None and person_id in signed:
            detail = f"{row.id} {' '.join(sorted(signed[person_id]))}: {override.reason.strip()}"
            write_down(
                session, at=at, actor=override.actor, act="series.sign", subject=number, detail=detail[:480]
            )
    return len(fresh)


def _to_sign(plan: Plan) -> dict[int, set[str]]:
    """Keys of what a second officer signs for, by person."""
    found: dict[int, set[str]] = {}
    for place, draft in enumerate(plan.drafts):
        for clash in plan.found.of(place):
            if clash.grade is Grade.SECOND:
                found.setdefault(draft.person_id, set()).add(clash.key)
    return found


def remove_person(session: Session, series_id: int, person_id: int, *, actor: Actor, at: datetime) -> None:
    """Somebody goes along no more; passes of later that nobody has begun are cancelled."""
    wanted = _members(series_id).where(SeriesMember.person_id == person_id)
    member = session.scalar(wanted.with_for_update())
    if member is None:
        raise RefusedError("not_member", Sentence("This person does not go along with the series."))
    member.removed_at, member.removed_by = at, actor.login[:64]
    cancel_ahead(session, series_id, "", actor=actor, at=at, people=[person_id])
    for number in _numbers(session, [person_id]).values():
        write_down(session, at=at, actor=actor, act="series.remove", subject=number, detail=str(series_id))
    session.flush()


def end_series(session: Session, series_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """It does not come again; what lies ahead of it and nobody has begun is cancelled."""
    row = open_series(session, series_id)
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    row.ended_at, row.ended_by, row.end_reason = at, actor.login[:64], reason.strip()[:300]
    cancelled = cancel_ahead(session, series_id, reason, actor=actor, at=at)
    detail = f"{row.id}, {cancelled} cancelled"
    write_down(session, at=at, actor=actor, act="series.end", subject=str(row.id), detail=detail)
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


def clashes_on(session: Session, on: date) -> list[tuple[PassClash, Person]]:
    """Who got no pass on a day because of what spoke against it, and has none since; by name."""
    made = select(PassRow.id).where(
        PassRow.source == PassClash.source, PassRow.person_id == PassClash.person_id
    )
    wanted = (
        select(PassClash, Person)
        .join(Person, Person.id == PassClash.person_id)
        .where(PassClash.on == on, ~made.exists())
    )
    rows = session.execute(wanted.order_by(Person.surname, Person.given, PassClash.id))
    return [(clash, person) for clash, person in rows]


def _members(series_id: int) -> Select[SeriesMember]:
    return select(SeriesMember).where(SeriesMember.series_id == series_id, SeriesMember.removed_at.is_(None))


def _numbers(session: Session, people: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Person.id, Person.number).where(Person.id.in_(people)).order_by(Person.id))
    return {row.id: row.number for row in rows}
