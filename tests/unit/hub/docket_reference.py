"""The docket of one person the plain way, by the functions that pages use: what reading in bulk has to agree with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, Per
from hub.custody.facts.reading import holding, item_of, rows_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.legal import HEARING, LEGAL_STATUS
from hub.custody.records import Booking, Person
from hub.custody.sentencing.case import Weight
from hub.custody.sentencing.dates import Certainty, best_known
from hub.custody.stays import HOME
from hub.custody.who.rules_7_and_8 import missing
from hub.docket.reading import READ
from hub.docket.snapshot import Known, ReleaseClock, Seen, Snapshot, Sureness
from hub.docket.surroundings import Surroundings
from hub.movements.records import Position, Zone
from hub.web.formats import SITE_ZONE

_SURENESS: Final = {
    Certainty.VERIFIED: Sureness.VERIFIED,
    Certainty.UNVERIFIED: Sureness.UNVERIFIED,
    Certainty.NOT_LATER_THAN: Sureness.NOT_LATER_THAN,
    Certainty.NO_DATE: Sureness.WITHOUT_DATE,
}


def plain_snapshot(session: Session, around: Surroundings, person_id: int) -> Snapshot:
    """Somebody in custody, from all their rows."""
    person = session.get_one(Person, person_id)
    stay = session.scalars(
        select(Booking).where(Booking.person_id == person_id, Booking.released_at.is_(None))
    ).one()
    family = around.family([person_id])
    rows = rows_of(session, list(family))
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        if row.kind in READ and _counts(READ[row.kind], row, around, stay.id):
            by_kind[row.kind].append(row)
    facts = {name: _held(READ[name], of_kind, around) for name, of_kind in by_kind.items()}
    ends = {
        name: [row.effective_at for row in of_kind if row.act == Act.ENDS]
        for name, of_kind in by_kind.items()
    }
    gaps = missing(rows, booking_id=stay.id)
    return Snapshot(
        person_id, person.number, person.surname, person.given, person.born_on, stay.id, stay.admitted_at, around.at,
        facts=facts,
        history=_history(by_kind[LEGAL_STATUS.name], around),
        ended={name: max(times) for name, times in ends.items() if times},
        seen=_seen(session, list(family)),
        clock=_clock(session, around, stay.id),
        gaps=tuple(gap.item.code for gap in gaps if gap.item.rule.startswith("7")),
        place_is_adult=_is_adult(person_id, facts.get(HOME.name, ()), around),
        same_fingers=around.same_fingers.get(person_id, ()),
        asked=around.queries.get(person_id, ()),
        terminals_since=around.terminals_since,
        site_has_cells=around.has_cells,
    )  # fmt: skip


def _counts(kind: Kind[Any], row: Fact, around: Surroundings, stay_id: int) -> bool:
    if kind.per is Per.PERSON:
        return True
    return row.booking_id == stay_id or around.stays.get(row.booking_id or 0) == stay_id


def _held(kind: Kind[Any], rows: list[Fact], around: Surroundings) -> list[Known[Any]]:
    held = holding(kind, rows, effective_at=None if kind is HEARING else around.at)
    return [Known(one.item, one.value, one.row.id, one.row.effective_at) for one in held]


def _history(rows: list[Fact], around: Surroundings) -> list[Known[Any]]:
    known = [
        Known(item_of(step.row), held.value, step.row.id, step.row.effective_at)
        for step in steps(rows)
        if step.overtaken_by is None and step.row.act == Act.STATES and step.row.effective_at <= around.at
        for held in holding(LEGAL_STATUS, [step.row])
    ]
    return sorted(known, key=lambda one: (one.effective_at, one.row))


def _seen(session: Session, family: list[int]) -> Seen | None:
    found = session.execute(
        select(Zone.code, Position.proven_at)
        .join(Position, Position.zone_id == Zone.id)
        .where(Position.person_id.in_(family))
        .order_by(Position.proven_at.desc())
    ).first()
    return None if found is None else Seen(found[0], found[1])


def _clock(session: Session, around: Surroundings, stay_id: int) -> ReleaseClock:
    best = best_known(session, stay_id, today=around.at.astimezone(SITE_ZONE).date())
    if best is None:
        return ReleaseClock(Sureness.NOT_RECKONED)
    blocked = sorted(str(one.code) for one in best.problems if one.weight is not Weight.LOOK)
    sureness = _SURENESS[best.certainty]
    if sureness is Sureness.WITHOUT_DATE and blocked:
        sureness = Sureness.NOT_RECKONED
    return ReleaseClock(sureness, best.on, best.parole_on, f"{best.reckoning_id} {blocked}")


def _is_adult(person_id: int, homes: Any, around: Surroundings) -> bool | None:
    if not homes:
        return None
    home = homes[-1].value
    there = home.cell in around.adult_cells if home.cell else home.zone in around.adult_zones
    return person_id in around.among_adults or there
