"""Server-sent events as bytes."""

from __future__ import annotations

from typing import Any

import msgspec


def message(name: str, data: Any) -> bytes:
    """One event of what becomes JSON."""
    return event(name, msgspec.json.encode(data))


def event(name: str, data: bytes, number: int | None = None) -> bytes:
    """One event; JSON holds no line break, so one data line is enough. A screen resumes after `number`."""
    head = b"" if number is None else b"id: %d\n" % number
    return head + b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
