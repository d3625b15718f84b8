"""How urgent an open alarm is, when it goes up, and which of many are one storm. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from hub.movements.alarms.codes import LEAST_URGENT, TEST, group_of
from hub.movements.alarms.limits import Limits

SUPERVISOR, DIRECTOR = 1, 2
"""How far up an alarm has gone: `escalation`."""
_FIRST_OF_NOT_LIFE: Final = 2
"""What is not about life when it begins does not become so by waiting."""


class Standing(Protocol):
    """What these rules need to know of an alarm."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def raised_at(self) -> datetime: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def acknowledged_at(self) -> datetime | None: ...
    @property
    def over_at(self) -> datetime | None: ...
    @property
    def escalation(self) -> int: ...
    @property
    def escalated_at(self) -> datetime | None: ...


One = TypeVar("One", bound=Standing)


@dataclass(frozen=True)
class Storm:
    """Many alarms of one group that came shortly after each other; `members` are numbers, the first first."""

    group: str
    members: tuple[int, ...]


def urgency(alarm: Standing) -> int:
    """1 to 5, as it stands in the queue: one that waits rises, one that is over and acknowledged sinks."""
    if alarm.rank == 1 or alarm.code == TEST:
        risen = alarm.rank
    else:
        risen = max(_FIRST_OF_NOT_LIFE, alarm.rank - alarm.escalation)
    settled = alarm.over_at is not None and alarm.acknowledged_at is not None
    return min(LEAST_URGENT, risen + 1) if settled else risen


def place_in_queue(alarm: Standing) -> tuple[int, bool, float]:
    """Sorts the most urgent first, of these what nobody has acknowledged, of these the newest."""
    return urgency(alarm), alarm.acknowledged_at is not None, -alarm.raised_at.timestamp()


def goes_up_at(alarm: Standing, limits: Limits) -> datetime | None:
    """When it goes up one more step, None when it is at the top, or when its cause is over and somebody has it."""
    if alarm.escalation >= DIRECTOR:
        return None
    if alarm.acknowledged_at is None:
        return max(alarm.asked_at, alarm.escalated_at or alarm.asked_at) + limits.answer(alarm.rank)
    if alarm.over_at is not None:
        return None
    return max(alarm.acknowledged_at, alarm.escalated_at or alarm.acknowledged_at) + limits.deal(alarm.rank)


def storms(alarms: Sequence[One], limits: Limits) -> list[Storm]:
    """Groups of at least `storm_from` in which each came within `storm_s` of the one before; rank 1 never hides.

    The order of `alarms` changes nothing.
    """
    chains: dict[str, list[One]] = {}
    found: list[Storm] = []
    gap = timedelta(seconds=limits.storm_s)
    for alarm in sorted(alarms, key=lambda one: (one.raised_at, one.id)):
        if alarm.rank == 1:
            continue
        group = group_of(alarm.code)
        chain = chains.get(group, [])
        if chain and alarm.raised_at - chain[-1].raised_at > gap:
            found += _storm(group, chain, limits)
            chain = []
        chains[group] = [*chain, alarm]
    for group, chain in chains.items():
        found += _storm(group, chain, limits)
    return found


def _storm(group: str, chain: Sequence[Standing], limits: Limits) -> list[Storm]:
    if len(chain) < limits.storm_from:
        return []
    return [Storm(group, tuple(alarm.id for alarm in chain))]
