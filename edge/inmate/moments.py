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
    OUT_OF_SERVICE = "out_of_service"
    EVACUATION = "evacuation"


@dataclass(frozen=True)
class Moment:
    """`advice` is the word of the quality gate, or `sensor`; `other_finger` asks for another finger.

    `language` is the code of the recognised person's, empty before anybody is known.
    """

    sign: Sign
    advice: str = ""
    other_finger: bool = False
    language: str = ""


REST = Moment(Sign.COME)
BUSY = Moment(Sign.BUSY)
OUT_OF_SERVICE = Moment(Sign.OUT_OF_SERVICE)

_ANSWERS = {
    Decision.ADMIT: Sign.GO,
    Decision.REFUSE: Sign.NOT_HERE,
    Decision.REFER: Sign.OFFICER,
}


def moment_of(response: Response, language: str = "") -> Moment:
    """What to show for a decision."""
    if isinstance(response, Again):
        return Moment(Sign.AGAIN, response.advice, response.finger is Finger.OTHER, language)
    if response.rule == "lockdown":
        return Moment(Sign.WAIT, language=language)
    if response.rule == "evacuation":
        return Moment(Sign.EVACUATION, language=language)
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
