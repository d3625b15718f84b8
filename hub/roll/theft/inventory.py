"""Who was on a card, as of the terminal's last word: rather one too many than one too few."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.biometrics.records import Finger
from hub.custody.queries import ids_in_custody
from hub.movements.permitting import zones_of
from hub.movements.standing import attested_people
from hub.roll.actions import current_version
from hub.roll.content import changed, slices
from hub.roll.scope import Scope, is_site
from wire.versions import NOTHING, Version


@dataclass(frozen=True)
class OnCard:
    """Somebody who was, or where not `certain` may have been, on a card. `fingers` are ISO codes."""

    person_id: int
    fingers: tuple[int, ...]
    impressions: int
    certain: bool


def on_card(session: Session, held: Version, word: str, zones: frozenset[str]) -> list[OnCard]:
    """Everybody on a copy of version `held` and scope `word`, at a checkpoint between `zones`.

    Whoever changed since may have been on it before or not at all; so may everybody, when the scope is not the one
    that the checkpoint has now.
    """
    if held == NOTHING:
        return []
    current = current_version(session)
    inside = ids_in_custody(session)
    touched = changed(session, held.counter, current.counter) if held.epoch == current.epoch else set(inside)
    scope = Scope(None if is_site(word) else zones, page=False)
    scope_known = is_site(word) or word.split(" ", maxsplit=1)[0] == scope.word()
    people = inside | touched
    if scope_known:
        zones_by_person = _zones(session, inside)
        people = {one for one in inside if scope.takes_in(zones_by_person.get(one, ()))} | touched
    fingers, attested = _fingers(session, people), attested_people(session)
    return [
        OnCard(
            person_id,
            tuple(sorted(fingers.get(person_id, {}))),
            sum(fingers.get(person_id, {}).values()),
            certain=scope_known and person_id not in touched,
        )
        for person_id in sorted(people)
        if person_id in fingers or person_id in attested
    ]


def _zones(session: Session, people: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for some in slices(sorted(people)):
        found.update(zones_of(session, some))
    return found


def _fingers(session: Session, people: Collection[int]) -> dict[int, dict[int, int]]:
    """Impressions by person and finger."""
    found: dict[int, dict[int, int]] = {}
    for some in slices(sorted(people)):
        rows = session.execute(
            select(Finger.person_id, Finger.position, func.count())
            .where(Finger.person_id.in_(some))
            .group_by(Finger.person_id, Finger.position)
        )
        for person_id, position, count in rows:
            found.setdefault(person_id, {})[position] = count
    return found
