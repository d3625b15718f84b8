"""Keeping the roll of each day, once it is over; and proving a kept one. The caller holds the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.records import Fact
from hub.database import Sessions, session_scope
from hub.sentences import RefusedError, Sentence
from hub.statistics.periods import Period
from hub.statistics.snapshots.records import RollSnapshot
from hub.statistics.snapshots.rolls import Body, digest_of, roll_on, written
from hub.web.formats import SITE_ZONE

SETTLED: Final = timedelta(minutes=10)
"""What is kept was known so long before: what a transaction still holds back by then would be known and not seen."""
IN_TIME: Final = timedelta(days=2)
"""A roll that was known so long after its day at most was kept in the course of the days, and not looked up later."""
FIRST: Final = "0" * 64


@dataclass(frozen=True)
class Proof:
    """Whether a kept roll is what it was: its seal, and what the facts give again."""

    day: date
    sealed: bool
    kept: Body
    again: Body

    @property
    def same(self) -> bool:
        return self.kept == self.again


def take(
    session: Session, day: date, *, actor: Actor, at: datetime, known_at: datetime | None = None
) -> RollSnapshot:
    """Keep the roll of a day, as known at `known_at`; None: as far as is settled by now.

    RefusedError before it is over, and where it was kept already.
    """
    settled_at = at - SETTLED
    known_at = settled_at if known_at is None else min(known_at, settled_at)
    if Period(day, day).ends_at > known_at:
        raise RefusedError(
            "day_not_over", Sentence("The roll of a day is kept once the day is over for ten minutes.")
        )
    if kept_on(session, day) is not None:
        raise RefusedError(
            "kept_already", Sentence("The roll of this day was kept already, and is not kept anew.")
        )
    body = roll_on(session, day, known_at).body
    text = written(body)
    previous = session.scalar(select(RollSnapshot.digest).order_by(RollSnapshot.id.desc()).limit(1)) or FIRST
    row = RollSnapshot(
        day=day, known_at=known_at, taken_at=at, total=body.total, body=text, previous=previous,
        digest=digest_of(previous, day, known_at, text),
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_down(
        session,
        at=at,
        actor=actor,
        act="figures.snapshot",
        subject=day.isoformat(),
        detail=f"{body.total} held",
    )
    return row


def kept_on(session: Session, day: date) -> RollSnapshot | None:
    """The kept roll of a day."""
    return session.scalar(select(RollSnapshot).where(RollSnapshot.day == day))


def body_of(row: RollSnapshot) -> Body:
    """The numbers of a kept roll."""
    return msgspec.json.decode(row.body, type=Body)


def prove(session: Session, row: RollSnapshot) -> Proof:
    """A kept roll beside the one that the facts give for the same day, as known at the same time."""
    return Proof(row.day, is_sealed(row), body_of(row), roll_on(session, row.day, row.known_at).body)


def is_sealed(row: RollSnapshot) -> bool:
    """Whether the row is what was sealed."""
    return row.digest == digest_of(row.previous, row.day, row.known_at, row.body)


def broken_seals(session: Session) -> list[date]:
    """Days whose kept roll was changed, or from whose place in the chain one is missing."""
    found, previous = [], FIRST
    for row in session.scalars(select(RollSnapshot).order_by(RollSnapshot.id)):
        if row.previous != previous or not is_sealed(row):
            found.append(row.day)
        previous = row.digest
    return found


def missing_days(session: Session, at: datetime) -> list[date]:
    """Days whose roll is due and was not kept, the oldest first: since the first one kept in its time, to yesterday.

    Where none was, yesterday; nothing is kept of a register without a fact.
    """
    yesterday = (at - SETTLED).astimezone(SITE_ZONE).date() - timedelta(days=1)
    kept = {row.day: row.known_at for row in session.execute(select(RollSnapshot.day, RollSnapshot.known_at))}
    if session.scalar(select(func.min(Fact.id))) is None:
        return []
    # Somebody may have kept a day of years ago by hand: nobody asked for all the days since.
    first = min(
        (day for day, known_at in kept.items() if known_at - Period(day, day).ends_at < IN_TIME),
        default=yesterday,
    )
    days = (first + timedelta(days=one) for one in range((yesterday - first).days + 1))
    return [day for day in days if day not in kept]


def keep_missing(sessions: Sessions, *, actor: Actor, at: datetime) -> tuple[date | None, int]:
    """For a process that runs anyway: the oldest missing day, which it kept, and how many are missing still.

    Each is kept as known at its own end, so that one kept days later says what would have been kept then.
    """
    with session_scope(sessions, writes=False) as session:
        days = missing_days(session, at)
    if not days:
        return None, 0
    day, *rest = days
    with session_scope(sessions) as session:
        if kept_on(session, day) is None:
            take(session, day, actor=actor, at=at, known_at=Period(day, day).ends_at)
    return day, len(rest)
