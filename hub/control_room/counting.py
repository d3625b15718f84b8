"""Headcounts that go on, as the screen's band shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.lines import CountLine
from hub.control_room.siting import Sites
from hub.headcount.reading import Brief, open_sessions
from hub.headcount.records import HeadcountUnit
from hub.web.language import say_in


@dataclass(frozen=True)
class Counting:
    """A count that goes on, and at which sites its units are."""

    brief: Brief
    sites: tuple[str, ...]


def read_counts(session: Session, sites: Sites, now: datetime) -> list[Counting]:
    """Oldest first."""
    found = open_sessions(session, now)
    units: dict[int, list[str]] = {one.number: [] for one in found}
    wanted = select(HeadcountUnit.headcount_id, HeadcountUnit.code)
    for number, code in session.execute(wanted.where(HeadcountUnit.headcount_id.in_(units))):
        units[number].append(code)
    return [Counting(one, sites.of(units[one.number])) for one in found]


def count_lines(counts: Sequence[Counting], language: str, sees_totals: bool) -> list[CountLine]:
    """Lines said in `language`; without `sees_totals` nothing tells how far a number is off."""
    return [_line(one.brief, one.sites, language, sees_totals) for one in counts]


def _line(count: Brief, sites: tuple[str, ...], language: str, sees_totals: bool) -> CountLine:
    return CountLine(
        key=str(count.number),
        sites=sites,
        title=count.name or say_in(language, count.words),
        state=say_in(language, count.state_words),
        since_at=count.announced_at,
        freeze_at=count.freeze_at,
        units_all=count.units_all,
        units_in=count.units_in,
        plus=count.off_plus if sees_totals else None,
        minus=count.off_minus if sees_totals else None,
        waiting=count.waiting,
        recounts=count.recounts if sees_totals else (),
        late=count.late,
        page=count.url,
    )
