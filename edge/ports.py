"""What the agent needs from the world, and the values it gets: no technology is named here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from edge.clock import Reading
from edge.sensor import Capture, Light, Sensor, SensorError
from wire.happenings import EntryReference, Happening, Outcome
from wire.journal import Ack
from wire.versions import Version

__all__ = [
    "Capture",
    "Clock",
    "Finding",
    "Heard",
    "Held",
    "Identifier",
    "Light",
    "Likely",
    "Recorder",
    "RollFacts",
    "Sensor",
    "SensorError",
    "Slice",
    "Standing",
    "Station",
]


class Clock(Protocol):
    """Tells boot, boot time, wall time and how far the wall time can be trusted."""

    def read(self) -> Reading: ...


class Recorder(Protocol):
    """Keeps what happened."""

    def record(self, happening: Happening) -> EntryReference:
        """Key of the entry, which is durable; raises JournalWriteError when nothing was kept."""

    def has_room(self) -> bool:
        """Whether another entry can be expected to be kept."""


@dataclass(frozen=True)
class RollFacts:
    """The roll copy as it stood for one finger: the zones each person may enter, by person number.

    `attested` are those whose fingers cannot be read and for whom an officer vouches; `languages` the codes of
    the lines that people read.
    """

    version: Version
    age_s: int | None
    zones: Mapping[str, frozenset[str]]
    attested: frozenset[str] = frozenset()
    languages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Likely:
    """Somebody a finger may belong to, by its best print alone."""

    person: str
    score: float


@dataclass(frozen=True)
class Finding:
    """What identification says of one finger: scores are negative log10 of a false-match rate.

    `person` is set for a MATCH alone. `advice` is the quality gate's word, empty when quality was fine.
    `unsure` is a MATCH that a second finger of the same person is to confirm. `needed` is the score that was asked
    for. `second_finger` tells that the score is one of two fingers together. `candidates` are the likeliest people of a
    finger that was not recognised beyond doubt, best first. `probe` is what the identifier remembers of the finger
    itself: never written anywhere.
    """

    outcome: Outcome
    person: str | None
    quality: int
    advice: str
    score: float
    runner_up: float
    searched: int
    expected: int
    unsure: bool = False
    needed: float = 0.0
    second_finger: bool = False
    candidates: tuple[Likely, ...] = ()
    probe: object = field(default=None, repr=False, compare=False)


class Identifier(Protocol):
    """Image in, finding out, together with the roll it was found on."""

    def identify(
        self, capture: Capture, first: Finding | None = None, touches: int = 1
    ) -> tuple[Finding, RollFacts]:
        """Who it is. `first` is what another finger of the same series found, where this one is to go with it.

        `touches` is how many pairs of fingers could have been joined by now: each is a chance for a false match.
        """

    def roll(self) -> RollFacts: ...


class Station(Protocol):
    """Takes fingers for something else than a passage, as at an enrolment desk; on the agent's thread, quickly."""

    def wants_finger(self) -> bool: ...
    def finger(self, capture: Capture, seen_at: float) -> Light: ...
    def interrupted(self, seen_at: float) -> Light: ...
    def lifted(self) -> None: ...


@dataclass(frozen=True)
class Standing:
    """Where a journal stands: what the hub confirmed, what was pruned, and its last entry with its link."""

    terminal: str
    journal_id: bytes
    committed: int
    backed_up: int
    pruned_to: int
    pruned_link: bytes
    last: int
    last_link: bytes


@dataclass(frozen=True)
class Slice:
    """Consecutive stored entries from sequence `first`; `before` is the link of the entry ahead of them."""

    journal_id: bytes
    first: int
    before: bytes
    entries: list[bytes]

    @property
    def last(self) -> int:
        return self.first + len(self.entries) - 1


class Heard(Enum):
    """What an acknowledgement was worth."""

    TAKEN = "taken"
    OTHER_JOURNAL = "other_journal"
    CONTRADICTION = "contradiction"


class Held(Protocol):
    """The journal as the courier sees it."""

    def standing(self) -> Standing: ...
    def read(self, first: int, last: int, most_bytes: int) -> Slice: ...
    def acknowledge(self, ack: Ack) -> Heard: ...
