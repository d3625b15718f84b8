"""Orders in words."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from wire.orders import OrderKind

KINDS: Final = {
    OrderKind.LOCKDOWN: Sentence("Lockdown"),
    OrderKind.EVACUATE: Sentence("Evacuation"),
    OrderKind.HOLD: Sentence("Held for a count"),
}

RANK: Final = {
    OrderKind.EVACUATE: 0,
    OrderKind.LOCKDOWN: 1,
    OrderKind.HOLD: 2,
    OrderKind.LET_THROUGH: 3,
}
"""What outranks what, the highest first."""

BY_HAND: Final = (OrderKind.LOCKDOWN, OrderKind.EVACUATE)
"""What the page of orders gives and ends; a HOLD begins and ends with its headcount alone."""

MEANINGS: Final = {
    OrderKind.LOCKDOWN: Sentence("No gate opens to a scan. Officers still let people through."),
    OrderKind.EVACUATE: Sentence("Every gate lets everybody go, whatever else is ordered."),
}

REASONS: Final = {
    "incident": Sentence("Incident"),
    "fire": Sentence("Fire"),
    "escape": Sentence("Somebody is missing"),
    "weather": Sentence("Storm or flood"),
    "drill": Sentence("Drill"),
}
"""What is chosen quickly; words of one's own can stand beside it."""
