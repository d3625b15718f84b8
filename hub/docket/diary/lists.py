"""The production list of a court day: who goes where when, from which cell, and what the escort has to know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.custody.facts.reading import by_person, holding, rows_of
from hub.custody.life.alerts import ALERT_TYPES, AlertType, alerts_of
from hub.custody.life.keep_aparts import RESTRICTIONS, keep_aparts_of
from hub.custody.stays import HOME
from hub.custody.who.health import OPERATIONAL_NEED
from hub.docket.diary.reading import Appointment
from hub.movements.site.tree import load
from hub.movements.whereabouts.places import places
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

_TWO: Final = frozenset({AlertType.ESCAPE, AlertType.VIOLENCE, AlertType.STAFF})
"""Alerts for which one escort is not enough."""


@dataclass(frozen=True)
class Produced:
    """A line of the list. `flags` are words for the escort, never a diagnosis; `apart` names those on the same list."""

    appointment: Appointment
    lives_in: str
    seen_at: str
    seen_when: datetime | None
    escorts: int
    flags: Sequence[Sentence]
    apart: Sequence[Sentence]


def production_list(session: Session, found: Sequence[Appointment], at: datetime) -> list[Produced]:
    """A line for each date, in the order of `found`; whoever comes by video needs no escort."""
    ids = [one.person.id for one in found]
    homes, seen = _homes(session, ids, at), _places(session, ids, at)
    alerts, needs = alerts_of(session, ids, at), _needs(session, ids, at)
    apart = _apart(session, found, at)
    return [
        Produced(
            appointment=one,
            lives_in=homes.get(one.person.id, ""),
            seen_at=seen[one.person.id][0] if one.person.id in seen else "",
            seen_when=seen[one.person.id][1] if one.person.id in seen else None,
            escorts=_escorts(one, {held.value.type for held in alerts.get(one.person.id, ())}),
            flags=[
                *(ALERT_TYPES[held.value.type] for held in alerts.get(one.person.id, ())),
                *needs.get(one.person.id, ()),
            ],
            apart=apart.get(one.person.id, ()),
        )
        for one in found
    ]


def _escorts(one: Appointment, alerts: Collection[AlertType]) -> int:
    if one.hearing.video:
        return 0
    return 2 if _TWO.intersection(alerts) else 1


def _homes(session: Session, ids: Collection[int], at: datetime) -> dict[int, str]:
    rows = by_person(rows_of(session, ids, HOME))
    found = {person_id: holding(HOME, own, effective_at=at) for person_id, own in rows.items()}
    return {
        person_id: held[-1].value.cell or held[-1].value.zone for person_id, held in found.items() if held
    }


def _places(session: Session, ids: Collection[int], at: datetime) -> dict[int, tuple[str, datetime]]:
    found, tree = places(session, at, people=ids), load(session)
    return {person_id: (tree.path(one.zone_id), one.proven_at) for person_id, one in found.items()}


def _needs(session: Session, ids: Collection[int], at: datetime) -> dict[int, list[Sentence]]:
    today = at.astimezone(SITE_ZONE).date()
    return {
        person_id: [
            OPERATIONAL_NEED.say(held.value)
            for held in holding(OPERATIONAL_NEED, rows, effective_at=at)
            if held.value.until_on is None or held.value.until_on >= today
        ]
        for person_id, rows in by_person(rows_of(session, ids, OPERATIONAL_NEED)).items()
    }


def _apart(session: Session, found: Sequence[Appointment], at: datetime) -> dict[int, list[Sentence]]:
    """For each person those on the same list they must not travel or wait with."""
    numbers = {one.person.id: one.person.number for one in found}
    warned: dict[int, list[Sentence]] = {}
    for pair in keep_aparts_of(session, list(numbers), at):
        if pair.one_id in numbers and pair.other_id in numbers:
            words = {"number": numbers[pair.other_id], "how": RESTRICTIONS[pair.restriction]}
            warned.setdefault(pair.one_id, []).append(Sentence("Keep apart from %(number)s: %(how)s", words))
    return warned
