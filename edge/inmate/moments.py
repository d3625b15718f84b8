"""The moments that a person at the gate lives through, and who shows them. Nothing here tells who it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from edge.decision import Again, Finger, Response
from wire.happenings import Decision


class Sign(StrEnum):
    """What the front says: each has its own colour, shape, rhythm and sound."""

    COME = "come"
    BUSY = "busy"
    AGAIN = "again"
    OFFICER = "officer"
    GO = "go"
    NOT_HERE = "not_here"
    WAIT = "wait"
    WAIT_OFFICER = "wait_officer"
    ESCORT = "escort"
    OUT_OF_SERVICE = "out_of_service"
    EVACUATION = "evacuation"


@dataclass(frozen=True)
class Moment:
    """`advice` is the word of the quality gate, or `sensor`; `other_finger` asks for another finger.

    `language` is the code of the recognised person's, empty before anybody is known. `count` is how many of a group
    are through and how many there are, None where nobody is counted.
    """

    sign: Sign
    advice: str = ""
    other_finger: bool = False
    language: str = ""
    count: tuple[int, int] | None = None


REST = Moment(Sign.COME)
BUSY = Moment(Sign.BUSY)
OUT_OF_SERVICE = Moment(Sign.OUT_OF_SERVICE)

BY_PLAN = frozenset(
    {
        "no_pass",
        "pass_not_yet",
        "pass_over",
        "plan_old",
        "curfew",
        "escort_missing",
        "keep_apart",
        "keep_apart_unknown",
        "zone_full",
    }
)
"""Rules of `edge.plan.rules` that show one and the same sign: nobody reads from it who is kept from whom."""

_ANSWERS = {
    Decision.ADMIT: Sign.GO,
    Decision.REFUSE: Sign.NOT_HERE,
    Decision.REFER: Sign.OFFICER,
}


def moment_of(response: Response, language: str = "") -> Moment:
    """What to show for a decision."""
    if isinstance(response, Again):
        return Moment(Sign.AGAIN, response.advice, response.finger is Finger.OTHER, language)
    if response.rule in ("lockdown", "count"):
        return Moment(Sign.WAIT, language=language)
    if response.rule == "evacuation":
        return Moment(Sign.EVACUATION, language=language)
    if response.rule in BY_PLAN and response.decision is not Decision.ADMIT:
        return Moment(Sign.WAIT_OFFICER, language=language)
    return Moment(_ANSWERS[response.decision], language=language)


class Front(Protocol):
    """Lamp, buzzer, page and lock together. Any thread may call; nothing here waits or raises."""

    def show(self, moment: Moment) -> None:
        """Shown until the next one."""

    def grant(self) -> None:
        """Releases the lock for one person, where there is a lock: called when the entry is on disk."""


class NoFront:
    """A terminal of which nobody has made the front."""

    def show(self, moment: Moment) -> None:
        """Nothing is wired."""

    def grant(self) -> None:
        """Nothing is wired."""
