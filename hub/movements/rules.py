"""What a passage proves about where somebody is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Decision = Literal["ADMIT", "REFUSE", "REFER"]

ADMIT: Final = "ADMIT"
REFUSE: Final = "REFUSE"


@dataclass(frozen=True)
class Proof:
    """An entry as evidence of a place: its key, its link, when it was made, and whether that clock was sure.

    `earliest_at` and `latest_at` bound it; None where the time itself is the bound.
    """

    terminal: str
    journal_id: bytes
    sequence: int
    at: datetime
    clock_sure: bool
    link: bytes = b""
    earliest_at: datetime | None = None
    latest_at: datetime | None = None


def proven_zone(decision: Decision, from_zone: int, to_zone: int) -> int | None:
    """Admitted people are behind the checkpoint, refused ones before it, of the others nothing is known."""
    if decision == ADMIT:
        return to_zone
    return from_zone if decision == REFUSE else None
