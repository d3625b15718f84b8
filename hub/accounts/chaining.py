"""Append-only rows chained a moment after they were written: what the trail and the log of sharing have in common.

Rows are written plainly, so that no two doors wait for each other. A process links them in batches: each link covers
the link before it, its own place and the whole row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from hub.database import Base
from hub.rows import insert_rows

LATE: Final = timedelta(minutes=5)
"""A row dated longer before the seal that it comes after was not written when it says."""
_CHUNK: Final = 2_000


class Misfit(StrEnum):
    """How a row does not fit the chain."""

    LINK_MISSING = "link_missing"
    DELETED = "deleted"
    CHANGED = "changed"
    INSERTED = "inserted"


@dataclass(frozen=True)
class Chain:
    """`rows` with `id` and `at`; `links` with `position`, `link`, and `names`, the column that names the row.

    `look_back`: a row may become visible after others with higher ids (PostgreSQL), never behind so many.
    """

    rows: type[Base]
    links: type[Base]
    names: str
    start: bytes
    link_of: Callable[[bytes, int, Any], bytes]
    look_back: int

    def waiting(self, session: Session, most: int) -> Sequence[Any]:
        """Rows without a link, oldest first."""
        row, name = self._tables()
        newest = session.scalar(select(func.max(name))) or 0
        wanted = (
            select(*row.c)
            .outerjoin(name.table, name == row.c.id)
            .where(name.is_(None), row.c.id > newest - self.look_back)
            .order_by(row.c.id)
            .limit(most)
        )
        return session.execute(wanted).all()

    def end(self, session: Session) -> tuple[int, bytes]:
        """Where the chain ends: place and link, (0, start) before the first row."""
        link = self._tables()[1].table.c
        last = session.execute(
            select(link.position, link.link).order_by(link.position.desc()).limit(1)
        ).first()
        return (0, self.start) if last is None else (last.position, last.link)

    def extend(self, session: Session, rows: Sequence[Any]) -> tuple[int, bytes]:
        """Link these rows; where the chain ends then. IntegrityError when another was faster."""
        position, link = self.end(session)
        links = []
        for row in rows:
            position += 1
            link = self.link_of(link, position, row)
            links.append({"position": position, self.names: row.id, "link": link})
        insert_rows(session, self.links, links)
        return position, link

    def linked(self, session: Session) -> Iterator[Any]:
        """Links with their rows, as plain rows, as objects cost twice the time: `id` is None where the row is gone."""
        row, name = self._tables()
        link = name.table.c
        wanted = (
            select(link.position, name, link.link, *row.c)
            .select_from(name.table)
            .outerjoin(row, row.c.id == name)
            .order_by(link.position)
            .execution_options(yield_per=_CHUNK)
        )
        return iter(session.execute(wanted))

    def follow(
        self, before: bytes, position: int, row: Any, sealed_at: datetime | None
    ) -> tuple[bytes, Misfit | None]:
        """The link of a row of `linked`, and how it does not fit; `sealed_at` is of the last seal before it."""
        if row.position != position:
            return b"", Misfit.LINK_MISSING
        if row.id is None:
            return b"", Misfit.DELETED
        link = self.link_of(before, position, row)
        if link != row.link:
            return link, Misfit.CHANGED
        return link, Misfit.INSERTED if _is_late(row.at, sealed_at) else None

    def unlinked(
        self, session: Session, sealed_at: datetime | None
    ) -> tuple[int, tuple[int, datetime] | None]:
        """How many rows wait for their link, and the first that was put in long after its date: its id and date."""
        row, name = self._tables()
        wanted = (
            select(row.c.id, row.c.at)
            .outerjoin(name.table, name == row.c.id)
            .where(name.is_(None))
            .order_by(row.c.id)
        )
        waiting = 0
        for number, at in session.execute(wanted):
            if _is_late(at, sealed_at):
                return waiting, (number, at)
            waiting += 1
        return waiting, None

    def _tables(self) -> tuple[Table, Any]:
        row, link = self.rows.__table__, self.links.__table__
        assert isinstance(row, Table)
        assert isinstance(link, Table)
        return row, link.c[self.names]


def _is_late(at: datetime, sealed_at: datetime | None) -> bool:
    return sealed_at is not None and at < sealed_at - LATE
