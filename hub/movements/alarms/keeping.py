"""The rows of alarms: raised, raised again, and told that the cause ended. Nobody closes anything here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.database import Series, in_commit_order
from hub.movements.alarms.codes import UNANSWERED, Rings, code_of
from hub.movements.alarms.limits import limits_at
from hub.movements.alarms.records import Alarm, AlarmStep, Step
from hub.movements.records import Checkpoint, Zone
from hub.sentences import Sentence
from hub.terminals.records import Terminal
from hub.web.kept_sentences import write_sentence

_KEY_LENGTH: Final = 120


@dataclass(frozen=True)
class Cause:
    """Why an alarm rings. `code` stands in CODES; with `key` it tells one cause from another of its kind.

    `zone_id` is where it is, else the place of `terminal`; `evidence` is JSON of codes and figures. `words` say what
    happened in full, where the words of the code do not.
    """

    code: str
    key: str = ""
    zone_id: int | None = None
    terminal: str | None = None
    person_id: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    words: Sentence | None = None


@dataclass(frozen=True)
class _Place:
    zone_id: int | None
    checkpoint: str | None


def ring(session: Session, cause: Cause, feed_item_id: int, at: datetime) -> int | None:
    """Raise the alarm of a cause, or raise the open one again; its number, None for a cause with a queue of its own.

    `feed_item_id` is the line that tells of it. The caller has written it, and so holds the feed's turn: nobody
    else raises meanwhile.
    """
    if cause.code == UNANSWERED:
        return None
    alarm = _open(session, cause.code, cause.key)
    if alarm is None:
        return _raise(session, cause, feed_item_id, at)
    _again(session, alarm, cause, feed_item_id, at)
    return alarm.id


def over(session: Session, code: str, key: str, at: datetime) -> Alarm | None:
    """The cause ended: noted once, and the alarm stays open. None when none was open or it was noted before."""
    in_commit_order(session, Series.FEED)
    alarm = _open(session, code, key)
    if alarm is None or alarm.over_at is not None:
        return None
    alarm.over_at = at
    add_step(session, alarm.id, Step.OVER, at)
    return alarm


def add_step(
    session: Session,
    alarm_id: int,
    step: Step,
    at: datetime,
    *,
    by: str | None = None,
    to: str | None = None,
    note: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """Write down what happened to an alarm."""
    row = AlarmStep(alarm_id=alarm_id, at=at, step=step.value, by=by, to=to, note=note)
    row.evidence = dict(evidence or {})
    session.add(row)
    session.flush()


def cause_of_line(session: Session, payload: Mapping[str, Any]) -> Cause:
    """The cause that a line of the feed tells of: its code and terminal, or `key` where it has one."""
    person = payload.get("person")
    number = None if not person else session.scalar(select(Person.id).where(Person.number == str(person)))
    key = payload.get("key", payload.get("terminal") or payload.get("person") or "")
    terminal = payload.get("terminal")
    return Cause(
        code=str(payload.get("what", "alarm")),
        key=str(key)[:_KEY_LENGTH],
        terminal=None if terminal is None else str(terminal),
        person_id=number,
        evidence={name: value for name, value in payload.items() if name not in ("what", "key")},
    )


def _open(session: Session, code: str, key: str) -> Alarm | None:
    wanted = select(Alarm).where(Alarm.code == code[:40], Alarm.key == key[:_KEY_LENGTH])
    return session.scalar(wanted.where(Alarm.closed_at.is_(None)).with_for_update())


def _raise(session: Session, cause: Cause, feed_item_id: int, at: datetime) -> int:
    place = _place(session, cause)
    alarm = Alarm(
        code=cause.code[:40],
        key=cause.key[:_KEY_LENGTH],
        rank=code_of(cause.code).rank,
        zone_id=place.zone_id,
        checkpoint=place.checkpoint,
        terminal=cause.terminal,
        person_id=cause.person_id,
        words=_words(cause),
        evidence=dict(cause.evidence),
        feed_item_id=feed_item_id,
        raised_at=at,
        last_at=at,
        asked_at=at,
        count=1,
    )
    session.add(alarm)
    session.flush()
    add_step(session, alarm.id, Step.RAISED, at, evidence=cause.evidence)
    return alarm.id


def _again(session: Session, alarm: Alarm, cause: Cause, feed_item_id: int, at: datetime) -> None:
    rings = code_of(alarm.code).rings
    came_back = alarm.over_at is not None
    quiet = at - alarm.last_at < timedelta(seconds=limits_at(session, at).again_s)
    alarm.count += 1
    alarm.feed_item_id, alarm.last_at = feed_item_id, max(at, alarm.last_at)
    alarm.evidence, alarm.words = dict(cause.evidence), _words(cause)
    alarm.over_at = None
    if alarm.acknowledged_at is not None and (rings is Rings.EACH or came_back):
        alarm.acknowledged_at, alarm.acknowledged_by, alarm.asked_at = None, None, at
    if rings is Rings.EACH or came_back or not quiet:
        add_step(session, alarm.id, Step.AGAIN, at, evidence=cause.evidence)
    session.flush()


def _place(session: Session, cause: Cause) -> _Place:
    """The zone behind the terminal's checkpoint, unless the cause says where it is."""
    if cause.terminal is None:
        return _Place(cause.zone_id, None)
    found = session.execute(
        select(Checkpoint.code, Zone.id)
        .join(Terminal, Terminal.checkpoint_code == Checkpoint.code)
        .join(Zone, Zone.id == Checkpoint.to_zone_id)
        .where(Terminal.name == cause.terminal)
    ).first()
    if found is None:
        return _Place(cause.zone_id, None)
    return _Place(found[1] if cause.zone_id is None else cause.zone_id, found[0])


def _words(cause: Cause) -> str | None:
    return None if cause.words is None else write_sentence(cause.words)
