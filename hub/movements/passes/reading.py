"""Passes as they stand. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.move_limits import Limits, limits
from hub.movements.passes.records import PassRow, PassStep
from hub.movements.passes.rules import PassState, Trace, Ways
from hub.movements.passes.ways import ways_of
from hub.movements.site.ways import Graph, graph

OUTING: Final = "absence:"
"""Begins the source of a pass that leads somebody out of the prison, and back."""


@dataclass(frozen=True)
class Pass:
    """A permission to move, with its person and its way. `id` is what is shown as "pass 123".

    `route` are the zones of the shortest way there, both ends included. From `opens_at` the gates let the person on
    it, until `late_until_at` with a mark; `back_by_at` is when they should be back where they came from. `going` is the
    number of the going out of the prison that it was made for.
    """

    id: int
    person_id: int
    number: str
    surname: str
    given: str
    from_zone_id: int
    to_zone_id: int
    reason: str
    escort: str
    officer: str
    group: int
    series_id: int | None
    from_at: datetime
    there_at: datetime
    until_at: datetime
    one_way: bool
    opens_at: datetime
    back_by_at: datetime
    late_until_at: datetime
    route: tuple[int, ...]
    trace: Trace
    state: str
    leg: str
    state_since: datetime
    next_at: datetime | None
    closed_at: datetime | None
    made_by: str
    signed_by: str
    going: int | None = None

    @property
    def cancelled(self) -> bool:
        return self.state == PassState.CANCELLED

    def __repr__(self) -> str:
        return f"Pass({self.id}, {self.number}, {self.state})"


def open_passes(
    session: Session,
    now: datetime,
    *,
    people: Collection[int] | None = None,
    zones: Collection[int] | None = None,
    until: datetime | None = None,
) -> list[Pass]:
    """Passes that nothing has ended: of these people, through these zones, beginning by `until`; by time."""
    wanted = _wanted().where(PassRow.closed_at.is_(None))
    if people is not None:
        wanted = wanted.where(PassRow.person_id.in_(people))
    if until is not None:
        wanted = wanted.where(PassRow.from_at <= until)
    found = _passes(session, session.execute(wanted), now)
    return found if zones is None else [one for one in found if not set(one.route).isdisjoint(zones)]


def passes_between(
    session: Session, first_at: datetime, last_at: datetime, *, people: Collection[int] | None = None
) -> list[Pass]:
    """Every pass, ended ones as well, whose window touches the time from `first_at` to `last_at`."""
    wanted = _wanted().where(PassRow.from_at < last_at, PassRow.until_at > first_at)
    if people is not None:
        wanted = wanted.where(PassRow.person_id.in_(people))
    return _passes(session, session.execute(wanted), first_at)


def pass_of(session: Session, number: int, now: datetime) -> Pass | None:
    """One pass; None where there is none."""
    return next(iter(_passes(session, session.execute(_wanted().where(PassRow.id == number)), now)), None)


def passes_of_group(session: Session, group_id: int, now: datetime) -> list[Pass]:
    """Everybody who goes in a group, ended passes as well."""
    return _passes(session, session.execute(_wanted().where(PassRow.group_id == group_id)), now)


def steps_of(session: Session, number: int) -> list[PassStep]:
    """What became of a pass, in the order in which it was written."""
    wanted = select(PassStep).where(PassStep.pass_id == number)
    return list(session.scalars(wanted.order_by(PassStep.id)))


def _wanted() -> Select[PassRow, str, str, str]:
    return (
        select(PassRow, Person.number, Person.surname, Person.given)
        .join(Person, Person.id == PassRow.person_id)
        .order_by(PassRow.from_at, Person.surname, Person.given, PassRow.id)
    )


def _passes(session: Session, rows: Iterable[Row[PassRow, str, str, str]], now: datetime) -> list[Pass]:
    held = list(rows)
    if not held:
        return []
    ways, known, travel = graph(session), limits(session), ways_of(session, now)
    return [_pass(row, number, surname, given, ways, known, travel) for row, number, surname, given in held]


def _pass(
    row: PassRow, number: str, surname: str, given: str, ways: Graph, known: Limits, travel: Ways
) -> Pass:
    back = timedelta(0) if row.one_way else travel.late_after(row.to_zone_id, row.from_zone_id)
    back_by_at = row.until_at + back + timedelta(seconds=known.grace_s)
    return Pass(
        id=row.id,
        person_id=row.person_id,
        number=number,
        surname=surname,
        given=given,
        from_zone_id=row.from_zone_id,
        to_zone_id=row.to_zone_id,
        reason=row.reason,
        escort=row.escort,
        officer=row.officer,
        group=row.group_id or 0,
        series_id=row.series_id,
        from_at=row.from_at,
        there_at=row.there_at,
        until_at=row.until_at,
        one_way=row.one_way,
        opens_at=row.from_at - timedelta(seconds=known.early_s),
        back_by_at=back_by_at,
        late_until_at=back_by_at + timedelta(seconds=known.late_s),
        route=tuple(ways.zones_on(row.from_zone_id, row.to_zone_id)),
        trace=trace_in(row),
        state=row.state,
        leg=row.leg,
        state_since=row.state_at,
        next_at=row.next_at,
        closed_at=row.closed_at,
        made_by=row.made_by,
        signed_by=row.signed_by,
        going=going_in(row.source),
    )


def going_in(source: str | None) -> int | None:
    """The number of the going out that a pass was made for, from its source."""
    return int(source.removeprefix(OUTING)) if source is not None and source.startswith(OUTING) else None


def trace_in(row: PassRow) -> Trace:
    """What was seen of a pass, as its row has it."""
    return Trace(row.departed_at, row.arrived_at, row.left_at, row.returned_at)
