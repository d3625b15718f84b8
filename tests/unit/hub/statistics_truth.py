"""An invented prison as plain records. Whoever reckons from them needs no database.

Each thing that was said has since when it is so, when it was recorded, and what became of the saying later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass
class Said:
    """`ended` is (when it ended, recorded when), `corrected` (value, since, recorded when)."""

    value: Any
    since: datetime
    known: datetime
    ended: tuple[datetime, datetime] | None = None
    corrected: tuple[Any, datetime, datetime] | None = None
    withdrawn: datetime | None = None


Rows = list[Said]
"""What was said of one thing; a later row takes the place of the one before from when it is so."""


@dataclass
class Person:
    """`identity` (sex, born); `nations` and `homes` a list of things, each a country or (district, country)."""

    identity: Rows
    nations: list[Rows] = field(default_factory=list)
    homes: list[Rows] = field(default_factory=list)


@dataclass
class Stay:
    """`admission` when; `releases` (when, reason); `charges` (iccs, outcome, decided on); `hearings` (when, outcome,
    brought); `sentences` (type, term as (years, months, weeks, days), number of the sentence it follows)."""

    person: int
    admission: Said
    releases: Rows = field(default_factory=list)
    statuses: Rows = field(default_factory=list)
    orders: list[Rows] = field(default_factory=list)
    charges: list[Rows] = field(default_factory=list)
    sentences: list[Rows] = field(default_factory=list)
    away: list[Rows] = field(default_factory=list)
    hearings: list[Rows] = field(default_factory=list)
    visits: list[Rows] = field(default_factory=list)


@dataclass
class Truth:
    """Numbers of people and cells are places in the lists. Times of steps are when they were recorded."""

    people: list[Person] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    merges: list[tuple[int, int, datetime]] = field(default_factory=list)
    complaints: list[tuple[int, bool, Rows]] = field(default_factory=list)
    """Whose, whether confidential, and (due on, outcome)."""
    incidents: list[list[tuple[datetime, str, datetime]]] = field(default_factory=list)
    """Reports: recorded when, sort, happened when."""
    passes: list[tuple[datetime, datetime, list[tuple[str, datetime]]]] = field(default_factory=list)
    """Recorded when, from when, steps."""
    counts: list[tuple[datetime, list[tuple[str, datetime]]]] = field(default_factory=list)
    """When movement was to stop, steps."""
    findings: list[tuple[int, datetime, datetime | None]] = field(default_factory=list)
    cells: list[list[tuple[datetime, date | None, int, bool]]] = field(default_factory=list)
    """Recorded when, since which day, certified places, out of order."""
    entered: list[tuple[int, date, datetime]] = field(default_factory=list)
    """Official capacity, from which day, recorded when."""
    limits: list[tuple[int, date, datetime]] = field(default_factory=list)
