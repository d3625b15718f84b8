"""What terminals tell late, summed up: a hundred that return must not hide who passes now.

The first few of a return are told whole, as ever. From then on one line stands for all of them, and grows.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from hub.control_room.feed_lines import SPAN, is_late, late_items
from hub.movements.records import FeedItem, FeedKind

FEW: Final = 4
"""So many of a return are told whole: somebody who passed while a line was down for a minute keeps their name."""
QUIET: Final = timedelta(seconds=60)
"""After so long without a late line the next begins a return of its own."""
MOST_LASTS: Final = timedelta(minutes=10)
"""A line that no longer stops growing would say nothing of when."""
TOLD_EVERY_S: Final = 1.0
RETURNS_SHOWN: Final = 3
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """Late lines that are alike: of one journal, about one way, of one kind and decision."""

    terminal: str
    journal: str
    kind: str
    decision: str | None
    zones: frozenset[str]
    lines: int
    first_sequence: int
    last_sequence: int
    first_at: datetime
    last_at: datetime


@dataclass
class _OfJournal:
    """What one journal told late."""

    first: Told
    zones: frozenset[str] = frozenset()
    decisions: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    sequences: tuple[int, int] = (0, 0)
    span: tuple[datetime, datetime] | None = None

    def add(self, told: Told) -> None:
        self.zones |= told.zones
        if told.kind == FeedKind.ATTEMPT:
            self.attempts += told.lines
        else:
            self.decisions[told.decision or ""] += told.lines
        low, high = self.sequences if self.span else (told.first_sequence, told.last_sequence)
        self.sequences = (min(low, told.first_sequence), max(high, told.last_sequence))
        begin, end = self.span or (told.first_at, told.last_at)
        self.span = (min(begin, told.first_at), max(end, told.last_at))

    def document(self) -> dict[str, Any]:
        assert self.span is not None
        return {
            "terminal": self.first.terminal,
            "journal": self.first.journal,
            "first_sequence": self.sequences[0],
            "last_sequence": self.sequences[1],
            "passages": sum(self.decisions.values()),
            "decisions": dict(self.decisions),
            "attempts": self.attempts,
            "first_at": self.span[0],
            "last_at": self.span[1],
        }


class Return:
    """Late lines that came in together, of whichever terminals."""

    def __init__(self, began_at: datetime) -> None:
        self.began_at = self.heard_at = began_at
        self.id = 0
        self.lines = 0
        self._journals: dict[tuple[str, str], _OfJournal] = {}

    @property
    def is_summed(self) -> bool:
        """Whether there are too many to tell each."""
        return self.lines > FEW

    def takes(self, now: datetime) -> bool:
        """Whether what comes now is of this return still."""
        return now - self.heard_at <= QUIET and now - self.began_at <= MOST_LASTS

    def add(self, all_told: Iterable[Told], number: int, now: datetime) -> None:
        """Take lines; `number` is that of the first of them, and becomes the sum's when they are too many."""
        for told in all_told:
            of_journal = self._journals.setdefault((told.terminal, told.journal), _OfJournal(told))
            of_journal.add(told)
            self.lines += told.lines
        self.heard_at = now
        if self.is_summed and not self.id:
            self.id = number

    def document(self, hidden: frozenset[str] = frozenset()) -> dict[str, Any] | None:
        """The sum as screens get it, without journals that tell of a zone in `hidden`; None when none is left."""
        shown = [one for one in self._journals.values() if hidden.isdisjoint(one.zones)]
        if not shown or not self.is_summed:
            return None
        rows = sorted((one.document() for one in shown), key=lambda row: (row["terminal"], row["first_at"]))
        return {
            "id": self.id,
            "kind": "late",
            "at": max(row["last_at"] for row in rows),
            "noted_at": self.heard_at,
            "terminals": rows,
        }


class Returns:
    """The last returns, of which the newest may go on. Not for two threads at once."""

    def __init__(self, before: Iterable[Return] = ()) -> None:
        self.shown = deque(before, RETURNS_SHOWN)
        self._untold: list[Return] = []
        self._told_s = 0.0

    def whole_of(self, items: Sequence[FeedItem], now: datetime) -> list[FeedItem]:
        """Those of new items that are told each."""
        late = sum(is_late(item) for item in items)
        going_on = self._going_on(now)
        if late + (going_on.lines if going_on else 0) <= FEW:
            return list(items)
        return [item for item in items if not is_late(item)]

    def take(self, items: Sequence[FeedItem], now: datetime) -> None:
        """Add the late ones of new items to the sum."""
        late = [item for item in items if is_late(item)]
        if not late:
            return
        going_on = self._going_on(now)
        if going_on is None:
            going_on = Return(now)
            self.shown.append(going_on)
        going_on.add([told_of(item) for item in late], late[0].id, now)
        if going_on.is_summed and going_on not in self._untold:
            self._untold.append(going_on)

    def due(self, now_s: float) -> list[Return]:
        """Sums that changed, at most once a second (`now_s` is that of a clock that never goes back)."""
        if not self._untold or now_s - self._told_s < TOLD_EVERY_S:
            return []
        self._told_s = now_s
        due, self._untold = self._untold, []
        return due

    def _going_on(self, now: datetime) -> Return | None:
        return self.shown[-1] if self.shown and self.shown[-1].takes(now) else None


def told_of(item: FeedItem) -> Told:
    """One late item."""
    payload, at = item.payload, datetime.fromisoformat(item.payload["at"])
    number, zones = int(payload["sequence"]), {payload.get("from_zone"), payload.get("to_zone")}
    return Told(
        terminal=payload["terminal"],
        journal=payload["journal"],
        kind=item.kind,
        decision=payload.get("decision"),
        zones=frozenset(zone for zone in zones if zone is not None),
        lines=1,
        first_sequence=number,
        last_sequence=number,
        first_at=at,
        last_at=at,
    )


def returned(
    session: Session, heard_at: datetime, *, after: int = 0, since: datetime = _EVER
) -> Return | None:
    """The sum of late items with a number above `after` that were noted since `since`, the last of them at
    `heard_at`; None when there is none."""
    newest = select(func.max(FeedItem.id)).scalar_subquery()
    payload = FeedItem.payload
    each = (
        select(
            FeedItem.id.label("id"),
            payload["terminal"].as_string().label("terminal"),
            payload["journal"].as_string().label("journal"),
            FeedItem.kind.label("kind"),
            payload["decision"].as_string().label("decision"),
            payload["from_zone"].as_string().label("from_zone"),
            payload["to_zone"].as_string().label("to_zone"),
            cast(payload["sequence"].as_string(), BigInteger).label("sequence"),
            payload["at"].as_string().label("at"),
        )
        .where(FeedItem.id > after, FeedItem.id > newest - SPAN, FeedItem.at >= since, late_items())
        .subquery()
    )
    alike = (each.c.terminal, each.c.journal, each.c.kind, each.c.decision, each.c.from_zone, each.c.to_zone)
    # Times are written in UTC and one form, so the least text is the earliest.
    sums = (func.count(), func.min(each.c.sequence), func.max(each.c.sequence), func.min(each.c.at))
    rows = session.execute(
        select(*alike, *sums, func.max(each.c.at), func.min(each.c.id)).group_by(*alike)
    ).all()
    if not rows:
        return None
    found = Return(heard_at)
    found.add((_told(row) for row in rows), min(row[-1] for row in rows), heard_at)
    return found


def _told(row: Any) -> Told:
    terminal, journal, kind, decision, from_zone, to_zone, lines, first, last, first_at, last_at, _ = row
    zones = frozenset(zone for zone in (from_zone, to_zone) if zone is not None)
    began_at, ended_at = datetime.fromisoformat(first_at), datetime.fromisoformat(last_at)
    return Told(terminal, journal, kind, decision, zones, lines, first, last, began_at, ended_at)
