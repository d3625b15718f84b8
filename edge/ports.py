"""What the agent needs from the world, and the values it gets: no technology is named here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from edge.clock import Reading
from edge.sensor.port import Capture, Light, Sensor
from wire.happenings import Happening, Outcome
from wire.versions import Version

__all__ = ["Capture", "Clock", "Finding", "Identifier", "Light", "Recorder", "RollFacts", "Sensor"]


class Clock(Protocol):
    """Tells boot, boot time, wall time and how far the wall time can be trusted."""

    def read(self) -> Reading: ...


class Recorder(Protocol):
    """Keeps what happened."""

    def record(self, happening: Happening) -> None:
        """Durable when it returns; raises JournalWriteError when nothing was kept."""

    def has_room(self) -> bool:
        """Whether another entry can be expected to be kept."""


@dataclass(frozen=True)
class RollFacts:
    """The roll copy as it stood for one finger: the zones each person may enter, by person number."""

    version: Version
    age_s: int | None
    zones: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Finding:
    """What identification says of one finger: scores are negative log10 of a false-match rate.

    `person` is set for a MATCH alone. `advice` is the quality gate's word, empty when quality was fine.
    """

    outcome: Outcome
    person: str | None
    quality: int
    advice: str
    score: float
    runner_up: float
    searched: int
    expected: int


class Identifier(Protocol):
    """Image in, finding out, together with the roll it was found on."""

    def identify(self, capture: Capture) -> tuple[Finding, RollFacts]: ...

    def roll(self) -> RollFacts: ...
