"""Which site everybody belongs to, and what the last cleared count came to: read anew only when something changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.records import PersonChange
from hub.headcount.loading import facts_of
from hub.headcount.records import Headcount, HeadcountStep
from hub.headcount.rules import reckon
from hub.headcount.scope import scope_words
from hub.headcount.states import State
from hub.movements.cells.reading import dwellers
from hub.movements.records import Site
from hub.movements.site.tree import Tree, load

ALL_SITES: Final = ""
EVERYTHING: Final = scope_words((), ALL_SITES, ())
"""The scope of a count of all units of all sites."""
COUNT_HOLDS: Final = timedelta(days=1)
"""A roll is traced back to a count for no longer; after that to the records of midnight."""
SOONEST: Final = timedelta(seconds=5)
"""Between two readings of everybody's home, however much changes."""


@dataclass(frozen=True)
class LastCount:
    """A count that was cleared: whose roster it counted (`at`), and how many people it found or accounts for."""

    number: int
    at: datetime
    people: int


@dataclass(frozen=True)
class Belongs:
    """Site by person, by code; and the last cleared count of each site, under `ALL_SITES` one of everything."""

    sites: Mapping[int, str] = field(default_factory=dict)
    counts: Mapping[str, LastCount] = field(default_factory=dict)


class Belonging:
    """Keeps what it read. One for each thread that looks."""

    def __init__(self) -> None:
        self._homes: Mapping[int, str] = {}
        self._homes_of: tuple[int, int] | None = None
        self._homes_at: datetime | None = None
        self._counts: Mapping[str, LastCount] = {}
        self._counts_of: tuple[int, ...] | None = None

    def read(self, session: Session, now: datetime) -> Belongs:
        """As of now; homes may be some seconds old."""
        tree = load(session)
        stamp = (
            session.scalar(select(func.max(Fact.id))) or 0,
            session.scalar(select(func.max(PersonChange.id))) or 0,
        )
        early = self._homes_at is not None and timedelta(0) <= now - self._homes_at < SOONEST
        if stamp != self._homes_of and not early:
            self._homes, self._homes_of, self._homes_at = _homes(session, tree, now), stamp, now
        step = session.scalar(select(func.max(HeadcountStep.id))) or 0
        cleared = _cleared(session, now)
        counts_of = (step, *(count.id for count in cleared.values()))
        if counts_of != self._counts_of:
            self._counts = {key: _last(session, count, self._homes, now) for key, count in cleared.items()}
            self._counts_of = counts_of
        return Belongs(self._homes, self._counts)


def _homes(session: Session, tree: Tree, now: datetime) -> dict[int, str]:
    codes = {site.id: site.code for site in session.scalars(select(Site))}
    found = {}
    for one in dwellers(session, now):
        node = None if one.home is None else tree.by_code(one.home.zone)
        if node is not None:
            found[one.who.person_id] = codes[node.site_id]
    return found


def _cleared(session: Session, now: datetime) -> dict[str, Headcount]:
    """The newest cleared count of everything, and of each whole site."""
    wanted = select(Headcount).where(
        Headcount.state == State.CLEARED.value,
        Headcount.effective_at > now - COUNT_HOLDS,
        (Headcount.scope == EVERYTHING) | (Headcount.scope == Headcount.site),
    )
    rows = session.scalars(wanted.order_by(Headcount.effective_at)).all()
    return {ALL_SITES if count.scope == EVERYTHING else count.site: count for count in rows}


def _last(session: Session, count: Headcount, homes: Mapping[int, str], now: datetime) -> LastCount:
    """What a cleared count came to: everybody counted, and everybody of the site whom it knows to be elsewhere."""
    found = reckon(facts_of(session, count, now))
    assert count.effective_at is not None
    people = found.sum
    if count.scope != EVERYTHING:
        others = [one for one in (*found.elsewhere, *found.away) if homes.get(one, count.site) != count.site]
        people -= found.outside_scope + len(others)
    return LastCount(count.id, count.effective_at, people)
