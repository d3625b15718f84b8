"""Who hears of it when somebody stops the demo."""

from __future__ import annotations

import signal
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def on_signals(handler: Any) -> None:
    for number in SIGNALS:
        signal.signal(number, handler)
