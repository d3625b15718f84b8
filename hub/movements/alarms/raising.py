"""Raising an alarm: the line of the feed and the row in one transaction, the caller's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.movements.alarms import keeping
from hub.movements.alarms.keeping import Cause
from hub.movements.lines import Line, write_line
from hub.movements.records import FeedKind, Zone

__all__ = ["Cause", "over", "raise_alarm"]

_HEAD = frozenset({"what", "key", "at", "person", "name"})


def raise_alarm(session: Session, cause: Cause, at: datetime) -> int:
    """Ring for a cause, or ring again for one that is open already. Gives the alarm's number.

    Every screen hears of it when the caller's transaction commits.
    """
    number = keeping.ring(session, cause, write_line(session, _line(session, cause, at)), at)
    assert number is not None  # a cause of one's own is never that of a referral
    return number


def over(session: Session, code: str, key: str, at: datetime) -> bool:
    """The cause ended: a step of the alarm, and a line that screens hear. It stays open until somebody closes it.

    False, and nothing is written, when no such alarm is open or it was said before.
    """
    alarm = keeping.over(session, code, key, at)
    if alarm is None:
        return False
    told = {"what": f"{code}_over", "key": key, "at": at.isoformat()}
    if alarm.terminal is not None:
        told["terminal"] = alarm.terminal
    elif alarm.zone_id is not None:
        told["zone"] = session.get_one(Zone, alarm.zone_id).code
    write_line(session, Line(at, FeedKind.TERMINAL, told))
    return True


def _line(session: Session, cause: Cause, at: datetime) -> Line:
    told = {name: value for name, value in cause.evidence.items() if name not in _HEAD}
    told |= {"what": cause.code, "key": cause.key, "at": at.isoformat()}
    if cause.terminal is not None:
        told["terminal"] = cause.terminal
    if cause.zone_id is not None:
        told["zone"] = session.scalar(select(Zone.code).where(Zone.id == cause.zone_id))
    if cause.person_id is not None:
        person = session.get_one(Person, cause.person_id)
        told |= {"person": person.number, "name": f"{person.surname.upper()}, {person.given}"}
    return Line(at, FeedKind.ALARM, told)
