"""Ports of loopback that nothing takes between two starts of a server."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_000


def free_port() -> int:
    """One below those that the kernel hands out to outgoing connections.

    A port that was handed out by `bind(0)` can, once given back, become the near end of anybody's connection, even of
    a client that knocks at that very port while its broker is down: then the broker does not come back.
    """
    highest = int(_RANGE.read_text().split()[0]) - 1 if _RANGE.exists() else 32_767
    for _attempt in range(100):
        port = random.randint(_LOWEST, highest)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"100 ports between {_LOWEST} and {highest} are all taken")
