"""Values in which truth and hub are compared: people by their numbers, times aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Alarm:
    """One alarm of the hub. `people` are those whom it names, in order of their numbers."""

    number: int
    code: str
    key: str
    terminal: str
    people: tuple[str, ...]
    raised_at: datetime
    over_at: datetime | None = None


@dataclass(frozen=True)
class PassLine:
    """A pass that is not over."""

    number: int
    person: str
    state: str


@dataclass(frozen=True)
class Answer:
    """What a terminal answered, as the hub took it from its journal."""

    terminal: str
    sequence: int
    person: str
    rule: str
    decision: str
    at: datetime


@dataclass(frozen=True)
class Out:
    """Somebody who is out by the record of law. `held`: the booking is open, so nobody was released."""

    person: str
    why: str
    convoy: int
    held: bool
    left_at: datetime


@dataclass(frozen=True)
class Reckoned:
    """One unit of a headcount. `off` None before its first slip; names where the newest slip is by name."""

    recount: int | None
    observed: int | None
    expected: int
    off: int | None
    candidates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """A headcount as it stood at one moment. `twice` gives for a person the units in which they were counted."""

    number: int
    state: str
    units: Mapping[str, Reckoned]
    twice: Mapping[str, tuple[str, ...]]
    away: tuple[str, ...]
    agrees: bool
    roll: int
    cleared_by: str = ""
    cleared_at: datetime | None = None
