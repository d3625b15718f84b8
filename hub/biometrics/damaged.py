"""A sealed piece that does not open any more: said in the log by its number, and no reason to leave out any other."""

from __future__ import annotations

import logging

from hub.biometrics.vault import PersonLock
from wire.errors import WireError

_log = logging.getLogger("hub.biometrics")


def opened(
    lock: PersonLock, sealed: bytes, row: int, what: str, position: int, impression: int
) -> bytes | None:
    """What `lock` opens, None for what was damaged or moved since. `row` is its number in the table."""
    try:
        return lock.unlock(sealed, what, position, impression)
    except WireError as error:
        log_damaged(what, row, error)
        return None


def log_damaged(what: str, row: int, error: WireError) -> None:
    """`row` is its number in the table."""
    _log.error(
        "%s %s cannot be opened (%s): it is left out. Restore it from a backup.",
        what,
        row,
        error.reason.value,
    )
