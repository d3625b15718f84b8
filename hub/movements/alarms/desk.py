"""Alarms that nobody answers go up by themselves, and once a shift a test alarm rings. One thread calls `tick`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.database import Series, Sessions, in_commit_order, session_scope
from hub.movements.alarms.codes import TEST
from hub.movements.alarms.handling import go_up
from hub.movements.alarms.limits import Limits, limits_at, shift_began
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm, AlarmTrial
from hub.movements.alarms.rules import goes_up_at
from hub.movements.lines import Line, write_line
from hub.movements.records import FeedKind
from hub.pace import is_over
from hub.sentences import Sentence
from hub.terminals.records import Status, Terminal
from hub.web.formats import clock_time

LOOK_EVERY: Final = timedelta(seconds=1)
_MISSED: Final = "test_missed"


class AlarmDesk:
    """Writes down each step once; two desks at once write no more than one."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at most once a second; gives how many alarms went up or rang."""
        if not is_over(self._looked_at, LOOK_EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            limits = limits_at(session, now)
            due = [alarm.id for alarm in _due(_open(session), limits, now)]
            trial = _trial_due(session, limits, now)
        if not due and trial is None:
            return 0
        with session_scope(self._sessions) as session:
            return _go_up(session, due, limits, now) + (
                0 if trial is None else ring_test(session, trial, now)
            )


def ring_test(session: Session, shift_at: datetime, now: datetime) -> int:
    """The test alarm of the shift that began at `shift_at`; 0 when it rang before."""
    in_commit_order(session, Series.FEED)
    if session.scalar(select(AlarmTrial.id).where(AlarmTrial.shift_at == shift_at)) is not None:
        return 0
    _judge_the_last(session, now)
    words = Sentence("Test alarm of the shift that began at %(time)s", {"time": clock_time(shift_at)})
    evidence = {"since": shift_at.isoformat()}
    number = raise_alarm(session, Cause(TEST, shift_at.isoformat(), evidence=evidence, words=words), now)
    session.add(AlarmTrial(shift_at=shift_at, alarm_id=number))
    session.flush()
    return 1


def _judge_the_last(session: Session, now: datetime) -> None:
    """A test alarm that nobody acknowledged in a whole shift is news of its own, and over itself."""
    newest = select(Alarm).where(Alarm.code == TEST).order_by(Alarm.id.desc()).limit(1)
    last = session.scalar(newest)
    if last is None or last.closed_at is not None or last.acknowledged_at is not None:
        return
    evidence = {"since": last.raised_at.isoformat()}
    raise_alarm(session, Cause(_MISSED, last.key, evidence=evidence), now)
    over(session, TEST, last.key, now)


def _trial_due(session: Session, limits: Limits, now: datetime) -> datetime | None:
    """When the shift began whose test alarm should have rung by now; None when it did, or nothing is watched yet."""
    began = shift_began(limits, now)
    if not limits.tests or now < began + timedelta(seconds=limits.test_s):
        return None
    if session.scalar(select(AlarmTrial.id).where(AlarmTrial.shift_at == began)) is not None:
        return None
    watched = session.scalar(select(func.min(Terminal.granted_at)).where(Terminal.status == Status.ACTIVE))
    # A hub that was taken in after the shift began has nobody on it who could be tested.
    return began if watched is not None and watched < began else None


def _open(session: Session) -> Sequence[Alarm]:
    return session.scalars(select(Alarm).where(Alarm.closed_at.is_(None))).all()


def _due(alarms: Sequence[Alarm], limits: Limits, now: datetime) -> list[Alarm]:
    times = ((alarm, goes_up_at(alarm, limits)) for alarm in alarms)
    return [alarm for alarm, up_at in times if up_at is not None and up_at <= now]


def _go_up(session: Session, numbers: list[int], limits: Limits, now: datetime) -> int:
    wanted = select(Alarm).where(Alarm.id.in_(numbers), Alarm.closed_at.is_(None)).order_by(Alarm.id)
    rows = _due(session.scalars(wanted.with_for_update()).all(), limits, now)
    for alarm in rows:
        go_up(session, alarm, now)
        told = {"what": "alarm_up", "alarm": alarm.id, "code": alarm.code, "at": now.isoformat()}
        write_line(session, Line(now, FeedKind.TERMINAL, {**told, "terminal": alarm.terminal}))
    return len(rows)
