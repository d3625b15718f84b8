"""How a count goes on: its states, the rungs of the ladder, and what may follow what. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wire.happenings import CountKind, CountMethod


class State(StrEnum):
    """Where a count stands."""

    ANNOUNCED = "ANNOUNCED"
    FROZEN = "FROZEN"
    COUNTING = "COUNTING"
    RECONCILING = "RECONCILING"
    RECOUNT = "RECOUNT"
    VACANT_BEDS = "VACANT_BEDS"
    BIOMETRIC = "BIOMETRIC"
    EMERGENCY = "EMERGENCY"
    CLEARED = "CLEARED"
    REVISED = "REVISED"
    CANCELLED = "CANCELLED"


ENDED: Final = frozenset({State.CLEARED, State.CANCELLED})
LADDER: Final = (State.RECOUNT, State.VACANT_BEDS, State.BIOMETRIC, State.EMERGENCY)
"""In the order of the procedure; a rung is left out only for a stated reason."""
UNDER_WAY: Final = frozenset({State.COUNTING, State.RECONCILING, *LADDER})
"""Slips of these states come in time."""

METHOD_OF: Final = {
    State.RECOUNT: CountMethod.BY_NAME,
    State.VACANT_BEDS: CountMethod.VACANT_BEDS,
    State.BIOMETRIC: CountMethod.BY_SCAN,
    State.EMERGENCY: CountMethod.BY_NAME,
}

FOLLOWS: Final[dict[State, frozenset[State]]] = {
    State.ANNOUNCED: frozenset({State.FROZEN, State.COUNTING, State.CANCELLED}),
    State.FROZEN: frozenset({State.COUNTING, State.CANCELLED}),
    State.COUNTING: frozenset({State.RECONCILING, *LADDER, State.CANCELLED}),
    State.RECONCILING: frozenset({*LADDER, State.CLEARED, State.CANCELLED}),
    **{rung: frozenset({State.RECONCILING, *LADDER, State.CANCELLED}) for rung in LADDER},
    State.CLEARED: frozenset({State.REVISED}),
    State.REVISED: frozenset({State.RECONCILING, State.CLEARED, *LADDER}),
    State.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Course:
    """How a kind of count goes: whether it is announced, holds the gates, hides totals, and how a unit counts."""

    announced: bool
    freezes: bool
    method: CountMethod
    two_counters: bool
    standing: bool = False


COURSES: Final[dict[CountKind, Course]] = {
    CountKind.FORMAL: Course(True, True, CountMethod.NUMBER, True),
    CountKind.STANDING: Course(True, True, CountMethod.NUMBER, True, standing=True),
    CountKind.INFORMAL: Course(False, False, CountMethod.NUMBER, False),
    CountKind.CENSUS: Course(False, False, CountMethod.BY_NAME, False),
    CountKind.EMERGENCY: Course(False, True, CountMethod.BY_NAME, True),
}


def may_follow(before: State, after: State) -> bool:
    """Whether the one state can come right after the other."""
    return after in FOLLOWS[before]


def rungs_left(reached: Sequence[State]) -> tuple[State, ...]:
    """Rungs not yet taken, lowest first; the first of them needs no reason."""
    highest = max((LADDER.index(one) for one in reached if one in LADDER), default=-1)
    return LADDER[highest + 1 :]


def needs_reason(rung: State, reached: Sequence[State]) -> bool:
    """Whether taking this rung leaves one out."""
    left = rungs_left(reached)
    return rung in left and rung != left[0]
