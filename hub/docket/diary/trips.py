"""Dates in court become goings out by themselves, and are called off when the court moves them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.absence import Why
from hub.database import Sessions, session_scope
from hub.docket.diary.reading import Appointment, appointments, day_of
from hub.logs import log
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.external.authorising import Trip, Wish, call_off, go_once
from hub.movements.external.records import Authorisation, Occurrence
from hub.movements.move_limits import limits
from hub.sentences import RefusedError, Sentence

EVERY: Final = timedelta(seconds=30)
BY_ITSELF: Final = Actor("hub", "")
_SOURCE: Final = "hearing:"
NO_WAY: Final = "court_no_way"

_log = logging.getLogger("hub.docket")


class CourtTrips:
    """One thread calls `tick`, several times a second. The same date is planned once, by whoever comes first."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._told: dict[str, str] = {}

    def tick(self, now: datetime) -> int:
        """Plan and call off what changed; gives how many."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < EVERY:
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            new, gone = _changes(session, now)
        done = 0
        refused = [source for source, one in new.items() if not self._plan(one, now)]
        done += len(new) - len(refused)
        self._settle(refused, now)
        for number in gone:
            with session_scope(self._sessions) as session:
                call_off(session, number, "the court diary changed", actor=BY_ITSELF, at=now)
            done += 1
        return done

    def _plan(self, one: Appointment, now: datetime) -> bool:
        try:
            with session_scope(self._sessions) as session:
                plan_hearing(session, one, actor=BY_ITSELF, at=now)
        except RefusedError as error:
            self._tell(one, error, now)
            return False
        return True

    def _tell(self, one: Appointment, error: RefusedError, now: datetime) -> None:
        """Two cases on one day are one way. Anybody else who is out then is missed by the court: somebody must know."""
        source = source_of(one)
        if source in self._told:
            return
        with session_scope(self._sessions) as session:
            covered = _is_taken(session, one)
            if not covered:
                raise_alarm(session, _cause(one, error), now)
        self._told[source] = "" if covered else _key(one)
        log(_log, logging.INFO, "a date in court has no way of its own", reason=error.code, covered=covered)

    def _settle(self, refused: Collection[str], now: datetime) -> None:
        """Whoever was taken there after all, or is not called any more, is missed no longer."""
        for source in [one for one in self._told if one not in refused]:
            key = self._told.pop(source)
            if key:
                with session_scope(self._sessions) as session:
                    over(session, NO_WAY, key, now)


def _is_taken(session: Session, one: Appointment) -> bool:
    """Whether the person goes to court then anyway."""
    wanted = (
        select(Occurrence.id)
        .join(Authorisation, Authorisation.id == Occurrence.authorisation_id)
        .where(
            Occurrence.person_id == one.person.id,
            Occurrence.closed_at.is_(None),
            Occurrence.leave_at <= one.hearing.hearing_at,
            Occurrence.due_back_at >= one.hearing.hearing_at,
            Authorisation.why == Why.COURT.value,
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def _key(one: Appointment) -> str:
    return f"hearing:{one.held.item}"


def _cause(one: Appointment, error: RefusedError) -> Cause:
    words = Sentence(
        "%(number)s has a date in court and nobody takes them there: %(court)s",
        {"number": one.person.number, "court": one.hearing.court},
    )
    evidence = {
        "hearing_at": one.hearing.hearing_at.isoformat(),
        "court": one.hearing.court,
        "reason": error.code,
    }
    return Cause(NO_WAY, _key(one), person_id=one.person.id, evidence=evidence, words=words)


def plan_hearing(session: Session, one: Appointment, *, actor: Actor, at: datetime) -> int:
    """The going out for a date in court; its number. RefusedError when the person is out then anyway."""
    held, hearing = limits(session), one.hearing
    leave_at = hearing.hearing_at - timedelta(seconds=held.court_before_s)
    back_at = hearing.hearing_at + timedelta(seconds=held.court_after_s)
    wish = Wish(
        person_id=one.person.id,
        why=Why.COURT,
        where_to=hearing.court,
        reference=hearing.case.strip() or hearing.purpose.strip() or "court diary",
        from_on=day_of(leave_at),
        until_on=day_of(back_at),
    )
    trip = Trip(leave_at, back_at, source=source_of(one))
    return go_once(session, wish, trip, actor=actor, at=at)


def source_of(one: Appointment) -> str:
    """What an occurrence is made of: another time of the same date is another going out."""
    return f"{_SOURCE}{one.held.item}:{int(one.hearing.hearing_at.timestamp())}"


def _changes(session: Session, now: datetime) -> tuple[Mapping[str, Appointment], list[int]]:
    """Dates that nobody goes out for yet, and goings out whose date is no more."""
    until_at = now + timedelta(seconds=limits(session).plan_ahead_s)
    wanted = {
        source_of(one): one
        for one in appointments(session, day_of(now), day_of(until_at))
        if one.inside and not one.hearing.video and not one.hearing.outcome
    }
    rows = session.execute(
        select(Occurrence.id, Occurrence.source, Occurrence.closed_at, Occurrence.left_at, Occurrence.leave_at)
        .where(Occurrence.source.startswith(_SOURCE), Occurrence.leave_at > now - timedelta(days=2))
    ).all()  # fmt: skip
    known = {row.source for row in rows}
    gone = [
        row.id
        for row in rows
        if row.closed_at is None
        and row.left_at is None
        and row.source not in wanted
        and row.leave_at < until_at
    ]
    new = {
        source: one for source, one in wanted.items() if source not in known and one.hearing.hearing_at > now
    }
    return new, gone
