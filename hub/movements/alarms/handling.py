"""What people do about alarms: acknowledge, assign, note, escalate, close. Each act is a step and in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Permission, permissions_of
from hub.accounts.records import Account
from hub.movements.alarms.codes import MOST_URGENT, TEST, CloseReason
from hub.movements.alarms.keeping import add_step
from hub.movements.alarms.records import Alarm, Step
from hub.movements.alarms.rules import DIRECTOR
from hub.sentences import RefusedError, Sentence

MAX_NOTE: Final = 300
SHORTEST_NOTE: Final = 3
LOOK_AFTER: Final = frozenset({Permission.ANSWER_REFERRALS, Permission.HANDLE_ALARMS})
"""Who may do one of these can be given an alarm: whoever can be sent, and whoever it goes up to."""


@dataclass(frozen=True)
class Seen:
    """An alarm as somebody saw it who acts on it: its number, and how often it had rung."""

    id: int
    count: int


def acknowledge(session: Session, alarms: Sequence[Seen], *, actor: Actor, at: datetime) -> int:
    """Somebody has seen and heard them; gives how many were new to everybody. RefusedError when none is open.

    A test alarm is answered by that, and closed.
    """
    done = 0
    for alarm in _still_open(session, alarms):
        if alarm.acknowledged_at is None:
            _acknowledge(session, alarm, actor, at)
            done += 1
    return done


def assign(session: Session, alarms: Sequence[Seen], login: str, *, actor: Actor, at: datetime) -> None:
    """`login` looks after them from now on; RefusedError for somebody who may not."""
    account = session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))
    if account is None or LOOK_AFTER.isdisjoint(permissions_of(account.role)):
        raise RefusedError("no_officer", Sentence("Choose an officer, a supervisor or the control room."))
    for alarm in _still_open(session, alarms):
        if alarm.acknowledged_at is None:
            _acknowledge(session, alarm, actor, at)
        alarm.assigned_to = login
        add_step(session, alarm.id, Step.ASSIGNED, at, by=actor.login, to=login)
        _trail(session, alarm, "alarm.assign", actor, at)


def note(session: Session, alarms: Sequence[Seen], words: str, *, actor: Actor, at: datetime) -> None:
    """Write something down beside them; RefusedError for too few words or too many."""
    said = _note(words, needed=True)
    for alarm in _still_open(session, alarms):
        add_step(session, alarm.id, Step.NOTED, at, by=actor.login, note=said)
        _trail(session, alarm, "alarm.note", actor, at)


def escalate(session: Session, alarms: Sequence[Seen], words: str, *, actor: Actor, at: datetime) -> None:
    """Take them up a step, to the supervisor and then the director; RefusedError at the top."""
    said = _note(words, needed=False)
    rows = _still_open(session, alarms)
    if all(alarm.escalation >= DIRECTOR for alarm in rows):
        raise RefusedError("at_top", Sentence("It has gone up to the director already."))
    for alarm in rows:
        if alarm.escalation < DIRECTOR:
            go_up(session, alarm, at, by=actor.login, words=said)
            _trail(session, alarm, "alarm.escalate", actor, at)


def go_up(session: Session, alarm: Alarm, at: datetime, *, by: str | None = None, words: str = "") -> None:
    """One step up, by somebody or by the time it waited."""
    alarm.escalation, alarm.escalated_at = alarm.escalation + 1, at
    evidence = {"escalation": alarm.escalation}
    add_step(session, alarm.id, Step.ESCALATED, at, by=by, note=words, evidence=evidence)


def close(
    session: Session,
    alarms: Sequence[Seen],
    reason: CloseReason,
    words: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """They are dealt with, with a reason. The most urgent, and "something else", need words of one's own.

    RefusedError when words are missing, or when one rang again since it was seen: its last ring nobody has seen.
    """
    rows = _still_open(session, alarms)
    needed = reason is CloseReason.OTHER or any(alarm.rank == MOST_URGENT for alarm in rows)
    said = _note(words, needed=needed)
    seen = {one.id: one.count for one in alarms}
    if any(alarm.count > seen[alarm.id] for alarm in rows):
        raise RefusedError("rang_again", Sentence("It rang again while you looked at it. Look once more."))
    for alarm in rows:
        if alarm.acknowledged_at is None:
            _acknowledge(session, alarm, actor, at)
        if alarm.closed_at is None:
            _close(session, alarm, reason, said, actor, at)


def on_the_way(session: Session, number: int, officer: str, *, at: datetime) -> None:
    """An officer at a terminal's page says so; the alarm is theirs where it was nobody's.

    RefusedError when it is closed.
    """
    (alarm,) = _still_open(session, [Seen(number, 0)])
    if alarm.assigned_to is None:
        alarm.assigned_to = officer
    add_step(session, alarm.id, Step.ON_THE_WAY, at, by=officer)


def _acknowledge(session: Session, alarm: Alarm, actor: Actor, at: datetime) -> None:
    alarm.acknowledged_at, alarm.acknowledged_by = at, actor.login
    add_step(session, alarm.id, Step.ACKNOWLEDGED, at, by=actor.login)
    _trail(session, alarm, "alarm.acknowledge", actor, at)
    if alarm.code == TEST:
        # Hearing it is all that it asks for.
        _close(session, alarm, CloseReason.DRILL, "", actor, at)


def _close(
    session: Session, alarm: Alarm, reason: CloseReason, said: str, actor: Actor, at: datetime
) -> None:
    alarm.closed_at, alarm.closed_by, alarm.close_reason = at, actor.login, reason.value
    evidence = {"reason": reason.value}
    add_step(session, alarm.id, Step.CLOSED, at, by=actor.login, note=said, evidence=evidence)
    _trail(session, alarm, "alarm.close", actor, at)


def _still_open(session: Session, alarms: Sequence[Seen]) -> Sequence[Alarm]:
    wanted = select(Alarm).where(Alarm.id.in_([one.id for one in alarms]), Alarm.closed_at.is_(None))
    rows = session.scalars(wanted.order_by(Alarm.id).with_for_update()).all()
    if not rows:
        raise RefusedError("alarm_closed", Sentence("This alarm is closed already."))
    return rows


def _note(words: str, *, needed: bool) -> str:
    said = " ".join(words.split())
    if len(said) > MAX_NOTE or (needed and len(said) < SHORTEST_NOTE):
        raise RefusedError("note", Sentence("Write what was found or done, in at most 300 characters."))
    return said


def _trail(session: Session, alarm: Alarm, act: str, actor: Actor, at: datetime) -> None:
    write_down(session, at=at, actor=actor, act=act, subject=str(alarm.id), detail=alarm.code)
