"""What systemd is told about us: sd_notify(3), a few words over a datagram. Without systemd nothing is said."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Notify:
    """Reads NOTIFY_SOCKET and WATCHDOG_USEC. No failure to tell anybody stops a gate."""

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
