"""What the invented prison is made of: its blocks, what lies around them, and the farm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.movements.records import ZoneKind

FARM: Final = "farm"
ON_THE_FARM: Final = 16
"""One in so many who serve a sentence lives on the farm."""


@dataclass(frozen=True)
class Block:
    """A block for some sort of people; `share` of everybody lives in it. `short` begins the names of its tiers."""

    code: str
    name: str
    short: str
    share: float
    sexes: str = "M"
    ages: str = "adult"
    statuses: tuple[str, ...] = ()


WOMEN: Final = Block("women", "Women", "W", 0.0, "F", "any")
JUVENILES: Final = Block("juveniles", "Young offenders", "Y", 0.0, "M", "juvenile")
_BEFORE_SENTENCE: Final = (
    "REMAND",
    "CONVICTED_UNSENTENCED",
    "IMMIGRATION_DETAINEE",
    "CIVIL_PRISONER",
    "OTHER",
    "UNKNOWN",
)
_AFTER: Final = ("SENTENCED", "INDETERMINATE_SENTENCE", "RECALL", "OTHER", "UNKNOWN")
REMAND_BLOCKS: Final = (
    Block("remand-1", "Remand 1", "R1-", 0.2, statuses=_BEFORE_SENTENCE),
    Block("remand-2", "Remand 2", "R2-", 0.2, statuses=_BEFORE_SENTENCE),
)
SENTENCED_BLOCKS: Final = tuple(
    Block(f"block-{letter}", f"Block {letter.upper()}", letter.upper(), 0.17, statuses=_AFTER)
    for letter in "abcd"
)
FARM_BLOCK: Final = Block("farm-house", "Farm house", "F", 0.05, statuses=_AFTER)
BLOCKS: Final = (*REMAND_BLOCKS, *SENTENCED_BLOCKS, WOMEN, JUVENILES)

OTHERS: Final = (
    ("yard", "Yard", ZoneKind.MOVEMENT_AREA, None),
    ("gate", "Main gate", ZoneKind.MOVEMENT_AREA, None),
    ("reception", "Reception", ZoneKind.HOLDING_CELL, 40),
    ("clinic", "Clinic", ZoneKind.CLINIC, 20),
    ("visits", "Visits", ZoneKind.VISITS, 80),
    ("kitchen", "Kitchen", ZoneKind.WORKSHOP, 30),
    ("workshop", "Workshop", ZoneKind.WORKSHOP, 60),
    ("tailors", "Tailors' shop", ZoneKind.WORKSHOP, 40),
    ("school", "School", ZoneKind.WORKSHOP, 60),
    ("chapel", "Chapel", ZoneKind.MOVEMENT_AREA, 120),
    ("dock", "Court dock", ZoneKind.HOLDING_CELL, 24),
    ("court", "Court", ZoneKind.COURT, None),
    ("outside", "Outside", ZoneKind.OUTSIDE, None),
)
BY_PASS: Final = frozenset({"clinic", "visits", "workshop", "tailors", "school", "dock"})
BEHIND_THE_GATE: Final = frozenset({"reception", "visits", "dock"})
SHUT_AT_NIGHT: Final = ("yard", "visits", "kitchen", "workshop", "tailors", "school", "chapel")
WALKS_S: Final = {"gate": 40, "reception": 45, "chapel": 70, "school": 80, "workshop": 90, "tailors": 90}
FARM_ZONES: Final = (
    ("farm-yard", "Farm yard", ZoneKind.MOVEMENT_AREA, None),
    ("farm-fields", "Fields", ZoneKind.WORKSHOP, 60),
    ("farm-dairy", "Dairy", ZoneKind.WORKSHOP, 12),
)
