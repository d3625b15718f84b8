"""The process that serves: many threads, none of which is held by somebody who is slow, and a clean end."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from threading import local
from typing import Any, ClassVar, Final

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from hub.lifeline import Notify, die_with_parent
from hub.logs import log
from hub.website.pacing import Paced
from hub.website.patience import Limits, Patience

THREADS: Final = 64
"""Each open screen takes one. Forty screens leave twenty-four for pages."""
_FIRST_BYTE_S: Final = 0.02
"""A connection that says nothing yet goes back to be watched without a thread."""
_UNREAD: Final = {
    400: "Bad Request",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    500: "Fault",
}


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """Ends whoever is waited for too long, and the open streams at once when told to end: they would hold it up for the
    whole grace otherwise.

    It also ends with its parent: a worker that outlives a killed master would go on holding the port.
    """

    logger: ClassVar = logging.getLogger("pims.hub.web")
    limits: ClassVar = Limits(pressed=12)
    """Sends and answers go as slowly as they like as long as they go: a register is brought in over a poor line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tie = die_with_parent()
        self._systemd = Notify()
        self._patience = Patience(self.limits)
        self._here = local()

    def init_process(self) -> None:
        self._tie()
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi: Any = Paced(self.app.wsgi(), self._patience, lambda: self._here.connection)

    def notify(self) -> None:
        """Called by the worker's loop every second: what the master sees, systemd may see too. Whoever waits at a
        line that is closed here is woken."""
        super().notify()
        self._systemd.alive()
        for conn in self._patience.late(time.monotonic()):
            with suppress(OSError):
                # Not TLS's own: that would change under the thread which is reading.
                socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)

    def handle(self, conn: Any) -> Any:
        """Serve one call of a connection, in a thread; gunicorn would wait for its bytes without an end."""
        conn.wait_for_data = lambda _timeout: type(conn).wait_for_data(conn, _FIRST_BYTE_S)
        self._here.connection = conn
        self._patience.begin(conn, time.monotonic())
        try:
            return super().handle(conn)
        finally:
            self._patience.end(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Its headers are read."""
        self._patience.works(conn)
        return super().handle_request(req, conn)

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.app.end_streams()
        super().handle_exit(sig, frame)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Say what was wrong with the request. Nothing of it is repeated, in the answer or in the log: an address can
        hold a name, and a header what signs somebody in."""
        if isinstance(exc, OSError):  # of TLS: it has told the other end by itself
            log(self.logger, logging.INFO, "a connection ended early", reason=type(exc).__name__)
            return
        status = status_of(exc)
        if status == 500:
            self.logger.error("incident", exc_info=exc, extra={"fields": {"endpoint": "none"}})
        else:
            log(self.logger, logging.WARNING, "a request that is no HTTP", reason=type(exc).__name__)
        with suppress(OSError):
            util.write_nonblock(client, self.unread(status))

    def unread(self, status: int) -> bytes:
        """The whole answer to a request that was not read to its end."""
        return answer_of(status, _UNREAD[status], "text/plain", f"{_UNREAD[status]}\n".encode())


def status_of(exc: Exception) -> int:
    """How HTTP calls what kept a request from being read."""
    if isinstance(exc, LimitRequestLine):
        return 414
    if isinstance(exc, LimitRequestHeaders):
        return 431
    return 400 if isinstance(exc, ParseException) else 500


def answer_of(status: int, title: str, kind: str, body: bytes) -> bytes:
    """An answer as bytes, after which the line is closed."""
    head = (
        f"HTTP/1.1 {status} {title}",
        "Connection: close",
        f"Content-Type: {kind}",
        "Cache-Control: no-store",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body
