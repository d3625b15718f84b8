"""The agencies' listener at work: nobody holds it up by being slow, and what is no HTTP gets a problem document too."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import msgspec
from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException

from hub.logs import log
from hub.sharing.api import problems as p
from hub.website.server import Worker

logger = logging.getLogger("pims.hub.agencies")

THREADS: Final = 64
"""Calls at one time. A database of one writer uses few; the others are there so that slow lines hold up nobody."""
HEAD_S: Final = 10.0
"""From the first byte of a connection or call to the end of its headers."""
WHOLE_S: Final = 30.0
"""A call from its first byte to the last of its answer."""
PRESSED: Final = THREADS // 2
"""With so many threads in use, slow ones are ended sooner."""
PRESSED_HEAD_S: Final = 1.0
PRESSED_WHOLE_S: Final = 10.0
_FIRST_BYTE_S: Final = 0.02
"""A connection that says nothing yet goes back to be watched without a thread."""


@dataclass
class _Underway:
    connection: Any
    since_s: float
    understood: bool = False


@dataclass
class Patience:
    """How long each call that holds a thread has taken; `late` are those to be ended."""

    _held: dict[int, _Underway] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, connection: Any, at_s: float) -> None:
        """A thread begins to wait for a call of this connection."""
        with self._lock:
            self._held[id(connection)] = _Underway(connection, at_s)

    def understood(self, connection: Any) -> None:
        """Its headers are all there."""
        with self._lock:
            self._held[id(connection)].understood = True

    def end(self, connection: Any) -> None:
        with self._lock:
            del self._held[id(connection)]

    def late(self, at_s: float) -> list[Any]:
        """Connections that have held a thread for too long; the more threads are held, the sooner."""
        with self._lock:
            pressed = len(self._held) >= PRESSED
            head_s = PRESSED_HEAD_S if pressed else HEAD_S
            whole_s = PRESSED_WHOLE_S if pressed else WHOLE_S
            return [
                one.connection
                for one in self._held.values()
                if at_s - one.since_s > (whole_s if one.understood else head_s)
            ]


class AgencyWorker(Worker):
    """Ends slow calls, and answers what it cannot read as it answers everything else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = Patience()

    def handle(self, conn: Any) -> Any:
        """Serve one call of a connection, in a thread; gunicorn would wait for its bytes without an end."""
        wait = conn.wait_for_data
        conn.wait_for_data = lambda _timeout: wait(_FIRST_BYTE_S)
        self._patience.begin(conn, time.monotonic())
        try:
            return super().handle(conn)
        finally:
            self._patience.end(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Its headers are read."""
        self._patience.understood(conn)
        return super().handle_request(req, conn)

    def notify(self) -> None:
        """Called by the loop every second at least. Whoever waits at a closed line is woken."""
        super().notify()
        for conn in self._patience.late(time.monotonic()):
            with suppress(OSError):
                # Not TLS's own: that would change under the thread which is reading.
                socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Say what was wrong with the request. Nothing of it is repeated, in the answer or in the log."""
        if isinstance(exc, OSError):  # of TLS: it has told the other end by itself
            log(logger, logging.INFO, "a connection ended early", reason=type(exc).__name__)
            return
        kind = _kind(exc)
        if kind is p.FAULT:
            logger.error("incident", exc_info=exc, extra={"fields": {"endpoint": "none"}})
        else:
            log(logger, logging.WARNING, "a request that is no HTTP", reason=type(exc).__name__)
        with suppress(OSError):
            util.write_nonblock(client, unread(kind))


def unread(kind: p.ProblemKind) -> bytes:
    """The whole answer to a request that was not read to its end."""
    body = msgspec.json.encode(p.document(kind, kind.page, {}))
    head = (
        f"HTTP/1.1 {kind.status} {kind.title}",
        "Connection: close",
        f"Content-Type: {p.MEDIA_TYPE}",
        "Cache-Control: no-store",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body


def _kind(error: Exception) -> p.ProblemKind:
    if isinstance(error, LimitRequestLine):
        return p.LONG_ADDRESS
    if isinstance(error, LimitRequestHeaders):
        return p.LARGE_HEADERS
    return p.BAD_REQUEST if isinstance(error, ParseException) else p.FAULT
