"""From the tables to the values of the rules, and who is expected where at a moment. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import cast

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.custody.absence import WHY
from hub.custody.away import people_away
from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.records import Booking
from hub.custody.stays import HOME
from hub.custody.then import COLUMNS
from hub.headcount import expecting
from hub.headcount.limits import rules_at
from hub.headcount.records import (
    Headcount,
    HeadcountExplanation,
    HeadcountMark,
    HeadcountSlip,
    HeadcountUnit,
    OutCountRecord,
)
from hub.headcount.rules import Facts
from hub.headcount.states import COURSES, ENDED, State
from hub.headcount.values import (
    EVERYTHING,
    Explanation,
    LastProof,
    Mark,
    Moment,
    OutCount,
    OutStep,
    Person,
    Roster,
    Slip,
    Unit,
    What,
)
from hub.movements.records import Site
from hub.movements.site.tree import Tree
from hub.movements.site.tree import load as load_tree
from hub.movements.site.ways import graph
from hub.movements.whereabouts.confidence import Confidence
from hub.movements.whereabouts.places import places
from wire.happenings import CountKind, CountMethod, OutCountStep


def roster(session: Session, at: datetime, known_at: datetime | None = None) -> Roster:
    """Everybody in custody at `at`, each once, as was known at `known_at` (None: now).

    Where somebody lives is where they lived at `at`. Units are those of all sites.
    """
    tree = load_tree(session)
    stays = _stays(session, at, known_at)
    homes = _homes(session, stays, at, known_at)
    away = {
        one.person.id: f"{WHY[one.value.why]}: {one.value.where}"
        for one in people_away(session, at, known_at)
        if one.left_at <= at
    }
    assigned: dict[str, set[Person]] = {unit.code: set() for unit in tree.units()}
    nowhere: set[Person] = set()
    held = set(stays.values())
    for booking, person in stays.items():
        if person in away:
            continue
        code = unit_code(tree, homes.get(booking))
        (nowhere if code is None or code not in assigned else assigned[code]).add(person)
    return Roster(
        units={
            unit.code: Unit(unit.code, tree.path(unit.id), frozenset(assigned[unit.code]))
            for unit in tree.units()
        },
        away={person: words for person, words in away.items() if person in held},
        no_unit=frozenset(nowhere),
    )


def unit_code(tree: Tree, zone: str | None) -> str | None:
    """The unit that a zone (by code) lies in."""
    node = None if zone is None else tree.by_code(zone)
    unit = None if node is None else tree.unit_of(node.id)
    return None if unit is None else tree.zone(unit).code


def out_counts(session: Session, count: Headcount | None, tree: Tree) -> dict[Person, OutCount]:
    """Out-counts of this count and those that hold for every one, as the steps leave them."""
    standing = OutCountRecord.headcount_id.is_(None)
    mine = standing if count is None else or_(standing, OutCountRecord.headcount_id == count.id)
    rows = session.scalars(select(OutCountRecord).where(mine).order_by(OutCountRecord.id))
    steps = [
        OutStep(
            row.person_id,
            row.unit,
            row.place,
            unit_code(tree, row.place),
            OutCountStep(row.step),
            row.officer,
            Moment(row.at, row.terminal, row.journal_id, row.sequence),
        )
        for row in rows
        if count is None or count.ended_at is None or row.heard_at <= count.ended_at
    ]
    return expecting.fold(steps)


def facts_of(session: Session, count: Headcount, now: datetime, *, with_proofs: bool = False) -> Facts:
    """Everything that is known of a count. Of one that was cleared: as it was known when it was."""
    tree = load_tree(session)
    ended = count.ended_at if State(count.state) in ENDED else None
    people = roster(session, count.effective_at or now, ended)
    units = units_of(session, count)
    return Facts(
        scope=[unit.code for unit in units],
        roster=people,
        outs=out_counts(session, count, tree),
        slips=slips_of(session, count),
        marks=marks_of(session, count),
        explanations=_explanations(session, count),
        proofs=last_proofs(session, tree, _everybody(people), now) if with_proofs and ended is None else {},
        open_from=count.open_from,
        blind=count.blind,
        others=_of_other_sites(session, count, tree, people, now),
        frozen_at=count.frozen_at,
        two_counters=COURSES[CountKind(count.kind)].two_counters,
        limits=rules_at(session, count.announced_at).limits,
        beside=_beside(session, tree, units) if with_proofs else lambda _unit, _proof: False,
    )


def _of_other_sites(
    session: Session, count: Headcount, tree: Tree, people: Roster, now: datetime
) -> frozenset[Person]:
    """Those without a unit whom this count does not look for: all of them where only some units are counted, those
    last proven at another site where one site is."""
    if count.scope == EVERYTHING or not people.no_unit:
        return frozenset()
    if not count.site or count.scope != count.site:
        return people.no_unit
    proven = places(session, now, people=people.no_unit)
    here = {node.id for node in tree.zones(session.scalar(select(Site.id).where(Site.code == count.site)))}
    return frozenset(one for one in people.no_unit if one in proven and proven[one].zone_id not in here)


def units_of(session: Session, count: Headcount) -> Sequence[HeadcountUnit]:
    """Its units, in the order of the site."""
    wanted = select(HeadcountUnit).where(HeadcountUnit.headcount_id == count.id)
    return session.scalars(wanted.order_by(HeadcountUnit.id)).all()


def slips_of(session: Session, count: Headcount) -> list[Slip]:
    """Every slip, as the rules see it."""
    rows = session.scalars(
        select(HeadcountSlip).where(HeadcountSlip.headcount_id == count.id).order_by(HeadcountSlip.id)
    )
    return [slip_value(row) for row in rows]


def slip_value(row: HeadcountSlip) -> Slip:
    """One row as the rules see it."""
    return Slip(
        unit=row.unit,
        recount=row.recount,
        method=CountMethod(row.method),
        observed=row.observed,
        counters=tuple(one for one in (row.first_counter, row.second_counter) if one),
        began_at=row.began_at,
        moment=Moment(row.ended_at, row.terminal, row.journal_id, row.sequence),
        signs_of_life=row.signs_of_life,
        vacant_beds=tuple(msgspec.json.decode(row.vacant_beds, type=list[tuple[str, int]])),
        clock_sure=row.clock_sure,
        late=row.late,
        saw_totals=row.saw_totals,
    )


def marks_of(session: Session, count: Headcount) -> list[Mark]:
    """Every mark, as the rules see it."""
    rows = session.scalars(
        select(HeadcountMark).where(HeadcountMark.headcount_id == count.id).order_by(HeadcountMark.id)
    )
    return [
        Mark(
            row.unit,
            row.recount,
            row.person_id,
            row.officer,
            Moment(row.at, row.terminal, row.journal_id, row.sequence),
            row.taken_back,
        )
        for row in rows
    ]


def last_proofs(
    session: Session, tree: Tree, people: Collection[Person], now: datetime
) -> dict[Person, LastProof]:
    """Where each of these people was last known to be; nobody whom nobody ever proved."""
    found = {}
    for person, place in places(session, now, people=people).items():
        unit = tree.unit_of(place.zone_id)
        found[person] = LastProof(
            person,
            tree.path(place.zone_id),
            None if unit is None else tree.zone(unit).code,
            place.proven_at,
            place.confidence is not Confidence.UNPROVEN,
            place.zone_id,
        )
    return found


def _everybody(people: Roster) -> list[Person]:
    assigned = [person for unit in people.units.values() for person in unit.assigned]
    return sorted({*assigned, *people.away, *people.no_unit})


def _beside(session: Session, tree: Tree, units: Iterable[HeadcountUnit]) -> Callable[[str, LastProof], bool]:
    ways = graph(session)
    near = {
        unit.code: frozenset(other for zone in tree.within(unit.zone_id) for other in ways.beside(zone))
        for unit in units
    }
    return lambda code, proof: proof.zone_id in near.get(code, ())


def _explanations(session: Session, count: Headcount) -> list[Explanation]:
    rows = session.scalars(
        select(HeadcountExplanation).where(
            HeadcountExplanation.headcount_id == count.id, HeadcountExplanation.withdrawn_at.is_(None)
        )
    )
    return [Explanation(row.unit, What(row.what), row.person_id, row.accepted_at is not None) for row in rows]


def _stays(session: Session, at: datetime, known_at: datetime | None) -> dict[int, Person]:
    wanted = select(Booking.id, Booking.person_id).where(
        Booking.admitted_at <= at, or_(Booking.released_at.is_(None), Booking.released_at > at)
    )
    if known_at is not None:
        wanted = wanted.where(Booking.recorded_at <= known_at)
    return {row.id: row.person_id for row in session.execute(wanted)}


def _homes(
    session: Session, stays: Collection[int], at: datetime, known_at: datetime | None
) -> dict[int, str]:
    held = select(Booking.id).where(or_(Booking.released_at.is_(None), Booking.released_at > at))
    rows = session.execute(select(*COLUMNS).where(Fact.kind == HOME.name, Fact.booking_id.in_(held))).all()
    return {
        one.row.booking_id or 0: one.value.zone
        for one in holding(HOME, cast(Sequence[Fact], rows), effective_at=at, known_at=known_at)
        if one.row.booking_id in stays
    }
