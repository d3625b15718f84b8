"""Who is where, as far as this gate can know: the hub's last word, and whom it let in itself since. Pure.

The hub's word counts as it was when it came; how old it is decides what it is worth. What happened at this very gate is
known here first, and goes on being known with the hub away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from wire.plan import Presence

ON_ITS_WAY: Final = timedelta(seconds=10)
"""So long after an admission here the hub may not have heard of it yet."""


class Where(Enum):
    """What is known of somebody and some zones."""

    THERE = "there"
    MAYBE_THERE = "maybe_there"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class LastSeen:
    """The latest proof of somebody that this gate knows; `here` when it is its own."""

    zone: str
    at: datetime
    sure: bool
    here: bool = False


@dataclass(frozen=True)
class Whereabouts:
    """`seen` and `counts` are the hub's, of `said_at`; `entered` whom this gate let into its far zone, and when.

    `fresh` tells whether the hub's word is young enough to decide by; what happened here since `recent_from` is young
    enough without it.
    """

    to_zone: str
    seen: Mapping[str, LastSeen] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    said_at: datetime | None = None
    fresh: bool = False
    entered: Mapping[str, datetime] = field(default_factory=dict)
    recent_from: datetime | None = None

    def last(self, person: str) -> LastSeen | None:
        """Where somebody was proven to be last, by the hub's word or by this gate."""
        told, own = self.seen.get(person), self.entered.get(person)
        if own is None or (told is not None and told.at >= own):
            return told
        if told is None and self._must_have_heard(own):
            return None  # the hub knows of it, and of something later elsewhere
        return LastSeen(self.to_zone, own, sure=True, here=True)

    def where(self, person: str, zones: frozenset[str]) -> Where:
        """Whether somebody is in one of `zones`."""
        last = self.last(person)
        if last is None:
            return Where.UNKNOWN
        if last.zone in zones:
            return Where.THERE if last.sure and self._is_young(last) else Where.MAYBE_THERE
        return Where.ELSEWHERE if self.fresh else Where.UNKNOWN

    def people_in(self) -> int | None:
        """How many are in the far zone; None when the hub's word is too old to count by."""
        if not self.fresh or self.to_zone not in self.counts:
            return None
        said = self.said_at
        told = {who for who, last in self.seen.items() if last.zone == self.to_zone}
        new = [who for who, at in self.entered.items() if who not in told and (said is None or at >= said)]
        return self.counts[self.to_zone] + len(new)

    def _is_young(self, last: LastSeen) -> bool:
        """Who came in here long ago may have left elsewhere since: with an old word of the hub nobody can tell."""
        return self.fresh or (last.here and self.recent_from is not None and last.at >= self.recent_from)

    def _must_have_heard(self, at: datetime) -> bool:
        return self.fresh and self.said_at is not None and self.said_at - at > ON_ITS_WAY


def seen_of(presence: Presence) -> dict[str, LastSeen]:
    """The hub's word by person."""
    return {one.person: LastSeen(one.zone, one.proven_at, one.sure) for one in presence.seen}
