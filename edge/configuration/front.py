"""How the terminal's front stands, as far as a probation asks."""

from __future__ import annotations

from dataclasses import dataclass

from edge.agent import Condition
from wire.state import SensorWord

_WORKING = (SensorWord.OK, SensorWord.COVERED)


@dataclass(frozen=True)
class Front:
    """`works`: it became ready and its sensor answers properly; `in_service`: the journal takes entries."""

    works: bool
    in_service: bool


def front_of(condition: Condition) -> Front:
    """As of now; from any thread."""
    return Front(condition.ready and condition.sensor in _WORKING, condition.in_service)
