"""Lists for unlock: who is let out when and to where, by unit and by destination. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from hub.custody.absence import WHY
from hub.custody.facts.reading import holding
from hub.custody.stays import HOME
from hub.custody.then import facts_of
from hub.movements.external.reading import Trip, goings
from hub.movements.passes.apart import numbers_of, pairs_of
from hub.movements.passes.reading import Pass, passes_between
from hub.movements.passes.rules import Escort, PassState, Reason
from hub.movements.passes.surroundings import homes_of
from hub.movements.passes.words import ESCORTS, REASONS
from hub.movements.site.tree import Tree, load
from hub.sentences import Sentence
from hub.web.formats import start_of


class By(StrEnum):
    """How the lists are cut."""

    UNIT = "unit"
    DESTINATION = "destination"


@dataclass(frozen=True)
class UnlockLine:
    """Somebody to be let out. `why` is a word and no more: nobody reads from a list what ails anybody.

    `number` 0 is no pass. `going` is not 0 for whoever goes out of the prison. `apart` are numbers of
    others on the same day's lists.
    """

    number: int
    person: str
    surname: str
    given: str
    lives_in: str
    unit: str
    to: str
    why: Sentence
    leave_at: datetime
    there_at: datetime | None
    back_at: datetime
    escort: Sentence
    group: int
    apart: tuple[str, ...]
    escorted: bool
    going: int = 0


@dataclass(frozen=True)
class UnlockList:
    """One sheet: of a unit, or of a destination."""

    name: str
    lines: tuple[UnlockLine, ...]

    @property
    def people(self) -> int:
        return len({line.person for line in self.lines})

    @property
    def times(self) -> list[tuple[datetime, list[UnlockLine]]]:
        """Lines by the time at which they are let out."""
        found: dict[datetime, list[UnlockLine]] = {}
        for line in self.lines:
            found.setdefault(line.leave_at, []).append(line)
        return list(found.items())


def unlock_lists(session: Session, on: date, by: By, now: datetime) -> list[UnlockList]:
    """The sheets of a day, by name; lines by time and name. Cancelled moves stand on none."""
    tree = load(session)
    lines = _lines(session, on, tree, now)
    sheets: dict[str, list[UnlockLine]] = {}
    for line in lines:
        sheets.setdefault(line.unit if by is By.UNIT else line.to, []).append(line)
    return [
        UnlockList(name, tuple(sorted(held, key=lambda one: (one.leave_at, one.surname, one.given))))
        for name, held in sorted(sheets.items())
    ]


def _lines(session: Session, on: date, tree: Tree, now: datetime) -> list[UnlockLine]:
    first, last = start_of(on), start_of(on + timedelta(days=1))
    stand = [one for one in passes_between(session, first, last) if one.state != PassState.CANCELLED]
    passes = [one for one in stand if one.going is None and first <= one.from_at < last]
    outings: dict[int, Pass] = {one.going: one for one in stand if one.going is not None}
    trips = [one for one in goings(session, now, until_at=last) if one.leave_at >= first]
    people = {one.person_id for one in passes} | {one.person_id for one in trips}
    homes, cells = homes_of(session, tree, people, now), _cells(session, people, now)
    apart = _apart(session, people, now)
    found = [
        UnlockLine(
            number=one.id,
            person=one.number,
            surname=one.surname,
            given=one.given,
            lives_in=cells.get(one.person_id, ""),
            unit=_unit(tree, homes.get(one.person_id)),
            to=tree.path(one.to_zone_id),
            why=REASONS[Reason(one.reason)],
            leave_at=one.from_at,
            there_at=one.there_at,
            back_at=one.until_at,
            escorted=one.escort != Escort.NONE,
            escort=ESCORTS[Escort(one.escort)],
            group=one.group,
            apart=apart.get(one.person_id, ()),
        )
        for one in passes
    ]
    found += [
        UnlockLine(
            number=outings[one.id].id if one.id in outings else 0,
            going=one.id,
            person=one.number,
            surname=one.surname,
            given=one.given,
            lives_in=cells.get(one.person_id, ""),
            unit=_unit(tree, homes.get(one.person_id)),
            to=one.where,
            why=WHY[one.why],
            leave_at=one.leave_at,
            there_at=None,
            back_at=one.due_back_at,
            escorted=(escort := _escort(one, outings)) is not Escort.NONE,
            escort=ESCORTS[escort],
            group=outings[one.id].group if one.id in outings else 0,
            apart=apart.get(one.person_id, ()),
        )
        for one in trips
    ]
    return found


def _escort(one: Trip, outings: Mapping[int, Pass]) -> Escort:
    """Who takes somebody out of the prison, as the gates are told it."""
    if one.id in outings:
        return Escort(outings[one.id].escort)
    return Escort.OFFICER if one.escort else Escort.NONE


def _unit(tree: Tree, home: int | None) -> str:
    if home is None:
        return "–"
    unit = tree.unit_of(home)
    return tree.path(home if unit is None else unit)


def _cells(session: Session, people: set[int], now: datetime) -> dict[int, str]:
    rows = facts_of(session, people, (HOME.name,))
    held = sorted(holding(HOME, rows, effective_at=now), key=lambda one: one.row.id)
    return {one.row.person_id: one.value.cell or one.value.zone for one in held}


def _apart(session: Session, people: set[int], now: datetime) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    numbers = numbers_of(session, people)
    for pair in pairs_of(session, people, now):
        if pair.one in people and pair.other in people:
            found.setdefault(pair.one, []).append(numbers[pair.other])
            found.setdefault(pair.other, []).append(numbers[pair.one])
    return {person: tuple(sorted(held)) for person, held in found.items()}


def days_around(on: date) -> Sequence[date]:
    """A week to choose from: the day before and five after."""
    return [on + timedelta(days=more) for more in range(-1, 6)]
