"""What a terminal has to be told, from what it holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from hub.roll.scope import same_people
from wire.codec import encode
from wire.roll import MAX_CHUNK_PERSONS, RollChanges, RollOfficer, RollPerson
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


def need_of(held: Version, held_scope: str, current: Version, scope: str) -> Need:
    """The same with what of the roll it holds: other people or names are a whole roll, other officers a difference."""
    by_version = need(held, current)
    if by_version in (Need.HUB_IS_BEHIND, Need.WHOLE) or held_scope == scope:
        return by_version
    return Need.DIFFERENCE if same_people(held_scope, scope) else Need.WHOLE


def base_of(needed: Need, held: Version) -> Version:
    """Version that an update starts from."""
    return held if needed is Need.DIFFERENCE else NOTHING


def chunks(
    upserts: Sequence[RollPerson], removals: Sequence[str], officers: list[RollOfficer] | None = None
) -> list[RollChanges]:
    """Changes in parts that fit a message each; one empty part when there are none. Officers go first.

    A terminal that is to know no officers any more hears so in the first part.
    """
    parts = [RollChanges(upserts=group, removals=[]) for group in _groups(upserts)] or [
        RollChanges(upserts=[], removals=[])
    ]
    if removals:
        parts.insert(0, RollChanges(upserts=[], removals=list(removals)))
    if officers is None:
        return parts
    held = [part for part in parts if part.upserts or part.removals]
    return [*_officer_parts(officers), *held]


def _officer_parts(officers: list[RollOfficer]) -> list[RollChanges]:
    """All of them together are the officers of the copy: fingers of hundreds do not fit one message."""
    parts: list[RollChanges] = []
    some: list[RollOfficer] = []
    size = 0
    for officer in officers:
        weight = len(encode(officer))
        if some and size + weight > MAX_CHUNK_BYTES:
            parts.append(RollChanges(upserts=[], removals=[], officers=some))
            some, size = [], 0
        some.append(officer)
        size += weight
    return [*parts, RollChanges(upserts=[], removals=[], officers=some)]


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
