"""Which exchange this is: one that starts where another was killed takes up its turns at once."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE: Final = "exchange.lock"


@contextmanager
def token_of(folder: Path) -> Iterator[str]:
    """The token that turns are claimed with, from one start to the next, while nobody else runs over this folder.

    The system lets go of the lock when its process dies, however it dies: whoever gets it knows that the turns of this
    token are nobody's. A second exchange beside a living one gets a token of its own, as one on another machine does.
    """
    with (folder / FILE).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield str(uuid.uuid4())
            return
        yield _kept(file.fileno())


def _kept(file: int) -> str:
    held = os.pread(file, 100, 0).decode("ascii", errors="replace")
    try:
        return str(uuid.UUID(held))
    except ValueError:
        fresh = str(uuid.uuid4())
        os.ftruncate(file, 0)
        os.pwrite(file, fresh.encode("ascii"), 0)
        return fresh
