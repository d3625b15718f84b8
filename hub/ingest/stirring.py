"""Whether anything was written since one last looked: desks that find nothing new need not read everything again."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, PoolProxiedConnection

LONGEST_S = 1.0
"""What becomes due by the clock alone waits no longer than this for somebody to look."""


class Stirring:
    """Asked by one thread, several times a second.

    SQLite counts the commits of all others for each connection. PostgreSQL has nothing as cheap: there the answer is
    always yes.
    """

    def __init__(self, engine: Engine, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._connection: PoolProxiedConnection | None = None
        self._seen = -1
        self._looked_s = -LONGEST_S

    def worth_a_look(self, *, more: bool) -> bool:
        """Whether something was committed, `more` was left to do at the last look, or that look is long ago.

        Ask before looking: what is committed meanwhile is then seen the next time.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        seen, now_s = self._commits(), self._monotonic()
        if seen == self._seen and not more and now_s - self._looked_s < LONGEST_S:
            return False
        self._seen, self._looked_s = seen, now_s
        return True

    def close(self) -> None:
        """Let the connection go; asking again takes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _commits(self) -> int:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
            self._connection.detach()  # kept for good: it takes no place from those who read and write
        cursor = self._connection.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            (count,) = cursor.fetchone() or (-1,)
        finally:
            cursor.close()
        return int(count)
