"""A word through broker and hub and back: it tells how the way is, and nothing depends on it."""

from __future__ import annotations

from wire.codec import Strict
from wire.journal import BootId, When
from wire.versions import Count

KIND = "echo"
BACK = "echoed"


class Echo(Strict, frozen=True):
    """`number` rises with each; the hub gives it back. `boot_time_ms` is CLOCK_BOOTTIME when it was said.

    `heard` and `heard_boot_ms` tell of the last answer: its number and when it came, by the same clock. With both
    the hub knows when this boot began, to the length of the way there and back.
    """

    number: Count
    boot_id: BootId
    boot_time_ms: Count
    said_at: When
    heard: Count | None = None
    heard_boot_ms: Count | None = None


class Echoed(Strict, frozen=True):
    """The hub's answer to echo `number`, written in a transaction of its own, with the hub's time."""

    number: Count
    boot_id: BootId
    received_at: When
    said_at: When
