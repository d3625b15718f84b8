"""All that a gate knows of moves at one moment. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge.plan.held import HeldPlan
from edge.plan.presence import Whereabouts


@dataclass(frozen=True)
class Planned:
    """What the gate knows of moves at `at`. `taken` are those whom an officer, having given a finger, takes through.

    `age_s` is the time since the hub last said that this is the plan; None when it never did.
    """

    plan: HeldPlan
    where: Whereabouts
    from_zone: str
    at: datetime
    age_s: int | None = None
    taken: frozenset[str] = frozenset()
