"""What ties our processes to others: a child that never outlives its parent, and words to systemd."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None]:
    """What a child calls first, so that the kernel kills it when the calling thread ends (Linux, prctl(2)).

    To be called before the fork: it loads what the child then only calls.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the kernel knew our wish

    return ask


class Notify:
    """sd_notify(3), a few words over a datagram; without systemd nothing is said.

    Reads NOTIFY_SOCKET and WATCHDOG_USEC. No failure to tell anybody stops the hub.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        known = os.environ if environ is None else environ
        self._address = known.get("NOTIFY_SOCKET", "")
        self._watchdog_us = known.get("WATCHDOG_USEC", "")

    def period_s(self) -> float | None:
        """How often to say `alive`: a third of what systemd allows; None when it does not ask."""
        return int(self._watchdog_us) / 3e6 if self._watchdog_us.isdecimal() and self._address else None

    def ready(self) -> None:
        self._say("READY=1")

    def status(self, words: str) -> None:
        """One line for `systemctl status`."""
        self._say("STATUS=" + " ".join(words.split()))

    def alive(self) -> None:
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(text.encode(), name)
