"""Pure rules of merging: what may follow what, and who leads whom."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Act(StrEnum):
    """What happened to a case."""

    SUSPECTED = "suspected"
    PROPOSED = "proposed"
    REFUSED = "refused"
    MERGED = "merged"
    PART_ASKED = "part_asked"
    PART_REFUSED = "part_refused"
    PARTED = "parted"


FOLLOWS: Final[dict[Act | None, frozenset[Act]]] = {
    None: frozenset({Act.SUSPECTED, Act.PROPOSED}),
    Act.SUSPECTED: frozenset({Act.PROPOSED, Act.REFUSED}),
    Act.PROPOSED: frozenset({Act.MERGED, Act.REFUSED}),
    Act.REFUSED: frozenset(),
    Act.MERGED: frozenset({Act.PART_ASKED}),
    Act.PART_ASKED: frozenset({Act.PARTED, Act.PART_REFUSED}),
    Act.PART_REFUSED: frozenset({Act.PART_ASKED}),
    Act.PARTED: frozenset(),
}
"""What may come after each act; the end of a case is followed by nothing."""

JOINING: Final = frozenset({Act.MERGED, Act.PART_ASKED, Act.PART_REFUSED})
"""While this was the last act the two files are one."""
OPEN: Final = frozenset({Act.SUSPECTED, Act.PROPOSED, Act.PART_ASKED})
"""Somebody has to decide."""

Edge = tuple[int, int]
"""(who leads, who is led), as merged."""


def leaders(edges: Iterable[Edge]) -> dict[int, int]:
    """Who leads each person that is led, from the merges that hold, in the order they were made.

    Taking any merge out gives what there would be had it never been made.
    """
    lead: dict[int, int] = {}
    members: dict[int, set[int]] = {}
    for first, second in edges:
        winner, loser = lead.get(first, first), lead.get(second, second)
        if winner == loser:
            continue
        moved = members.pop(loser, {loser})
        members.setdefault(winner, {winner}).update(moved)
        lead.update(dict.fromkeys(moved, winner))
    return lead
