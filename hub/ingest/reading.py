"""What entries say, with the people and places they name found, or the reason why it cannot be applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import Checkpoint, Zone
from hub.movements.rules import Proof
from wire import happenings
from wire.errors import WireError
from wire.happenings import Happening, read_body
from wire.journal import Entry
from wire.provisioning import CheckpointSettings

EVACUATION = "evacuation"
"""The one rule by which a terminal admits people whom it does not know."""

_LOOKED_UP_AT_ONCE = 500
_NAMING = (happenings.Passage, happenings.Attestation)
"""Entries that name a person."""


class Trouble(StrEnum):
    """Why an authentic entry waits for a person."""

    UNKNOWN_KIND = "unknown_kind"
    BAD_BODY = "bad_body"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_CHECKPOINT = "unknown_checkpoint"
    UNKNOWN_ZONE = "unknown_zone"
    OTHER_PLACE = "other_place"
    ADMITTED_NOBODY = "admitted_nobody"
    FAILED = "failed"


@dataclass(frozen=True)
class Site:
    """People and places that entries of one transaction may name, by number and code."""

    people: dict[str, Somebody]
    zones: dict[str, Place]
    checkpoints: Mapping[str, CheckpointSettings]


def read(entry: Entry) -> Happening | Trouble:
    """What the entry says, or why it cannot be read."""
    try:
        happening = read_body(entry)
    except WireError:
        return Trouble.BAD_BODY
    return Trouble.UNKNOWN_KIND if happening is None else happening


def find_site(session: Session, read_ones: Iterable[Happening | Trouble]) -> Site:
    """Look up, in few queries, everybody that entries name and every place."""
    numbers = {one.person for one in read_ones if isinstance(one, _NAMING) and one.person is not None}
    zones = {row.code: Place(row.id, row.code) for row in session.execute(select(Zone.code, Zone.id))}
    codes = {zone.id: zone.code for zone in zones.values()}
    checkpoints = session.execute(select(Checkpoint.code, Checkpoint.from_zone_id, Checkpoint.to_zone_id))
    return Site(
        people=_people(session, sorted(numbers)),
        zones=zones,
        checkpoints={
            code: CheckpointSettings(checkpoint=code, from_zone=codes[start], to_zone=codes[end])
            for code, start, end in checkpoints
        },
    )


def place_of(said: happenings.Passage | happenings.Attestation) -> CheckpointSettings:
    """Where the terminal says that the passage was."""
    return CheckpointSettings(checkpoint=said.checkpoint, from_zone=said.from_zone, to_zone=said.to_zone)


def understand(said: happenings.Passage, site: Site, proof: Proof, *, late: bool) -> Passage | Trouble:
    """The passage in the hub's own terms. The zones are those that the terminal had, not today's."""
    person = None if said.person is None else site.people.get(said.person)
    from_zone, to_zone = site.zones.get(said.from_zone), site.zones.get(said.to_zone)
    if said.person is not None and person is None:
        return Trouble.UNKNOWN_PERSON
    if said.checkpoint not in site.checkpoints:
        return Trouble.UNKNOWN_CHECKPOINT
    if from_zone is None or to_zone is None:
        return Trouble.UNKNOWN_ZONE
    if said.decision is happenings.Decision.ADMIT and person is None and said.rule != EVACUATION:
        return Trouble.ADMITTED_NOBODY
    return Passage(
        proof=proof,
        checkpoint=said.checkpoint,
        from_zone=from_zone,
        to_zone=to_zone,
        decision=said.decision.value,
        rule=said.rule,
        person=person,
        late=late,
        score=round(said.evidence.score, 1),
        quality=said.evidence.quality,
        attempt=said.attempt,
        needed=round(said.evidence.needed, 1),
        second_finger=said.evidence.second_finger,
        candidates=tuple(said.candidates),
        pass_number=said.pass_number,
        against=said.against,
        flags=tuple(said.flags),
    )


def trouble_of(said: happenings.Attestation, site: Site) -> Trouble | None:
    """Why an officer's word cannot be applied here, None when it can."""
    if said.person is not None and said.person not in site.people:
        return Trouble.UNKNOWN_PERSON
    if said.checkpoint not in site.checkpoints:
        return Trouble.UNKNOWN_CHECKPOINT
    if said.from_zone not in site.zones or said.to_zone not in site.zones:
        return Trouble.UNKNOWN_ZONE
    if said.decision is happenings.Decision.ADMIT and said.person is None:
        return Trouble.ADMITTED_NOBODY
    return Trouble.BAD_BODY if said.decision is happenings.Decision.REFER else None


_NAMED: Final = select(Person.id, Person.number, Person.surname, Person.given).where(
    Person.number.in_(bindparam("numbers", expanding=True))
)


def _people(session: Session, numbers: list[str]) -> dict[str, Somebody]:
    found: dict[str, Somebody] = {}
    for start in range(0, len(numbers), _LOOKED_UP_AT_ONCE):
        rows = session.execute(_NAMED, {"numbers": numbers[start : start + _LOOKED_UP_AT_ONCE]})
        for person_id, number, surname, given in rows:
            found[number] = Somebody(person_id, number, f"{surname.upper()}, {given}")
    return found
