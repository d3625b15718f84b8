"""What the rules of a headcount speak about. Values only: persons are numbers of rows, units are codes of zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from wire.happenings import CountMethod, OutCountStep

Person = int
EVERYTHING: Final = "*"
"""Scope of a count of every unit of every site."""
BY_NAME: Final = frozenset({CountMethod.BY_NAME, CountMethod.BY_SCAN})
"""Methods that tell who was seen, and not only how many."""


@dataclass(frozen=True, order=True)
class Moment:
    """When something was done and which entry tells it: what was done later counts, in whatever order it arrives."""

    at: datetime
    terminal: str = ""
    journal_id: bytes = b""
    sequence: int = 0


@dataclass(frozen=True)
class Unit:
    """A unit and everybody who lives in it and is in the prison by the records."""

    code: str
    name: str
    assigned: frozenset[Person]


@dataclass(frozen=True)
class Roster:
    """Everybody in custody at one moment, each once: in a unit, away with permission, or in no unit at all.

    `away` gives the words of where: a court, a hospital.
    """

    units: Mapping[str, Unit]
    away: Mapping[Person, str] = field(default_factory=dict)
    no_unit: frozenset[Person] = frozenset()

    @property
    def roll(self) -> int:
        return sum(len(unit.assigned) for unit in self.units.values()) + len(self.away) + len(self.no_unit)

    def unit_of(self, person: Person) -> str | None:
        """Where the person lives, None for somebody away, without a unit or not in custody."""
        return next((unit.code for unit in self.units.values() if person in unit.assigned), None)


@dataclass(frozen=True)
class OutStep:
    """What an officer said of somebody counted outside their unit. `at_unit` is the unit that the place lies in."""

    person: Person
    unit: str
    place: str
    at_unit: str | None
    step: OutCountStep
    officer: str
    moment: Moment


@dataclass(frozen=True)
class OutCount:
    """Somebody counted outside their unit. `accepted_by` None: nobody there has said yes, so they are expected at home.

    `also` are other places where an officer accepted the same person: one of them is wrong.
    """

    person: Person
    unit: str
    place: str
    at_unit: str | None
    declared_by: str
    accepted_by: str | None
    at: datetime
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Somebody was seen alive in `unit` in the recount; `person` None: nobody knows who."""

    unit: str
    recount: int
    person: Person | None
    by: str
    moment: Moment
    taken_back: bool = False


@dataclass(frozen=True)
class Slip:
    """What officers counted and signed. `vacant_beds` are cells with how many beds nobody is in.

    `saw_totals`: whoever entered it could see what was expected.
    """

    unit: str
    recount: int
    method: CountMethod
    observed: int
    counters: tuple[str, ...]
    began_at: datetime
    moment: Moment
    signs_of_life: bool = True
    vacant_beds: tuple[tuple[str, int], ...] = ()
    clock_sure: bool = True
    late: bool = False
    saw_totals: bool = False

    @property
    def ended_at(self) -> datetime:
        return self.moment.at


@dataclass(frozen=True)
class LastProof:
    """Where somebody was last known to be. `unit` is the unit of that zone, None where nothing is counted."""

    person: Person
    zone: str
    unit: str | None
    at: datetime
    sure: bool
    zone_id: int = 0


class What(StrEnum):
    """What an explanation says of a difference."""

    ABSENT = "ABSENT"
    """Expected here and not here: the person is where the explanation says."""
    PRESENT = "PRESENT"
    """Here and not expected: it is in order, for the reason that the explanation gives."""
    SET_ASIDE = "SET_ASIDE"
    """Counted here by mistake: this mark, or this one of the number, does not count."""


@dataclass(frozen=True)
class Explanation:
    """A difference with a name; only an accepted one counts."""

    unit: str
    what: What
    person: Person | None
    accepted: bool


@dataclass(frozen=True)
class Limits:
    """What is plausible: milliseconds that a look at one person takes at the least, seconds between two true scans."""

    per_person_number_ms: int = 1_000
    per_person_named_ms: int = 2_000
    same_scan_s: int = 5
    candidates: int = 20
