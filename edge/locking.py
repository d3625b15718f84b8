"""One agent a data folder: two would share a journal and a sensor."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.errors import StartError

PATIENCE_S = 1.0
"""A look from outside holds the lock for an instant, and an agent that is being stopped for a little longer."""


def check_owner(folder: Path) -> None:
    """StartError for root in a terminal of another user, who could not open what root would leave there."""
    owner = folder.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise StartError(
            f"{folder} belongs to user {owner}, not to root: what root writes there would keep that user's terminal "
            "from starting. Use the command pims-terminal, or sudo -u with that user. Nothing was changed."
        )


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds the lock until the block ends or the process does; StartError when another process or user has it."""
    check_owner(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + PATIENCE_S
        while not _taken(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > until:
                raise StartError(
                    f"Another agent already runs on {path.parent}. Stop it first, or use another data folder."
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock now."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _taken(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
