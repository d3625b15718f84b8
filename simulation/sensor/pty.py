"""One end of a pseudo-terminal, with a wire's speed."""

import contextlib
import os
import select
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path

_SPEEDS = {
    getattr(termios, name): int(name[1:])
    for name in dir(termios)
    if name.startswith("B") and name[1:].isdigit()
}
_CHUNK = 32  # a UART's receive queue; 2.8 ms at 115,200 baud
_BITS_A_BYTE = 10
_OVERRUN_S = 5.0


class PtyLine:
    """The sensor's side of the wire; the host opens `path`, a symlink, as its serial port."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        fresh = path.with_name(f".{path.name}.{self._master}.new")
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(path)

    def fileno(self) -> int:
        return self._master

    def unplug(self) -> None:
        """Hangs up: the host's open port reads end of file, and its name is gone."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        for descriptor in (self._slave, self._master):
            os.close(descriptor)

    def host_baud(self) -> int:
        """The rate the host has set, 0 when it is none with a name."""
        return _SPEEDS.get(termios.tcgetattr(self._master)[4], 0)

    def read(self) -> bytes:
        try:
            return os.read(self._master, 4096)
        except BlockingIOError:
            return b""

    def write(self, data: bytes, pace: int | None, stopped: Callable[[], bool]) -> bool:
        """Sends at `pace` bits a second, or at once. False if `stopped` said so on the way.

        Each byte is handed over when its stop bit would have arrived, never earlier. If the host
        reads nothing for 5 s the rest is lost, as in an overrun.
        """
        began = time.monotonic()
        chunk = _CHUNK if pace else 4096
        for start in range(0, len(data), chunk):
            piece = data[start : start + chunk]
            if pace:
                due = began + (start + len(piece)) * _BITS_A_BYTE / pace
                time.sleep(max(0.0, due - time.monotonic()))
            if stopped() or not self._push(piece, stopped):
                return False
        return True

    def _push(self, piece: bytes, stopped: Callable[[], bool]) -> bool:
        give_up = time.monotonic() + _OVERRUN_S
        while piece:
            try:
                piece = piece[os.write(self._master, piece) :]
            except BlockingIOError:
                if stopped() or time.monotonic() > give_up:
                    return False
                select.select([], [self._master], [], 0.02)
        return True
