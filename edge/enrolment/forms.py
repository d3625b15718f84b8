"""What the desk's page asks of the agent, and what it gets: no template and no image of a finger."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.enrolment import Position, TaskId, Unusable
from wire.happenings import PersonNumber
from wire.journal import When

Token = Annotated[str, Meta(max_length=200)]


class Look(Strict, frozen=True):
    """How the desk stands. `token` is the officer's who is signed in: names are shown to nobody else."""

    token: Token


class OfTask(Strict, frozen=True):
    """Something with one task: begin it, or see the photo of whom it is about."""

    token: Token
    task: TaskId


class OfFinger(Strict, frozen=True):
    """Something with one finger of the open task."""

    token: Token
    position: Position


class CannotBeTaken(Strict, frozen=True):
    """The finger that is asked for, and why it cannot be taken."""

    token: Token
    reason: Unusable
    note: Annotated[str, Meta(max_length=200)] = ""


class TaskLine(Strict, frozen=True):
    """A task on the list."""

    task: TaskId
    person: PersonNumber
    name: str
    created_by: str
    created_at: When
    stage: str
    done: int
    of: int
    has_photo: bool


class FingerLine(Strict, frozen=True):
    """A finger of the open task: `state` is open, now, taken, below, or unusable."""

    position: Position
    state: str
    taken: int
    quality: int


class OpenTask(Strict, frozen=True):
    """The capture that is going on. `said` is a word of `edge.enrolment.sequence.Word`."""

    task: TaskId
    person: PersonNumber
    name: str
    has_photo: bool
    fingers: list[FingerLine]
    position: Position | None
    wanted: int
    taken: int
    said: str
    advice: str
    quality: int | None
    like: Position | None
    unlike_known: bool
    glass: str
    """empty, finger (being read), or lift."""
    is_hard: bool
    may_keep_best: bool
    complete: bool


class DeskView(Strict, frozen=True):
    """Everything on the page. `notice` is a word: cancelled, idle, or nothing."""

    serial: int
    told: bool
    """Whether the hub has ever said what is to be done here."""
    tasks: list[TaskLine]
    open: OpenTask | None
    to_send: int
    """Finished tasks that the hub does not hold yet."""
    notice: str


class Photo(Strict, frozen=True):
    """JPEG, empty when there is none."""

    jpeg: bytes
