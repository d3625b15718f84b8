"""Taking fingers at an enrolment desk: whose, which, and what came of it, sealed to the hub finger by finger."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import PersonNumber
from wire.journal import When
from wire.provisioning import Key
from wire.roll import MAX_PHOTO_BYTES, RollFinger
from wire.versions import Count, Version

KIND = "enrolment"
"""Kind of what the desk says."""
DOWN = "desk"
"""Kind of what the hub says to a desk."""

MAX_TASKS = 20
"""Open tasks of one desk: a day's admissions."""
MAX_IMPRESSIONS = 6
MAX_IMAGE_BYTES = 163_840
"""One packed image. Six of them, with the seal, are still a message: the part of a finger is sent whole."""
IMPRESSIONS_WANTED = 3
"""Of the genuine probes of five sets of real prints, 1.0 % were missed with one impression enrolled, 0.2 % with two,
0.1 % with three."""

Position = Annotated[int, Meta(ge=1, le=10)]
"""ISO finger code: 1 to 5 right thumb to little finger, 6 to 10 left."""
TaskId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
Side = Annotated[int, Meta(ge=1, le=2000)]


class Unusable(StrEnum):
    """Why a finger could not be taken; a fact about the day, never a fault of the person."""

    MISSING = "missing"
    BANDAGED = "bandaged"
    WORN = "worn"
    REFUSED = "refused"
    OTHER = "other"


class DeskTask(Strict, frozen=True):
    """Whose fingers are to be taken, in the order of `positions`, `impressions` of each.

    `name` (SURNAME, Given) and `photo` (a small JPEG, empty when there is none) are for the officer to check who
    sits there. `known` are fingers enrolled earlier: a finger in the wrong place shows by them.
    """

    task: TaskId
    person: PersonNumber
    name: Annotated[str, Meta(max_length=200)]
    photo: Annotated[bytes, Meta(max_length=MAX_PHOTO_BYTES)]
    positions: Annotated[list[Position], Meta(min_length=1, max_length=10)]
    impressions: Annotated[int, Meta(ge=1, le=MAX_IMPRESSIONS)]
    known: Annotated[list[RollFinger], Meta(max_length=40)]
    created_by: Name
    created_at: When
    expires_at: When


class DeskTasks(Strict, frozen=True):
    """The sealed content of a book."""

    tasks: Annotated[list[DeskTask], Meta(max_length=MAX_TASKS)]


class DeskBook(Strict, frozen=True):
    """Everything open at this desk as of `version`; it replaces what was held before, so a task that is not in it
    was cancelled. `receiving_key` is what results are sealed to.
    """

    version: Version
    said_at: When
    receiving_key: Key
    sealed: bytes


class EnrolmentReceipt(Strict, frozen=True):
    """What the hub holds of a task: `parts` are received and durable. With `settled` the desk may forget its own:
    nothing of the task is wanted any more.
    """

    task: TaskId
    parts: Annotated[list[Position], Meta(max_length=10)]
    settled: bool


class DeskWord(Strict, frozen=True):
    """One of the two."""

    book: DeskBook | None = None
    receipt: EnrolmentReceipt | None = None


class Impression(Strict, frozen=True):
    """One image: zlib-packed rows of grey, `bits` a pixel (4: two pixels a byte, the left one in the high half,
    each grey is 17 times its value; a row of odd width ends in an empty half byte). `quality` is 0 to 100.
    """

    packed: Annotated[bytes, Meta(max_length=MAX_IMAGE_BYTES)]
    bits: Annotated[int, Meta(ge=4, le=8)]
    width: Side
    height: Side
    dpi: Annotated[float, Meta(ge=100, le=1200)]
    sensor: Annotated[str, Meta(max_length=80)]
    captured_at: When
    quality: Annotated[int, Meta(ge=0, le=100)]


class TakenFinger(Strict, frozen=True):
    """What came of one finger: its impressions, or why there are none. `operator` is the officer at the desk.

    `below` tells that the best of many poor impressions were kept because the finger gives no better ones.
    """

    task: TaskId
    position: Position
    operator: Name
    impressions: Annotated[list[Impression], Meta(max_length=MAX_IMPRESSIONS)]
    taken_at: When
    below: bool = False
    unusable: Unusable | None = None
    note: Annotated[str, Meta(max_length=200)] = ""


class EnrolmentPart(Strict, frozen=True):
    """One sealed `TakenFinger`, of the `parts` positions that the whole result has."""

    task: TaskId
    position: Position
    parts: Annotated[list[Position], Meta(min_length=1, max_length=10)]
    sealed: bytes


class Stage(StrEnum):
    """How far a desk is with a task."""

    WAITING = "waiting"
    CAPTURING = "capturing"
    FINISHED = "finished"


class TaskProgress(Strict, frozen=True):
    """`done` fingers of `of`; `position` is the one that is being taken, with `impressions` taken of it."""

    task: TaskId
    stage: Stage
    done: Annotated[int, Meta(ge=0, le=10)]
    of: Annotated[int, Meta(ge=1, le=10)]
    position: Position | None
    impressions: Annotated[int, Meta(ge=0, le=MAX_IMPRESSIONS)]


class DeskReport(Strict, frozen=True):
    """Said every few seconds by a terminal that is a desk: the book it holds and how far it is."""

    book: Version
    said_at: When
    tasks: Annotated[list[TaskProgress], Meta(max_length=MAX_TASKS)]
    kept: Annotated[list[TaskId], Meta(max_length=200)]
    """Finished tasks that are still on its card: the hub says of each what it holds."""
    refused: Count = 0
    """Books that could not be opened here."""


class EnrolmentWord(Strict, frozen=True):
    """One of the two."""

    report: DeskReport | None = None
    part: EnrolmentPart | None = None


def book_context(terminal: str, version: Version) -> str:
    """Context string under the seal of a book."""
    return f"desk {terminal} {version}"


def part_context(terminal: str, task: str, position: int) -> str:
    """Context string under the seal of a finger: it opens at no other place."""
    return f"enrolment {terminal} {task} {position}"
