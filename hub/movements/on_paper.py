"""Movements written into a book while all was dark: entered afterwards, and taken back where they were never so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hub.movements import feed
from hub.movements.actions import apply_passages
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import Movement, MovementReversal
from hub.movements.rules import ADMIT, Proof
from hub.movements.whereabouts.proofs import BOOK
from hub.movements.whereabouts.prove import withdraw
from hub.movements.whereabouts.rules import limits_at
from hub.rows import insert_rows

ON_PAPER: Final = "on_paper"


@dataclass(frozen=True)
class Crossing:
    """Somebody's way from one zone to another as a book has it, in the row `line` of its batch."""

    person: Somebody
    from_zone: Place
    to_zone: Place
    occurred_at: datetime
    line: int


def enter_crossings(
    session: Session, batch: bytes, crossings: Collection[Crossing], *, officer: str, at: datetime
) -> dict[int, int]:
    """Record what a batch tells, heard of at `at` from `officer`; the movement's number by row.

    `batch` (16 bytes) is the batch's own journal, once. A position changes only where the row is later than what
    proved it: a scan after it stays, and one at the same moment counts more than handwriting.
    """
    slack = timedelta(seconds=limits_at(session, at).paper_slack_s)
    # Within a journal the sequence decides who is later, so that it has to follow the times, not the rows.
    ordered = sorted(crossings, key=lambda one: (one.occurred_at, one.line))
    passages = [_passage(batch, number, one, officer, slack) for number, one in enumerate(ordered, 1)]
    feed.append(session, apply_passages(session, passages, at=at))
    rows = session.execute(
        select(Movement.sequence, Movement.id).where(Movement.terminal == BOOK, Movement.journal_id == batch)
    )
    return {ordered[sequence - 1].line: movement for sequence, movement in rows}


def take_back_crossings(session: Session, batch: bytes, *, by: str, reason: str, at: datetime) -> int:
    """Say of every movement of a batch that it was never so; how many. Positions are as if it had not been entered."""
    rows = session.execute(
        select(Movement.id, Movement.person_id).where(Movement.terminal == BOOK, Movement.journal_id == batch)
    ).all()
    movements, people = [row.id for row in rows], {row.person_id for row in rows}
    insert_rows(
        session,
        MovementReversal,
        [
            {"movement_id": one, "reversed_at": at, "reversed_by": by[:64], "reason": reason[:300]}
            for one in movements
        ],
    )
    withdraw(session, people, BOOK, batch, None, at, reason)
    return len(movements)


def is_reversed() -> ColumnElement[bool]:
    """A condition on movements: it was taken back."""
    return exists().where(MovementReversal.movement_id == Movement.id)


def same_on_paper(session: Session, person_id: int, occurred_at: datetime) -> bool:
    """Whether a movement of this person at this moment was entered from paper before, and still stands."""
    wanted = select(Movement.id).where(
        Movement.person_id == person_id,
        Movement.occurred_at == occurred_at,
        Movement.terminal == BOOK,
        ~is_reversed(),
    )
    return session.scalar(wanted.limit(1)) is not None


def _passage(batch: bytes, sequence: int, one: Crossing, officer: str, slack: timedelta) -> Passage:
    return Passage(
        # Nobody set the watch that the time was read from.
        proof=Proof(
            BOOK,
            batch,
            sequence,
            one.occurred_at,
            clock_sure=False,
            link=bytes(32),
            earliest_at=one.occurred_at - slack,
            latest_at=one.occurred_at + slack,
        ),
        checkpoint="",
        from_zone=one.from_zone,
        to_zone=one.to_zone,
        decision=ADMIT,
        rule=ON_PAPER,
        person=one.person,
        late=True,
        officer=officer,
        on_paper=True,
        by_entry=False,
    )
