"""A word through broker and hub and back: it tells how the way is, and nothing depends on it."""

from __future__ import annotations

from wire.codec import Strict
from wire.journal import BootId, When
from wire.versions import Count

KIND = "echo"
BACK = "echoed"


class Echo(Strict, frozen=True):
    """`number` rises with each; the hub gives it back."""

    number: Count
    boot_id: BootId
    said_at: When


class Echoed(Strict, frozen=True):
    """The hub's answer to echo `number`, written in a transaction of its own, with the hub's time."""

    number: Count
    boot_id: BootId
    received_at: When
    said_at: When
