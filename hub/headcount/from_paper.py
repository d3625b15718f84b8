"""Counts made on paper while all was dark: entered afterwards as what they were, and taken back. The caller commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.headcount.leading import Asked, announce, cancel
from hub.headcount.limits import rules_at
from hub.headcount.records import Headcount, HeadcountSlip, HeadcountUnit
from hub.headcount.states import ENDED, State
from hub.headcount.taking import PAPER, NewSlip, Told, take_slip
from hub.movements.site.tree import load as load_tree
from hub.sentences import RefusedError, Sentence
from wire.happenings import CountKind, CountMethod

FROM_PAPER: Final = "from paper"


@dataclass(frozen=True)
class PaperCount:
    """A line of a book: who counted how many in a unit, and when; `line` is its row in the batch."""

    unit: str
    counted: int
    counters: tuple[str, ...]
    at: datetime
    line: int


def enter(
    session: Session, batch: bytes, paper: str, rows: Iterable[PaperCount], *, actor: Actor, at: datetime
) -> dict[int, int]:
    """Keep the counts of a batch (16 bytes name it), heard of at `at`; the headcount of each row.

    A unit that a count was asking for at that hour answers it, late. All others that lie close together are one
    count of their own, which the control room clears or cancels. Zones in which nobody counts are left out.
    """
    units = {unit.code for unit in load_tree(session).units()}
    mine = sorted((row for row in rows if row.unit in units), key=lambda row: (row.at, row.line))
    together = timedelta(seconds=rules_at(session, at).paper_together_s)
    found: dict[int, int] = {}
    for group in _groups(mine, together):
        own: int | None = None
        for row in group:
            number = _under_way(session, row)
            if number is None:
                own = own if own is not None else _open(session, group, paper, actor, at)
                number = own
            take_slip(session, _slip(number, row, batch, actor), at)
            found[row.line] = number
    return found


def take_back(session: Session, batch: bytes, why: str, *, actor: Actor, at: datetime) -> None:
    """What the batch told was never so: its own counts are cancelled. RefusedError for one that was cleared on it."""
    rows = session.scalars(
        select(Headcount)
        .join(HeadcountSlip, HeadcountSlip.headcount_id == Headcount.id)
        .where(HeadcountSlip.terminal == PAPER, HeadcountSlip.journal_id == batch)
        .distinct()
    ).all()
    for count in rows:
        state = State(count.state)
        if state is State.CLEARED:
            raise RefusedError(
                "count_cleared",
                Sentence("Headcount %(number)s was cleared with this batch. It stays.", {"number": count.id}),
            )
        if count.paper is not None and state not in ENDED:
            cancel(session, count, reason=f"{FROM_PAPER}: {why}", actor=actor, at=at)
        elif count.paper is None:
            raise RefusedError(
                "count_answered",
                Sentence(
                    "Headcount %(number)s rests on this batch. Recount there first.", {"number": count.id}
                ),
            )


def _groups(rows: Sequence[PaperCount], together: timedelta) -> list[list[PaperCount]]:
    """Rows that lie close together; a unit that comes twice begins another count."""
    found: list[list[PaperCount]] = []
    for row in rows:
        last = found[-1] if found else None
        near = last is not None and row.at - last[0].at <= together
        if last is None or not near or row.unit in {one.unit for one in last}:
            found.append([row])
        else:
            last.append(row)
    return found


def _under_way(session: Session, row: PaperCount) -> int | None:
    """A count that asked for this unit at that hour."""
    wanted = (
        select(Headcount.id)
        .join(HeadcountUnit, HeadcountUnit.headcount_id == Headcount.id)
        .where(
            HeadcountUnit.code == row.unit,
            Headcount.state != State.CANCELLED.value,
            Headcount.paper.is_(None),
            Headcount.announced_at <= row.at,
            Headcount.ended_at.is_(None) | (Headcount.ended_at >= row.at),
        )
    )
    return session.scalar(wanted.order_by(Headcount.id.desc()).limit(1))


def _open(session: Session, group: Sequence[PaperCount], paper: str, actor: Actor, at: datetime) -> int:
    """A count of these units at the hour of the first; one that goes on now holds none of them from then."""
    asked = Asked(CountKind.INFORMAL, units=tuple(row.unit for row in group), paper=paper[:80])
    count = announce(session, asked, actor=actor, at=group[0].at)
    write_down(
        session, at=at, actor=actor, act="count.paper", subject=str(count.id), detail=f"{len(group)} units"
    )
    return count.id


def _slip(number: int, row: PaperCount, batch: bytes, actor: Actor) -> NewSlip:
    return NewSlip(
        session=number,
        unit=row.unit,
        recount=0,
        method=CountMethod.NUMBER,
        observed=row.counted,
        counters=row.counters,
        took_s=0,
        signs_of_life=True,
        told=Told(PAPER, batch, row.line, row.at, clock_sure=False),
        remarks=FROM_PAPER,
        entered_by=actor.login,
    )
