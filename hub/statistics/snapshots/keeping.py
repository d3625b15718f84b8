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


def take(session: Session, day: date, *, actor: Actor, at: datetime) -> RollSnapshot:
    """Keep the roll of a day. RefusedError before it is over, and where it was kept already."""
    known_at = at - SETTLED
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


def missing_day(session: Session, at: datetime) -> date | None:
    """Yesterday, where its roll is due and was not kept; nothing is kept of a register without a fact."""
    day = (at - SETTLED).astimezone(SITE_ZONE).date() - timedelta(days=1)
    if kept_on(session, day) is not None or session.scalar(select(func.min(Fact.id))) is None:
        return None
    return day


def keep_yesterday(sessions: Sessions, *, actor: Actor, at: datetime) -> date | None:
    """The turn of the day, for a process that runs anyway: the day whose roll it kept, None where nothing was due."""
    with session_scope(sessions, writes=False) as session:
        day = missing_day(session, at)
    if day is None:
        return None
    with session_scope(sessions) as session:
        if kept_on(session, day) is None:
            take(session, day, actor=actor, at=at)
    return day
