"""Movements written into a book while all was dark: entered afterwards, and taken back where they were never so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from hub.database import insert_rows
from hub.movements import feed
from hub.movements.actions import apply_passages
from hub.movements.passages import Passage, Place, Somebody
from hub.movements.records import Movement, MovementReversal, Position, PositionBefore
from hub.movements.rules import ADMIT, Proof, supersedes

BOOK: Final = "paper"
"""Stands in the place of the terminal. No terminal can be meant: the journal is the batch's own."""
ON_PAPER: Final = "on_paper"
_PLACE: Final = ("zone_id", "source", "proven_at", "clock_sure", "terminal", "journal_id", "sequence")


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
    people = {one.person.id for one in crossings}
    _keep_before(session, batch, people)
    # Within a journal the sequence decides who is later, so that it has to follow the times, not the rows.
    ordered = sorted(crossings, key=lambda one: (one.occurred_at, one.line))
    passages = [_passage(batch, number, one, officer) for number, one in enumerate(ordered, 1)]
    feed.append(session, apply_passages(session, passages, at=at))
    rows = session.execute(
        select(Movement.sequence, Movement.id).where(Movement.terminal == BOOK, Movement.journal_id == batch)
    )
    return {ordered[sequence - 1].line: movement for sequence, movement in rows}


def take_back_crossings(session: Session, batch: bytes, *, by: str, reason: str, at: datetime) -> int:
    """Say of every movement of a batch that it was never so; how many. Positions are as if it had not been entered."""
    movements = session.scalars(
        select(Movement.id).where(Movement.terminal == BOOK, Movement.journal_id == batch)
    ).all()
    insert_rows(
        session,
        MovementReversal,
        [
            {"movement_id": one, "reversed_at": at, "reversed_by": by[:64], "reason": reason[:300]}
            for one in movements
        ],
    )
    wanted = select(Position).where(Position.terminal == BOOK, Position.journal_id == batch)
    for position in session.scalars(wanted.order_by(Position.person_id).with_for_update()).all():
        _prove_again(session, position)
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


def _keep_before(session: Session, batch: bytes, people: Collection[int]) -> None:
    wanted = select(Position).where(Position.person_id.in_(people)).order_by(Position.person_id)
    held = session.scalars(wanted.with_for_update()).all()
    rows = [
        {"batch": batch, "person_id": one.person_id, **{name: getattr(one, name) for name in _PLACE}}
        for one in held
    ]
    insert_rows(session, PositionBefore, rows)


def _passage(batch: bytes, sequence: int, one: Crossing, officer: str) -> Passage:
    return Passage(
        # Nobody set the watch that the time was read from.
        proof=Proof(BOOK, batch, sequence, one.occurred_at, clock_sure=False, link=bytes(32)),
        checkpoint="",
        from_zone=one.from_zone,
        to_zone=one.to_zone,
        decision=ADMIT,
        rule=ON_PAPER,
        person=one.person,
        late=True,
        officer=officer,
        on_paper=True,
    )


def _prove_again(session: Session, position: Position) -> None:
    """The latest of what any batch moved on and of every movement, where these still stand."""
    best: dict[str, object] | None = None
    for found in _proofs(session, position.person_id):
        if best is None or supersedes(_proof(found), _proof(best)):
            best = found
    if best is None:
        session.execute(delete(Position).where(Position.person_id == position.person_id))
        return
    session.execute(update(Position).where(Position.person_id == position.person_id).values(**best))


def _proofs(session: Session, person_id: int) -> Sequence[dict[str, object]]:
    held = session.scalars(select(PositionBefore).where(PositionBefore.person_id == person_id))
    found = [_place(one) for one in held if not _is_undone(session, one)]
    rows = session.scalars(select(Movement).where(Movement.person_id == person_id, ~is_reversed()))
    return found + [
        {
            "zone_id": row.to_zone_id,
            "source": row.method.lower(),
            "proven_at": row.occurred_at,
            "clock_sure": row.clock_sure,
            "terminal": row.terminal,
            "journal_id": row.journal_id,
            "sequence": row.sequence,
        }
        for row in rows
    ]


def _is_undone(session: Session, before: PositionBefore) -> bool:
    """The position came from a batch that was taken back since."""
    wanted = select(Movement.id).where(
        Movement.terminal == before.terminal, Movement.journal_id == before.journal_id, is_reversed()
    )
    return session.scalar(wanted.limit(1)) is not None


def _place(before: PositionBefore) -> dict[str, object]:
    return {name: getattr(before, name) for name in _PLACE}


def _proof(place: dict[str, object]) -> Proof:
    return Proof(
        str(place["terminal"]),
        place["journal_id"],  # type: ignore[arg-type]
        place["sequence"],  # type: ignore[arg-type]
        place["proven_at"],  # type: ignore[arg-type]
        bool(place["clock_sure"]),
    )
