"""What a terminal has to be told, from what it holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from wire.codec import encode
from wire.roll import MAX_CHUNK_PERSONS, RollChanges, RollPerson
from wire.versions import NOTHING, Version

MAX_CHUNK_BYTES = 480_000
"""Half of the largest message, with room for seal, signature and envelope."""


class Need(Enum):
    """How a terminal's copy stands to the hub's roll."""

    NOTHING = "nothing"
    DIFFERENCE = "difference"
    WHOLE = "whole"
    HUB_IS_BEHIND = "hub_is_behind"


def need(held: Version, current: Version) -> Need:
    """What a terminal that holds `held` needs.

    A copy of another epoch is replaced whole: its counter says nothing here. A copy ahead of the hub's own roll
    shows that the hub was restored without raising its epoch; the terminal would rightly refuse to go back.
    """
    if held == current:
        return Need.NOTHING
    if held > current:
        return Need.HUB_IS_BEHIND
    return Need.DIFFERENCE if held.epoch == current.epoch else Need.WHOLE


def base_of(held: Version, current: Version) -> Version:
    """Version that an update to `current` starts from."""
    return held if need(held, current) is Need.DIFFERENCE else NOTHING


def chunks(upserts: Sequence[RollPerson], removals: Sequence[str]) -> list[RollChanges]:
    """Changes in parts that fit a message each; one empty part when there are none."""
    parts = [RollChanges(upserts=group, removals=[]) for group in _groups(upserts)] or [
        RollChanges(upserts=[], removals=[])
    ]
    if removals:
        parts.insert(0, RollChanges(upserts=[], removals=list(removals)))
    return parts


def _groups(upserts: Sequence[RollPerson]) -> Iterator[list[RollPerson]]:
    group: list[RollPerson] = []
    size = 0
    for person in upserts:
        weight = len(encode(person))
        if group and (len(group) == MAX_CHUNK_PERSONS or size + weight > MAX_CHUNK_BYTES):
            yield group
            group, size = [], 0
        group.append(person)
        size += weight
    if group:
        yield group
