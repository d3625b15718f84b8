"""Incidents of the invented prison: what was reported, who had which part, what was found and what followed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.custody.legal import LegalStatus
from hub.custody.life.incident_forms import (
    INCIDENT_PART,
    Finding,
    IncidentPart,
    IncidentRole,
    IncidentSort,
    Note,
    Report,
)
from hub.custody.life.records import IncidentRow, IncidentStep
from hub.custody.life.sanctions import LONGEST_CONFINEMENT_DAYS, SANCTION, Sanction, SanctionType
from hub.custody.sentencing.forms import ADJUSTMENT, Adjustment, AdjustmentType
from hub.custody.who.course import INJURY, Injury
from hub.reception.seed.pen import Pen, at_hour
from hub.reception.seed.staff import DOCTOR, OFFICERS, SUPERVISORS

_NEAR: Final = 12
"""So many of those who were written last may be the other one in a fight."""


@dataclass(frozen=True)
class _Tale:
    sort: IncidentSort
    what: str
    rule: str
    weight: int
    two: bool = False
    hurt: str = ""


_TALES: Final = (
    _Tale(IncidentSort.FIGHT, "Two men came to blows over the telephone.", "Fighting", 24, True),
    _Tale(IncidentSort.FIGHT, "A quarrel at the food line ended in blows.", "Fighting", 16, True, "cut lip"),
    _Tale(
        IncidentSort.ASSAULT, "Struck another with a broom handle.", "Assault", 9, True, "bruises on the arm"
    ),
    _Tale(IncidentSort.CONTRABAND, "A telephone was found in the mattress.", "Forbidden things", 20),
    _Tale(IncidentSort.CONTRABAND, "Cannabis in a shoe after a visit.", "Forbidden things", 12),
    _Tale(IncidentSort.DISOBEDIENCE, "Would not go into the cell at lock-up.", "Disobeying an order", 14),
    _Tale(IncidentSort.DAMAGE, "Broke the wash basin of the cell.", "Damage", 6),
    _Tale(IncidentSort.ACCIDENT, "Fell from the upper bunk at night.", "", 5, hurt="sprained wrist"),
    _Tale(IncidentSort.SELF_HARM, "Cut the forearm with a piece of tin.", "", 3, hurt="cuts, dressed"),
    _Tale(IncidentSort.ESCAPE_ATTEMPT, "Found on the roof of the workshop.", "Trying to escape", 1),
)
_PLACES: Final = ("yard", "kitchen", "tier 2", "workshop", "food line", "visits", "cell")
_ANSWERS: Final = ("He began it.", "I did it.", "It was not mine.", "I have nothing to say.")


@dataclass(frozen=True)
class Neighbour:
    """Somebody who was inside, and since when."""

    person_id: int
    booking_id: int
    since_on: date
    sex: str


@dataclass(frozen=True)
class Apart:
    """Two who are to be kept apart, written once everybody has a number."""

    one_id: int
    other_id: int
    at: datetime
    by: str
    proved: bool


@dataclass
class Crowd:
    """Who was written last, and who is to be kept from whom."""

    near: deque[Neighbour] = field(default_factory=lambda: deque(maxlen=_NEAR))
    apart: list[Apart] = field(default_factory=list)

    def join(self, pen: Pen) -> None:
        sex = pen.who.identity.sex.value
        self.near.append(Neighbour(pen.who.person_id, pen.booking_id, pen.stay.admitted_on, sex))

    def somebody(self, pen: Pen, on: date) -> Neighbour | None:
        sex = pen.who.identity.sex.value
        fit = [one for one in self.near if one.since_on < on and one.sex == sex]
        return pen.rng.choice(fit) if fit else None


def troubles(pen: Pen, crowd: Crowd) -> None:
    """What happened around somebody, the more the longer the stay."""
    if pen.days < 10:
        return
    often = min(6, int(pen.rng.expovariate(1.0) * (0.15 + pen.days / 1_500)))
    for _ in range(often):
        tale = pen.rng.choices(_TALES, [one.weight for one in _TALES])[0]
        _incident(pen, tale, at_hour(pen.day(6), pen.rng.randint(6, 20), pen.rng.choice((5, 20, 40))), crowd)


def _incident(pen: Pen, tale: _Tale, at: datetime, crowd: Crowd) -> None:
    rng = pen.rng
    at = max(at, pen.admitted_at + timedelta(hours=1))
    other = crowd.somebody(pen, at.date()) if tale.two else None
    if tale.two and other is None:
        return
    row, number = pen.bulk.id_of(IncidentRow), pen.bulk.number("incident", "I")
    officer, supervisor = rng.choice(OFFICERS), rng.choice(SUPERVISORS)
    told_at = min(at + timedelta(minutes=rng.randint(20, 200)), pen.now_at)
    report = Report(
        sort=tale.sort,
        occurred_at=at,
        place=rng.choice(_PLACES),
        what=tale.what,
        staff=officer,
        injuries=tale.hurt,
        told_to=supervisor,
    )
    pen.bulk.add(IncidentRow, {"id": row, "number": number, "recorded_at": told_at})
    _step(pen, row, 1, "report", report, told_at, officer)
    decided_at = min(at + timedelta(days=rng.randint(2, 6)), pen.now_at)
    proved = _parts(pen, tale, number, at, decided_at, officer, supervisor, other)
    if other is not None and pen.stay.is_open and pen.chance(0.3):
        crowd.apart.append(Apart(pen.who.person_id, other.person_id, decided_at, supervisor, proved))
    if pen.now_at - at > timedelta(days=9):
        closing = Note("Heard and decided." if tale.rule else "Seen by the nurse; nothing more to do.")
        _step(pen, row, 2, "close", closing, min(decided_at + timedelta(days=1), pen.now_at), supervisor)


def _parts(
    pen: Pen,
    tale: _Tale,
    number: str,
    at: datetime,
    decided_at: datetime,
    officer: str,
    supervisor: str,
    other: Neighbour | None,
) -> bool:
    """The part of each; whether the accusation was proved."""
    role = IncidentRole.ACCUSED if tale.rule else IncidentRole.VICTIM
    part = IncidentPart(incident=number, role=role, accused_of=tale.rule)
    item = pen.at(INCIDENT_PART, part, at, source=number, by=officer)
    pen.bulk.link(item, number, INCIDENT_PART, pen.who.person_id)
    if other is not None:
        theirs = IncidentPart(incident=number, role=IncidentRole.VICTIM)
        at_theirs = pen.bulk.fact(
            INCIDENT_PART, theirs, other.person_id, other.booking_id, at, at, number, by=officer
        )
        pen.bulk.link(at_theirs, number, INCIDENT_PART, other.person_id)
    if tale.hurt:
        hurt = Injury(
            injured_at=at, where="inside", circumstances=f"{tale.what} {tale.hurt}.", reported_to=supervisor
        )
        pen.at(INJURY, hurt, at, by=officer)
    if not tale.rule or decided_at >= pen.now_at:
        return False
    finding = pen.rng.choices((Finding.PROVED, Finding.NOT_PROVED, Finding.WITHDRAWN), (7, 2, 1))[0]
    heard = replace(
        part,
        told_at=at + timedelta(hours=18),
        heard_at=max(decided_at - timedelta(hours=2), at + timedelta(hours=20)),
        heard_by=supervisor,
        answer=pen.rng.choice(_ANSWERS),
        finding=finding.value,
        finding_reason="The officer's report and what was said.",
    )
    pen.at(INCIDENT_PART, heard, at, source=number, item=item, by=supervisor, recorded_at=decided_at)
    if finding is Finding.PROVED:
        _sanction(pen, item, number, (decided_at + timedelta(days=1)).date(), supervisor)
    return finding is Finding.PROVED


def _sanction(pen: Pen, item: int, number: str, from_on: date, supervisor: str) -> None:
    forfeits = (
        pen.stay.status is LegalStatus.SENTENCED and pen.stay.term_days > 700 and pen.stay.wrong is None
    )
    sort = pen.rng.choices(
        list(SanctionType),
        (8, 9, 4, 2 if forfeits and from_on > (pen.stay.sentenced_on or from_on) else 0, 1),
    )[0]
    value = Sanction(
        part=item,
        incident=number,
        type=sort,
        decided_by=supervisor,
        why="Proved at the hearing.",
        from_on=from_on,
    )
    if sort is SanctionType.LOSS_OF_PRIVILEGES:
        value = replace(value, until_on=from_on + timedelta(days=pen.rng.choice((6, 13, 27))))
    elif sort is SanctionType.CONFINEMENT:
        days = pen.rng.randint(2, LONGEST_CONFINEMENT_DAYS - 5)
        value = replace(value, until_on=from_on + timedelta(days=days), doctor=DOCTOR)
    elif sort is SanctionType.REMISSION_FORFEITED:
        days = pen.rng.choice((5, 7, 10))
        lost = Adjustment(type=AdjustmentType.REMISSION_FORFEITED, days=days, why=value.why)
        value = replace(value, days=days, adjustment=pen.law(ADJUSTMENT, lost, from_on, source=number))
    pen.at(
        SANCTION, value, at_hour(from_on, 0), source=number, by=supervisor, recorded_at=at_hour(from_on, 9)
    )


def _step(pen: Pen, row: int, number: int, act: str, value: msgspec.Struct, at: datetime, by: str) -> None:
    pen.bulk.add(
        IncidentStep,
        {
            "incident_id": row,
            "number": number,
            "act": act,
            "value": msgspec.json.encode(value, order="deterministic").decode(),
            "at": at,
            "by": by,
            "reason": "",
        },
    )
