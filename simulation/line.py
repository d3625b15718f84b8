"""The line between one terminal and the broker, which can be cut and mended: a port of its own on loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

HOST = "127.0.0.1"
_PIECE_BYTES = 64 * 1024
_PATIENCE_S = 10.0


class Lines:
    """Carries the lines of all terminals on one thread; `stop` ends every one of them."""

    def __init__(self, broker_port: int) -> None:
        self.broker_port = broker_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._thread.start()
        self._lines: list[Line] = []

    def lay(self) -> Line:
        """A new line, whole, with a free port at the terminal's end."""
        line = Line(self)
        self._lines.append(line)
        self.do(line.open())
        return line

    def do(self, what: Coroutine[Any, Any, None]) -> None:
        """Waits until it is done on the lines' thread."""
        asyncio.run_coroutine_threadsafe(what, self._loop).result(_PATIENCE_S)

    def stop(self) -> None:
        for line in self._lines:
            line.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Line:
    """One terminal's way to the broker. While it is cut nobody answers at `port`, and what was under way is lost."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut(self) -> None:
        self._lines.do(self._close())

    def mend(self) -> None:
        self._lines.do(self.open())

    async def open(self) -> None:
        """On the lines' thread; the port stays the same for the line's whole life."""
        self._server = await asyncio.start_server(self._carry, HOST, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _carry(self, near: asyncio.StreamReader, near_end: asyncio.StreamWriter) -> None:
        try:
            far, far_end = await asyncio.open_connection(HOST, self._lines.broker_port)
        except OSError:
            near_end.transport.abort()  # the broker is away: so is this end of the line
            return
        self._ends |= {near_end, far_end}
        for source, target in ((near, far_end), (far, near_end)):
            pump = asyncio.create_task(self._pump(source, target, (near_end, far_end)))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        """One direction; the end of either is the end of both, as with a line that breaks."""
        try:
            while piece := await source.read(_PIECE_BYTES):
                target.write(piece)
                await target.drain()
        except OSError:
            return
        finally:
            for end in ends:
                self._ends.discard(end)
                end.close()
