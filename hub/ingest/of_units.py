"""Entries of officers at their page: a unit taken over, a call for help, somebody on the way to an alarm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.headcount.loading import roster
from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements.alarms.calls import raise_call
from hub.movements.alarms.handling import on_the_way
from hub.movements.feed import Line
from hub.movements.records import FeedKind
from hub.sentences import RefusedError
from hub.units.shifts import Source, Taken, note_shift
from wire.happenings import AlarmTaken, Call, ShiftTaken


def take_shift(session: Session, one: Arrived, moment: Moment, said: ShiftTaken, now: datetime) -> list[Line]:
    """Kept with how many the hub itself knows there; a number that differs is for somebody to look at."""
    known = None
    if not one.historical:
        unit = roster(session, now).units.get(said.unit)
        known = None if unit is None else len(unit.assigned)
    source = Source(one.keys.name, one.journal_id, one.linked.entry.sequence, moment.at, moment.sure)
    taken = Taken(said.unit, said.officer, said.from_officer, said.roll_seen, said.remarks)
    if not note_shift(session, taken, source, known, now):
        return []
    facts = {"unit": said.unit, "officer": said.officer, "roll": said.roll_seen}
    lines = [_line(one, moment, "shift_taken", facts, now)]
    if known not in (None, said.roll_seen):
        told: dict[str, object] = {
            "what": "shift_differs",
            "key": said.unit,
            "terminal": one.keys.name,
            "unit": said.unit,
        }
        told |= {"seen": said.roll_seen, "known": known, "at": moment.at.isoformat()}
        lines.append(Line(now, FeedKind.ALARM, told))
    return lines


def take_call(session: Session, one: Arrived, moment: Moment, said: Call, now: datetime) -> list[Line]:
    """Help is needed, whenever it was called: one that comes late still wants somebody to ask."""
    raise_call(session, one.keys.name, one.journal_id, one.linked.entry.sequence, said.officer, now)
    return []


def take_alarm_taken(
    session: Session, one: Arrived, moment: Moment, said: AlarmTaken, now: datetime
) -> list[Line]:
    """Somebody at the page said that they are on their way; an alarm that was closed meanwhile stays so."""
    try:
        on_the_way(session, said.alarm, said.officer, at=now)
    except RefusedError:
        return [_line(one, moment, "alarm_taken_late", {"alarm": said.alarm, "officer": said.officer}, now)]
    return [_line(one, moment, "alarm_taken", {"alarm": said.alarm, "officer": said.officer}, now)]


def _line(one: Arrived, moment: Moment, what: str, facts: dict[str, object], now: datetime) -> Line:
    place = {"terminal": one.keys.name, "at": moment.at.isoformat(), "late": one.historical}
    return Line(now, FeedKind.TERMINAL, {"what": what, **place, **facts})
