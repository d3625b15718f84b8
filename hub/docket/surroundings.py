"""What all people have in common in one look: the site, joined files, open queries. Read once a look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import by_person, holding, rows_of_kind
from hub.custody.facts.records import Fact
from hub.custody.life.queries import QUERY
from hub.custody.merging.actions import BY_FINGER
from hub.custody.merging.reading import all_cases, joined_stays, leads
from hub.custody.queries import names
from hub.custody.sentencing.basis import Rules
from hub.custody.sentencing.dates import rules_of
from hub.docket.limits import Limits
from hub.docket.limits_in_force import limits_on
from hub.docket.snapshot import Query, SameFinger
from hub.docket.troubles import Trouble, attempt
from hub.docket.young import among_adults
from hub.movements.cells.records import Cell, CellTerms
from hub.movements.cells.rules import Ages
from hub.movements.records import Zone
from hub.terminals.records import Status, Terminal
from hub.web.formats import SITE_ZONE, start_of


@dataclass(frozen=True)
class Surroundings:
    """`adult_cells` and `adult_zones` are for adults alone; `among_adults` are juveniles who share a place with adults.

    `leads` names the leading person of a joined file, `stays` the stay that a stay was set aside into.
    """

    at: datetime
    limits: Limits
    rules: Rules
    leads: Mapping[int, int]
    stays: Mapping[int, int]
    queries: Mapping[int, Sequence[Query] | Trouble]
    same_fingers: Mapping[int, list[SameFinger]]
    adult_cells: frozenset[str]
    adult_zones: frozenset[str]
    among_adults: frozenset[int]
    terminals_since: datetime | None
    """When the first terminal was taken in; None while none is in use."""
    has_cells: bool

    def family(self, person_ids: list[int]) -> dict[int, int]:
        """Every person whose facts count for one of these leading ones, with the leading one."""
        wanted = set(person_ids)
        found = {person_id: person_id for person_id in person_ids}
        return found | {one: lead for one, lead in self.leads.items() if lead in wanted}

    def joined(self, stays: Collection[int]) -> set[int]:
        """These stays with those that were set aside into them."""
        wanted = set(stays)
        return wanted | {one for one, into in self.stays.items() if into in wanted}


def look_around(session: Session, at: datetime, person_ids: Collection[int] | None = None) -> Surroundings:
    """The surroundings at a moment, of everybody or of these people alone."""
    today = at.astimezone(SITE_ZONE).date()
    led, limits = leads(session), limits_on(session, today)
    known = _cells(session)
    adult = frozenset(code for code, (_, ages) in known.items() if ages == Ages.ADULT)
    zones = {zone for zone, _ in known.values()}
    mixed = {zone for code, (zone, _) in known.items() if code not in adult}
    active = select(func.count()).select_from(Terminal).where(Terminal.status == Status.ACTIVE)
    return Surroundings(
        at=at,
        limits=limits,
        rules=rules_of(session, today=today),
        leads=led,
        stays=joined_stays(session),
        queries=_queries(session, led),
        same_fingers=_same_fingers(session, led),
        adult_cells=adult,
        adult_zones=frozenset(zones - mixed),
        among_adults=among_adults(session, limits, at, person_ids),
        terminals_since=session.scalar(select(func.min(Terminal.granted_at)))
        if session.scalar(active)
        else None,
        has_cells=bool(known),
    )


def _cells(session: Session) -> dict[str, tuple[str, str]]:
    """Zone and ages of each cell by code, as it was said last. A service of many prisons has tens of thousands."""
    newest = select(func.max(CellTerms.id)).group_by(CellTerms.cell_id)
    rows = session.execute(
        select(Cell.code, Zone.code, CellTerms.ages)
        .join(CellTerms, CellTerms.cell_id == Cell.id)
        .join(Zone, Zone.id == Cell.zone_id)
        .where(CellTerms.id.in_(newest))
    )
    return {code: (zone, ages) for code, zone, ages in rows}


def _queries(session: Session, led: Mapping[int, int]) -> dict[int, Sequence[Query] | Trouble]:
    """Queries that wait for an answer, the most urgent first."""
    whole: dict[int, list[Fact]] = {}
    for person_id, rows in by_person(rows_of_kind(session, QUERY)).items():
        whole.setdefault(led.get(person_id, person_id), []).extend(rows)
    tried = {person_id: attempt(QUERY.words, _waiting, rows) for person_id, rows in whole.items()}
    return {person_id: found for person_id, found in tried.items() if found}


def _waiting(rows: Sequence[Fact]) -> Sequence[Query]:
    opened = {row.id: row.recorded_at for row in rows}
    waiting = [one for one in holding(QUERY, rows) if not one.value.result]
    waiting.sort(key=lambda one: (one.value.due_on, one.item))
    return [
        Query(one.item, opened[one.item], start_of(one.value.due_on + timedelta(days=1))) for one in waiting
    ]


def _same_fingers(session: Session, led: Mapping[int, int]) -> dict[int, list[SameFinger]]:
    """Files that are before officers because of a finger, until somebody has decided."""
    found: dict[int, list[SameFinger]] = {}
    cases = [one.case for one in all_cases(session, open_only=True) if one.case.found_by == BY_FINGER]
    ids = {one for case in cases for one in (case.one_id, case.other_id)}
    numbers = {person_id: person.number for person_id, person in names(session, ids).items()}
    for case in cases:
        for one, other in ((case.one_id, case.other_id), (case.other_id, case.one_id)):
            same = SameFinger(other, numbers[other], case.opened_at)
            found.setdefault(led.get(one, one), []).append(same)
    return found
