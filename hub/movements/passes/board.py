"""The board of moves: who is due, on the way, there, overdue, unaccounted for. Nothing here writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.passes.reading import Pass, open_passes
from hub.movements.passes.rules import PassState
from hub.movements.passes.seen import Known, known_places
from hub.movements.site.tree import Tree, load

SOON: Final = timedelta(hours=2)
MOST_DUE: Final = 80
"""In an unlock hundreds are due at once: nobody reads more names than these from a screen."""
ORDER: Final = (
    PassState.UNACCOUNTED,
    PassState.OVERDUE,
    PassState.DEPARTED,
    PassState.ARRIVED,
    PassState.DUE,
)
"""Whoever needs a person first stands first."""


@dataclass(frozen=True)
class MoveLine:
    """A pass as the board shows it: zones in words, and where the person was last proven to be."""

    held: Pass
    start: str
    to: str
    seen: str
    known: Known | None
    since: datetime

    @property
    def is_late(self) -> bool:
        return self.held.state in (PassState.OVERDUE, PassState.UNACCOUNTED)


@dataclass(frozen=True)
class DueGroup:
    """People who may go to one place from one time on, told of as a number."""

    from_at: datetime
    to_zone_id: int
    to: str
    reason: str
    people: int


@dataclass(frozen=True)
class Board:
    """Moves by state, in the order in which they stand; `later` is how many more are planned after `until_at`."""

    lines: dict[PassState, list[MoveLine]]
    until_at: datetime
    later: int

    def shown(self, state: PassState) -> list[MoveLine]:
        """Those that stand by name: everybody who may need somebody, and of those who are due the first ones."""
        return self.lines[state][:MOST_DUE] if state is PassState.DUE else self.lines[state]

    @property
    def more_due(self) -> list[DueGroup]:
        """The others who are due, by time and place."""
        found = Counter(
            (line.held.from_at, line.to, line.held.to_zone_id, line.held.reason)
            for line in self.lines[PassState.DUE][MOST_DUE:]
        )
        return [
            DueGroup(from_at, zone_id, to, reason, people)
            for (from_at, to, zone_id, reason), people in sorted(found.items())
        ]

    def count(self, state: PassState) -> int:
        return len(self.lines.get(state, ()))

    @property
    def empty(self) -> bool:
        return not any(self.lines.values())


def board(
    session: Session,
    now: datetime,
    *,
    people: Collection[int] | None = None,
    to_zones: Collection[int] | None = None,
    ahead: timedelta = SOON,
) -> Board:
    """Every open pass that begins by `now + ahead`; of these people, to these zones."""
    until_at = now + ahead
    held = open_passes(session, now, people=people)
    if to_zones is not None:
        held = [one for one in held if one.to_zone_id in to_zones]
    shown = [one for one in held if one.from_at <= until_at and one.state in ORDER]
    lines: dict[PassState, list[MoveLine]] = {state: [] for state in ORDER}
    for line in lines_of(session, shown, now):
        lines[PassState(line.held.state)].append(line)
    for state in (PassState.UNACCOUNTED, PassState.OVERDUE, PassState.DEPARTED):
        lines[state].sort(key=lambda line: line.since)
    return Board(lines, until_at, sum(one.from_at > until_at for one in held))


def lines_of(session: Session, passes: Sequence[Pass], now: datetime) -> list[MoveLine]:
    """Passes with their places in words."""
    known, tree = known_places(session, {one.person_id for one in passes}, now), load(session)
    return [_line(one, known.get(one.person_id), tree) for one in passes]


def _line(one: Pass, known: Known | None, tree: Tree) -> MoveLine:
    return MoveLine(
        held=one,
        start=tree.path(one.from_zone_id),
        to=tree.path(one.to_zone_id),
        seen="" if known is None else tree.path(known.zone_id),
        known=known,
        since=_since(one),
    )


def _since(one: Pass) -> datetime:
    """What the age of a line counts from: for whoever is due, the time at which they may go."""
    return one.from_at if one.state == PassState.DUE else one.state_since
