"""Calls for help from officers' pages, and which of them somebody in the control room has acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.alarms.codes import CALL
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.movements.alarms.records import Alarm, AlarmStep, Step

LOOKED_BACK: Final = timedelta(hours=1)
"""No page goes on telling of a call for longer."""

_RINGS: Final = (Step.RAISED.value, Step.AGAIN.value)


@dataclass(frozen=True)
class Answered:
    """The call of a journal entry, and who acknowledged it first since."""

    journal: str
    sequence: int
    by: str
    at: datetime


def raise_call(
    session: Session, terminal: str, journal_id: bytes, sequence: int, officer: str | None, at: datetime
) -> int:
    """Ring for somebody who called at a terminal's page; calls from one terminal are one alarm, and each rings anew."""
    evidence: dict[str, object] = {"journal": journal_id.hex(), "sequence": sequence}
    if officer is not None:
        evidence["officer"] = officer
    return raise_alarm(session, Cause(code=CALL, key=terminal, terminal=terminal, evidence=evidence), at)


def answered_calls(session: Session, terminal: str, now: datetime) -> list[Answered]:
    """Calls of the last hour that a person has acknowledged since they were made, oldest first."""
    steps = session.execute(
        select(AlarmStep.alarm_id, AlarmStep.step, AlarmStep.at, AlarmStep.by, AlarmStep.evidence)
        .join(Alarm, Alarm.id == AlarmStep.alarm_id)
        .where(Alarm.code == CALL, Alarm.key == terminal, Alarm.last_at > now - LOOKED_BACK)
        .order_by(AlarmStep.id)
    )
    waiting: dict[int, list[tuple[str, int]]] = {}
    found: list[Answered] = []
    for alarm_id, step, at, by, evidence in steps:
        if step in _RINGS:
            call = (str(evidence.get("journal", "")), int(evidence.get("sequence", 0)))
            waiting.setdefault(alarm_id, []).append(call)
        elif step == Step.ACKNOWLEDGED and by is not None:
            found += [Answered(*call, by, at) for call in waiting.pop(alarm_id, [])]
    return [one for one in found if one.sequence]
