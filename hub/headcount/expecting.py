"""Whom a unit has to find: who lives there, less those accepted elsewhere, and those accepted here. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.headcount.values import OutCount, OutStep, Person, Roster
from wire.happenings import OutCountStep


def fold(steps: Iterable[OutStep]) -> dict[Person, OutCount]:
    """The out-count of each person as the steps leave it, in whatever order they arrived.

    A withdrawal ends all that was said before it. Acceptance counts only from another officer than the one who
    declared: nobody hands somebody over to oneself. Somebody accepted whom no unit declared counts as accepted.
    """
    by_person: dict[Person, list[OutStep]] = {}
    for step in steps:
        by_person.setdefault(step.person, []).append(step)
    found = {person: _one(sorted(said, key=lambda one: one.moment)) for person, said in by_person.items()}
    return {person: one for person, one in found.items() if one is not None}


def _one(said: list[OutStep]) -> OutCount | None:
    ended = [place for place, step in enumerate(said) if step.step is OutCountStep.WITHDRAWN]
    standing = said[ended[-1] + 1 :] if ended else said
    declared = [step for step in standing if step.step is OutCountStep.DECLARED]
    if not standing:
        return None
    declared_by = declared[-1].officer if declared else ""
    accepted = [
        step for step in standing if step.step is OutCountStep.ACCEPTED and step.officer != declared_by
    ]
    fitting = [step for step in accepted if not declared or step.place == declared[-1].place]
    chosen = (fitting or accepted or declared or standing)[-1]
    taken = chosen.step is OutCountStep.ACCEPTED and chosen in accepted
    also = {step.place for step in accepted} - {chosen.place} if taken else set()
    return OutCount(
        person=chosen.person,
        unit=(declared or standing)[-1].unit,
        place=chosen.place,
        at_unit=chosen.at_unit,
        declared_by=declared_by,
        accepted_by=chosen.officer if taken else None,
        at=chosen.moment.at,
        also=tuple(sorted(also)),
    )


def expected(roster: Roster, outs: Mapping[Person, OutCount]) -> dict[str, frozenset[Person]]:
    """Who is to be found in each unit. Somebody declared and not accepted stays expected at home."""
    accepted = {person: one for person, one in outs.items() if one.accepted_by is not None}
    held = {person for unit in roster.units.values() for person in unit.assigned} | roster.no_unit
    found: dict[str, frozenset[Person]] = {}
    for code, unit in roster.units.items():
        staying = {p for p in unit.assigned if p not in accepted or accepted[p].at_unit == code}
        coming = {p for p, one in accepted.items() if one.at_unit == code and p in held}
        found[code] = frozenset(staying | coming)
    return found


def elsewhere(roster: Roster, outs: Mapping[Person, OutCount]) -> dict[Person, OutCount]:
    """Those whom a named officer accepted at a place where no unit is counted: in their custody, not in a unit."""
    held = {person for unit in roster.units.values() for person in unit.assigned} | roster.no_unit
    return {
        person: one
        for person, one in outs.items()
        if person in held and one.accepted_by is not None and one.at_unit not in roster.units
    }


def unplaced(roster: Roster, outs: Mapping[Person, OutCount]) -> frozenset[Person]:
    """In custody, in no unit, away with nobody's permission, accepted by nobody: to be found before anything ends."""
    return frozenset(
        person for person in roster.no_unit if person not in outs or outs[person].accepted_by is None
    )
