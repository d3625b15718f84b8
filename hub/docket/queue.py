"""Whom the docket has to look at again, from the rows that the database writes with each change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.docket.records import Waiting

MOST: Final = 100_000
"""Rows taken at once: a register that was brought in leaves more, and the next look takes those."""
_AT_ONCE: Final = 5_000


@dataclass(frozen=True)
class Queue:
    """Rows that were waiting, and whom they name. `everybody`: something changed that concerns all, as a policy."""

    numbers: Sequence[int]
    person_ids: frozenset[int]
    everybody: bool


def waiting(session: Session) -> Queue:
    """Who waits. To be asked before the facts are read: what is committed by then is in them."""
    rows = session.execute(select(Waiting.id, Waiting.person_id).order_by(Waiting.id).limit(MOST)).all()
    named = frozenset(person_id for _, person_id in rows if person_id is not None)
    return Queue([number for number, _ in rows], named, any(person_id is None for _, person_id in rows))


def looked_at(session: Session, queue: Queue) -> None:
    """Take these rows away, and no others: one with a lower number may have come meanwhile."""
    for start in range(0, len(queue.numbers), _AT_ONCE):
        numbers = queue.numbers[start : start + _AT_ONCE]
        session.execute(
            delete(Waiting).where(Waiting.id.in_(numbers)), execution_options={"synchronize_session": False}
        )
