"""The roll as one terminal gets it: who is in its scope, and what it is told of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.biometrics.actions import Templates, templates_for
from hub.biometrics.photos import terminal_photos_for
from hub.biometrics.vault import Vault
from hub.custody.languages import languages_of
from hub.custody.merging.reading import families_of
from hub.custody.queries import ids_in_custody
from hub.custody.records import Person, PersonChange
from hub.movements.permitting import zones_of
from hub.movements.standing import attested_people
from hub.roll.gate_plans.reaching import zones_reached
from hub.roll.rules import chunks
from hub.roll.scope import Scope
from wire.roll import RollChanges, RollFinger, RollPerson
from wire.versions import NOTHING, Version

MAX_FINGERS = 40
"""As many impressions of one person as a message may hold."""

DEFAULT_LANGUAGE = "en"
"""Of those whom nobody asked."""

_AT_ONCE = 500
"""People read in one query; the database has a limit of its own."""


@dataclass(frozen=True)
class Identity:
    """Somebody as a number, and as officers call them (SURNAME, Given)."""

    number: str
    name: str


def changes(session: Session, vault: Vault, base: Version, to: Version, scope: Scope) -> list[RollChanges]:
    """All parts of the way from `base` to `to`; from NOTHING it is everybody in custody within the scope.

    Whoever changed and is not within it any more is among the removals, held or not. Officers come whole.
    WireError UNSEALABLE when the vault's key is not the one that the fingers were locked with.
    """
    inside = ids_in_custody(session)
    touched = inside if base == NOTHING else changed(session, base.counter, to.counter)
    attested = attested_people(session)
    upserts: list[RollPerson] = []
    for ids in slices(sorted(touched & inside)):
        upserts += _persons(session, vault, ids, attested, scope)
    gone: list[str] = []
    if base != NOTHING:
        present = {person.person for person in upserts}
        everybody = identities(session, touched).values()
        gone = sorted(one.number for one in everybody if one.number not in present)
    knows_officers = scope.page or bool(scope.officers) or base != NOTHING
    return chunks(upserts, gone, list(scope.officers) if knows_officers else None)


def changed(session: Session, after: int, until: int) -> set[int]:
    """Ids of those of whom something changed between two counters of the roll."""
    wanted = select(PersonChange.person_id).where(PersonChange.id > after, PersonChange.id <= until)
    return set(session.scalars(wanted))


def identities(session: Session, ids: Collection[int]) -> dict[int, Identity]:
    """Numbers and names by id."""
    found: dict[int, Identity] = {}
    for some in slices(sorted(ids)):
        rows = session.execute(
            select(Person.id, Person.number, Person.surname, Person.given).where(Person.id.in_(some))
        )
        found.update((row.id, Identity(row.number, f"{row.surname.upper()}, {row.given}")) for row in rows)
    return found


def slices(ids: list[int]) -> Iterable[list[int]]:
    """So few that one query takes them."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _templates(session: Session, vault: Vault, ids: Collection[int]) -> Templates:
    """Fingers of each person, with those of files that were joined to theirs."""
    families = families_of(session, ids)
    taken = templates_for(session, vault, {one for family in families.values() for one in family})
    found: Templates = {}
    for person_id, family in families.items():
        fingers = [finger for one in family for finger in taken.get(one, [])]
        if fingers:
            found[person_id] = fingers
    return found


def _persons(
    session: Session, vault: Vault, ids: list[int], attested: set[int], scope: Scope
) -> list[RollPerson]:
    zones = zones_of(session, ids)
    brought = zones_reached(session, ids)
    ids = [one for one in ids if scope.takes_in([*zones.get(one, ()), *brought.get(one, ())])]
    templates, who = _templates(session, vault, ids), identities(session, ids)
    languages = languages_of(session, ids)
    photos = terminal_photos_for(session, vault, ids) if scope.page else {}
    return [
        RollPerson(
            person=who[person_id].number,
            fingers=[
                RollFinger(position=position, template=record)
                for position, record in templates.get(person_id, [])[:MAX_FINGERS]
            ],
            zones=zones.get(person_id, []),
            language=languages.get(person_id, DEFAULT_LANGUAGE),
            attested=person_id in attested,
            name=who[person_id].name if scope.page else "",
            photo=photos.get(person_id, b""),
        )
        for person_id in ids
        if person_id in templates or person_id in attested
    ]
