"""What was taken and the hub does not have yet, on the card: each finger sealed to the hub, which alone can open it.

A finger is a file, written whole or not at all. A task is finished by one more file; before it, a cut leaves whole
fingers behind and the sequence goes on with the next.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from edge.enrolment.sequence import Closed
from edge.storage import sync_folder, write_durably
from wire.codec import Strict, decode, encode
from wire.enrolment import Position, TaskId
from wire.errors import WireError

FORM = 1
FINISHED = "finished"


class _Kept(Strict, frozen=True):
    """A sealed finger, and no more about it than the page shows: how many impressions, how good."""

    form: int
    sealed: bytes
    taken: Annotated[int, Meta(ge=0, le=6)]
    quality: Annotated[int, Meta(ge=0, le=100)]
    below: bool


class _Finished(Strict, frozen=True):
    positions: list[Position]


class Cabinet:
    """`folder` holds a folder for each task. One thread writes to a task at a time; OSError when the card is full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, task: TaskId, position: int, sealed: bytes, closed: Closed) -> None:
        """Durable when it returns."""
        place = self._folder / task
        if not place.is_dir():
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            sync_folder(self._folder)
            sync_folder(self._folder.parent)
        kept = _Kept(form=FORM, sealed=sealed, taken=closed.taken, quality=closed.quality, below=closed.below)
        write_durably(self._file(task, position), encode(kept))

    def drop(self, task: TaskId, position: int) -> None:
        """The finger is to be taken again."""
        self._file(task, position).unlink(missing_ok=True)
        if (self._folder / task).is_dir():
            sync_folder(self._folder / task)

    def finish(self, task: TaskId, positions: list[int]) -> None:
        """From here on the task is the hub's: nothing in it changes."""
        write_durably(self._folder / task / FINISHED, encode(_Finished(positions=positions)))

    def closed(self, task: TaskId) -> dict[int, Closed]:
        """Fingers that are whole; one whose file is damaged is not."""
        found = {position: self._read(task, position) for position in range(1, 11)}
        return {at: Closed(one.taken, one.quality, one.below) for at, one in found.items() if one is not None}

    def finished(self, task: TaskId) -> list[int] | None:
        """The positions of a finished task, None while it is not, or no more because a finger is damaged."""
        try:
            positions = decode((self._folder / task / FINISHED).read_bytes(), _Finished).positions
        except (OSError, WireError):
            return None
        return positions if set(positions) <= set(self.closed(task)) else None

    def part(self, task: TaskId, position: int) -> bytes | None:
        """The sealed finger, None when it cannot be read."""
        kept = self._read(task, position)
        return None if kept is None else kept.sealed

    def tasks(self) -> list[TaskId]:
        """Everything of which something is kept."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.is_dir())

    def forget(self, task: TaskId) -> None:
        """The hub has it, or wants it no more."""
        if task in self.tasks():
            shutil.rmtree(self._folder / task)
            sync_folder(self._folder)

    def _file(self, task: TaskId, position: int) -> Path:
        return self._folder / task / f"{position}.sealed"

    def _read(self, task: TaskId, position: int) -> _Kept | None:
        try:
            kept = decode(self._file(task, position).read_bytes(), _Kept)
        except (OSError, WireError):
            return None
        return kept if kept.form == FORM else None
