"""What is asked of a desk, and how a task stands in words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from hub.sentences import RefusedError, Sentence
from wire.enrolment import MAX_TASKS

FIRST_POSITIONS: Final = (2, 7, 1, 6, 3, 8)
"""Both index fingers and thumbs, which people put on a glass without thinking, then the middle fingers."""
MOST_TASKS: Final = min(10, MAX_TASKS)
"""Open at one desk: as many photos and known fingers as one message carries."""
GOOD_FOR: Final = timedelta(hours=24)
"""A task that nobody began by then was forgotten, and is asked for again if it still matters."""


class Status(StrEnum):
    """How a task stands. The first three are open at the desk's end, the next two wait for a person."""

    OPEN = "OPEN"
    RECEIVED = "RECEIVED"
    """Every finger is here and durable; the engine is to look at them."""
    UNDECIDED = "UNDECIDED"
    """A finger belongs to another file already."""
    REFUSED = "REFUSED"
    """No finger could be stored."""
    STORED = "STORED"
    SET_ASIDE = "SET_ASIDE"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


AT_DESK = (Status.OPEN, Status.RECEIVED)
"""What stands in the desk's book."""
WAITS_FOR_PERSON = (Status.UNDECIDED, Status.REFUSED)


class Reason(StrEnum):
    """Why fingers are taken."""

    ADMISSION = "admission"
    AGAIN = "again"
    MORE = "more"


REASONS: Final = {
    Reason.ADMISSION: Sentence("Admission"),
    Reason.AGAIN: Sentence("To be taken again"),
    Reason.MORE: Sentence("More fingers"),
}

STATUSES: Final = {
    Status.OPEN: Sentence("At the desk"),
    Status.RECEIVED: Sentence("Being checked"),
    Status.UNDECIDED: Sentence("A person must decide"),
    Status.REFUSED: Sentence("Nothing could be stored"),
    Status.STORED: Sentence("Stored"),
    Status.SET_ASIDE: Sentence("Set aside"),
    Status.CANCELLED: Sentence("Cancelled"),
    Status.EXPIRED: Sentence("Never begun"),
}

FINDINGS: Final = {
    "stored": Sentence("Stored"),
    "unusable": Sentence("Cannot be taken"),
    "already_enrolled": Sentence("Belongs to another file"),
    "too_alike": Sentence("Like those of two people"),
    "several_fingers": Sentence("The images are of different fingers. Take it again."),
    "same_finger": Sentence("The same finger as another one. Take it again."),
    "image_quality": Sentence("The images are too poor. Take it again."),
    "damaged": Sentence("The images did not arrive whole. Take it again."),
    "set_aside": Sentence("Left out by a person"),
}

UNUSABLE: Final = {
    "missing": Sentence("missing"),
    "bandaged": Sentence("bandaged or hurt"),
    "worn": Sentence("worn smooth"),
    "refused": Sentence("refused by the person"),
    "other": Sentence("another reason"),
}


def written(positions: Iterable[int]) -> str:
    """Positions as a column holds them."""
    return ",".join(str(position) for position in positions)


def read(column: str) -> list[int]:
    """Reverse of `written`."""
    return [int(one) for one in column.split(",") if one]


def check_positions(chosen: Collection[int]) -> None:
    """RefusedError unless they are fingers, each once."""
    if not chosen:
        raise RefusedError("no_finger", Sentence("Choose at least one finger."))
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(range(1, 11)):
        raise RefusedError("position", Sentence("Say which finger it is, from 1 to 10."))


def in_order(chosen: Collection[int]) -> list[int]:
    """The order in which a desk asks: the usual one first, then hand by hand."""
    rest = [at for at in range(1, 11) if at not in FIRST_POSITIONS]
    return [at for at in (*FIRST_POSITIONS, *rest) if at in chosen]
