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

    The link is left out where a held position is compared: only one entry of a sequence ever moves anybody.
    """

    terminal: str
    journal_id: bytes
    sequence: int
    at: datetime
    clock_sure: bool
    link: bytes = b""


def supersedes(new: Proof, held: Proof | None) -> bool:
    """True when `new` is later than what is held.

    Within one journal the sequence decides, whatever the clock did. Across journals the time does; at the same
    time a sure clock beats an unsure one and otherwise what is held stays, so that order of arrival alone never
    moves anybody.
    """
    if held is None:
        return True
    if (new.terminal, new.journal_id) == (held.terminal, held.journal_id):
        return new.sequence > held.sequence
    if new.at == held.at:
        return new.clock_sure and not held.clock_sure
    return new.at > held.at


def proven_zone(decision: Decision, from_zone: int, to_zone: int) -> int | None:
    """Admitted people are behind the checkpoint, refused ones before it, of the others nothing is known."""
    if decision == ADMIT:
        return to_zone
    return from_zone if decision == REFUSE else None
