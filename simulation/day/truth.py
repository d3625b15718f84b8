"""What truly happened on the day, written down by those who played it: people by their numbers, times aware UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from simulation.day.moments import Moment
from simulation.day.told import Alarm, Answer, Counted, Out


@dataclass(frozen=True)
class NearMiss:
    """`second` stood before the gate of the place where `first` was, and the lamp there said `lamp`."""

    first: str
    second: str
    terminal: str
    from_at: datetime
    lamp: str


@dataclass(frozen=True)
class Loitering:
    """Somebody with a pass left, and was nowhere until `found_at`."""

    person: str
    pass_number: int
    left_at: datetime
    found_at: datetime


@dataclass(frozen=True)
class Death:
    """The terminal's process was killed, and nobody started it again while the hub was asked."""

    terminal: str
    at: datetime


@dataclass(frozen=True)
class Count:
    """Who hid from the count of his `unit` and where, and who was counted in which units."""

    session: int
    hider: str
    unit: str
    hidden_in: str
    twice: str
    in_units: tuple[str, ...]
    sent_to_clear: str
    """Login of whoever cleared it."""


@dataclass(frozen=True)
class Convoy:
    """Who went through the outer gate together, on the convoy of this number."""

    number: int
    riders: tuple[str, ...]
    lamps: tuple[str, ...]


@dataclass
class Played:
    """Everything that came about; None for what the day never came to."""

    near_miss: NearMiss | None = None
    loitering: Loitering | None = None
    death: Death | None = None
    count: Count | None = None
    convoy: Convoy | None = None
    moments: dict[str, Moment] = field(default_factory=dict)
    """What passed between the prison and agencies, by the key of the report."""


@dataclass
class Heard:
    """What the hub said, each at its time: `count_blind`, `count_named` and `count_cleared` are of one headcount."""

    alarms: list[Alarm] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    out: dict[str, Out] = field(default_factory=dict)
    out_at_count: dict[str, Out] = field(default_factory=dict)
    count_blind: Counted | None = None
    count_named: Counted | None = None
    count_cleared: Counted | None = None
