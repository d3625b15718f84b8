"""Reading facts past a cursor, each once, whoever commits first.

Numbers of facts are given out before their transactions commit, so on PostgreSQL a lower one may appear after a higher
one. Whatever is there is read at once; the cursor itself moves only up to where nothing can appear any more, and what
was read beyond it is remembered. One long transaction (an import of a whole register) so holds nobody else's news up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.rows import insert_rows
from hub.sharing.outbox.deriving import FactRow
from hub.sharing.outbox.records import FactCursor, FactTaken

NAME: Final = "outbox"
MARGIN: Final = timedelta(seconds=10)
"""A writer has its number an instant before PostgreSQL counts its transaction among those that go on."""
_TABLE: Final = Fact.__table__.c
_COLUMNS: Final = tuple(_TABLE[name] for name in FactRow._fields)


def begin(session: Session) -> FactCursor | None:
    """The cursor, held by this transaction until its end; None where facts were never read before.

    The first call puts it behind the newest fact: what was recorded before anybody could be told of it is history.
    """
    held = session.scalar(select(FactCursor).where(FactCursor.name == NAME).with_for_update())
    if held is None:
        newest = session.scalar(select(func.max(Fact.id))) or 0
        session.add(FactCursor(name=NAME, settled=newest, noted=newest, horizon=0, noted_at=None))
        session.flush()
    return held


def anything_new(session: Session) -> bool:
    """Whether there is a fact that was not read, or no cursor yet: asked before a transaction that writes."""
    held = session.scalar(select(FactCursor).where(FactCursor.name == NAME))
    if held is None:
        return True
    return session.execute(_unread(held).limit(1)).first() is not None


def unread(session: Session, cursor: FactCursor, most: int) -> Sequence[FactRow]:
    """The next facts that were not read yet, lowest first."""
    rows: Sequence[Any] = session.execute(_unread(cursor).limit(most)).all()
    return [FactRow(*row) for row in rows]


def take(session: Session, cursor: FactCursor, rows: Sequence[FactRow], at: datetime) -> None:
    """Remember that these were read, and move the cursor as far as it may go."""
    if session.get_bind().dialect.name == "sqlite":
        # One writer at a time: numbers appear in their order.
        if rows:
            cursor.settled = cursor.noted = max(row.id for row in rows)
        return
    insert_rows(session, FactTaken, [{"fact_id": row.id} for row in rows])
    _settle(session, cursor, at)


def _unread(cursor: FactCursor) -> Any:
    taken = select(FactTaken.fact_id).where(FactTaken.fact_id == _TABLE.id).exists()
    return select(*_COLUMNS).where(_TABLE.id > cursor.settled, ~taken).order_by(_TABLE.id)


def _settle(session: Session, cursor: FactCursor, at: datetime) -> None:
    oldest, following = session.execute(
        text(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint "
            "FROM pg_current_snapshot() AS s"
        )
    ).one()
    if cursor.noted_at is not None and oldest >= cursor.horizon and at - cursor.noted_at >= MARGIN:
        first = session.execute(_unread(cursor).limit(1)).first()
        cursor.settled = cursor.noted if first is None else min(cursor.noted, first.id - 1)
        session.execute(delete(FactTaken).where(FactTaken.fact_id <= cursor.settled))
        cursor.noted_at = None
    if cursor.noted_at is None:
        newest = session.scalar(select(func.max(FactTaken.fact_id)))
        if newest is not None:
            cursor.noted, cursor.horizon, cursor.noted_at = newest, following, at
    session.flush()
