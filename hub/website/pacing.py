"""Around an application: while it waits for a body, or for its answer to be taken, the listener's patience runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from hub.website.patience import Patience

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
_MOST_AT_ONCE: Final = 1024 * 1024
"""Of a body that is read without a length: so much is allowed for at the most."""


class Paced:
    """`connection` names the one whose thread this is."""

    def __init__(self, app: Application, patience: Patience, connection: Callable[[], Any]) -> None:
        self._app = app
        self._patience = patience
        self._connection = connection

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        connection = self._connection()
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self._patience, connection)
        return _Answer(self._app(environ, start_response), self._patience, connection)


class _Body:
    """A body that is waited for as long as its length deserves."""

    def __init__(self, body: Any, patience: Patience, connection: Any) -> None:
        self._body = body
        self._patience = patience
        self._connection = connection

    def read(self, size: int | None = None) -> bytes:
        return self._taken(self._body.read, size)

    def readline(self, size: int | None = None) -> bytes:
        return self._taken(self._body.readline, size)

    def readlines(self, size: int | None = None) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def _taken(self, take: Callable[..., bytes], size: int | None) -> bytes:
        wanted = _MOST_AT_ONCE if size is None or size < 0 else size
        self._patience.waits(self._connection, time.monotonic(), min(wanted, _MOST_AT_ONCE))
        try:
            return take() if size is None else take(size)
        finally:
            self._patience.works(self._connection)


class _Answer:
    """An answer of which each part is waited for until it is taken, and nothing else of it."""

    def __init__(self, parts: Iterable[bytes], patience: Patience, connection: Any) -> None:
        self._parts = parts
        self._patience = patience
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._patience.waits(self._connection, time.monotonic(), len(part))
            yield part
            self._patience.works(self._connection)
        # What is left of it in the server goes out now.
        self._patience.waits(self._connection, time.monotonic(), 0)

    def close(self) -> None:
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()
