"""Writing the live feed, and raising the alarms that its lines tell of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hub.movements.alarms.codes import ended_by
from hub.movements.alarms.keeping import cause_of_line, over, ring
from hub.movements.lines import Line, write_line, write_lines
from hub.movements.records import FeedKind

__all__ = ["Line", "append"]


def append(session: Session, lines: Sequence[Line]) -> None:
    """Add `lines` in order, in the transaction of what they tell.

    A line of kind ALARM raises its alarm, or raises the open one of its cause again; a line about a terminal that
    tells the end of a cause is noted at its alarm.
    """
    plain: list[Line] = []
    for line in lines:
        if line.kind is FeedKind.ALARM:
            write_lines(session, plain)
            plain = []
            _alarm(session, line)
        else:
            plain.append(line)
    write_lines(session, plain)
    for line in lines:
        if line.kind is FeedKind.TERMINAL:
            _end(session, line)


def _alarm(session: Session, line: Line) -> None:
    ring(session, cause_of_line(session, line.payload), write_line(session, line), line.at)


def _end(session: Session, line: Line) -> None:
    code = ended_by(str(line.payload.get("what", "")))
    if code is not None:
        cause = cause_of_line(session, line.payload)
        over(session, code, cause.key, line.at)
