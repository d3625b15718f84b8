"""The prison of the day: two blocks that are entered and left past a terminal, three places of the day, a way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulation.facility import YARD, Facility, Gate, Zone

BLOCK_A, BLOCK_B, WORKSHOP, CLINIC, VISITS, OUTSIDE = (
    "wing-a",
    "wing-b",
    "workshop",
    "clinic",
    "visits",
    "outside",
)
"""Codes of zones; a terminal that leads into a zone has its name. No invented people live in these two blocks."""
LEFT: Final = "-out"
"""Ends the name of the terminal past which a block is left."""


@dataclass(frozen=True)
class DayPrison(Facility):
    """Beyond their block and the yard people go by a pass alone."""

    def allowed(self, home: str) -> tuple[str, ...]:
        return (YARD, home)


DAY_PRISON: Final = DayPrison(
    zones=(
        Zone(YARD, "Yard", "MOVEMENT_AREA", 60),
        Zone(BLOCK_A, "Wing A", "BLOCK", 24),
        Zone(BLOCK_B, "Wing B", "BLOCK", 24),
        Zone(WORKSHOP, "Workshop", "WORKSHOP", 18),
        Zone(CLINIC, "Clinic", "CLINIC", 6),
        Zone(VISITS, "Visits", "VISITS", 12),
        Zone(OUTSIDE, "Outside", "OUTSIDE", 200),
    ),
    gates=(
        Gate(BLOCK_A, "cell_block", BLOCK_A, "wing-a-in"),
        Gate(BLOCK_A + LEFT, "gate", YARD, "wing-a-out", BLOCK_A),
        Gate(BLOCK_B, "cell_block", BLOCK_B, "wing-b-in"),
        Gate(BLOCK_B + LEFT, "gate", YARD, "wing-b-out", BLOCK_B),
        Gate(WORKSHOP, "gate", WORKSHOP, "workshop-in"),
        Gate(CLINIC, "gate", CLINIC, "clinic-in"),
        Gate(VISITS, "gate", VISITS, "visits-in"),
        Gate(OUTSIDE, "gate", OUTSIDE, "way-out"),
    ),
    blocks=(BLOCK_A, BLOCK_B),
)
