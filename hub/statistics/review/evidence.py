"""What was read for a review, as plain values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell
from hub.statistics.periods import Period


class Source(StrEnum):
    """Where what stands in the files came from."""

    OFFICERS = "officers"
    IMPORT = "import"
    POLICE = "police"
    COURTS = "courts"
    PAPER = "paper"
    TERMINALS = "terminals"


SOURCES: Final = {
    Source.OFFICERS: Sentence("Officers at their desks"),
    Source.IMPORT: Sentence("The register that was brought in"),
    Source.POLICE: Sentence("Messages of the police"),
    Source.COURTS: Sentence("Messages of the courts"),
    Source.PAPER: Sentence("Paper, entered afterwards"),
    Source.TERMINALS: Sentence("Terminals at checkpoints"),
}


@dataclass(frozen=True)
class Span:
    """The year that is reviewed, up to the reference day, as known then; and the same days a year before."""

    year: int
    period: Period
    before: Period
    months: tuple[Period, ...]
    months_before: tuple[Period, ...]
    """As many, of the year before."""
    known_at: datetime

    @property
    def reference_on(self) -> date:
        return self.period.last_on


@dataclass(frozen=True)
class Delay:
    """How long after something happened it was recorded, in hours: of how many, the middle, and nine in ten."""

    many: int
    median_hours: float
    p90_hours: float


@dataclass(frozen=True)
class Completeness:
    """Of files: how many things they have to hold, how many of them are there, and how many files lack nothing."""

    files: int = 0
    whole: int = 0
    asked: int = 0
    there: int = 0


@dataclass(frozen=True)
class Quality:
    """How good a source was in the year: statements, their delay, what was put right, refused, or came twice."""

    statements: int = 0
    delay: Delay | None = None
    corrected: int = 0
    withdrawn: int = 0
    refused: int = 0
    doubles: int = 0
    files: Completeness = field(default_factory=Completeness)


@dataclass(frozen=True)
class Shared:
    """Acts of sharing with one agency in one exchange for one purpose. `in_vain` were refused by the agreement."""

    agency: str
    exchange: str
    purpose: str
    shared: int
    in_vain: int
    received: int
    """How many of them the agency confirmed."""


@dataclass(frozen=True)
class Agreed:
    """How an agreement stands on the reference day."""

    code: str
    agency: str
    version: int
    state: Sentence
    in_force: bool
    over: bool
    """Expired or ended."""
    review_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class CameIn:
    """Messages of one agency in one exchange, and what became of them."""

    agency: str
    exchange: str
    received: int
    accepted: int
    corrected: int
    refused: int
    doubles: int
    open: int
    delay: Delay | None


@dataclass(frozen=True)
class Doubt:
    """Findings of one check: opened and closed in the year, still open on the reference day."""

    code: str
    words: Sentence
    opened: int
    closed: int
    open: int


@dataclass(frozen=True)
class Evidence:
    """All of it."""

    place: str
    """The name of the prison, empty where none was given."""
    span: Span
    told: Mapping[str, Mapping[str, Cell]] = field(repr=False)
    """By period and indicator, as it may be told: of the year, of the year before, and the population of months."""
    published: Mapping[str, int]
    """Which periods are told as published, with the revision."""
    files: Completeness
    missing: Mapping[str, tuple[int, int]]
    """For each item of the Rules: files that have to hold it, and those that do not."""
    delays: Mapping[str, Delay]
    """By kind of fact."""
    corrections: Mapping[str, tuple[int, int]]
    """By kind of fact: corrected and withdrawn in the year."""
    quality: Mapping[Source, Quality]
    shared: tuple[Shared, ...]
    agreed: tuple[Agreed, ...]
    came_in: tuple[CameIn, ...]
    doubts: tuple[Doubt, ...]
    agencies: Mapping[str, str]
    """Names by code."""
    smallest: int
    """The least number of people that is told: the threshold in force on the reference day, as known then."""
