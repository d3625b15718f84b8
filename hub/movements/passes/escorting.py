"""Groups at a gate: counted in behind their officer, and counted through; who is missing is told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.passes.records import EscortRun
from hub.movements.records import Checkpoint
from hub.sentences import Sentence

SHORT: Final = "escort_short"
BEGUN: Final = "BEGUN"
ENDED: Final = "ENDED"


@dataclass(frozen=True)
class AtGate:
    """A group at a checkpoint: people by number, those still `missing` when it ended."""

    group: int
    checkpoint: str
    officer: str
    people: Sequence[str]
    terminal: str
    at: datetime
    missing: Sequence[str] = ()


def note_begun(session: Session, told: AtGate, now: datetime) -> None:
    """An officer takes a group through a gate; `people` are counted in."""
    _add(session, told, BEGUN, now)


def note_ended(session: Session, told: AtGate, now: datetime) -> None:
    """The group is through. Somebody who was counted in and not through rings; a later run that has them ends that."""
    _add(session, told, ENDED, now)
    key = f"group:{told.group}"
    if told.missing:
        evidence = {
            "group": told.group,
            "officer": told.officer,
            "passed": sorted(told.people),
            "missing": sorted(told.missing),
        }
        words = Sentence(
            "Group %(group)s: %(missing)s of %(count)s did not come through with the officer",
            {
                "group": told.group,
                "missing": len(told.missing),
                "count": len(told.missing) + len(told.people),
            },
        )
        zone_id = session.scalar(select(Checkpoint.from_zone_id).where(Checkpoint.code == told.checkpoint))
        cause = Cause(SHORT, key=key, zone_id=zone_id, terminal=told.terminal, evidence=evidence, words=words)
        raise_alarm(session, cause, now)
    else:
        over(session, SHORT, key, now)


def runs_of(session: Session, group_id: int) -> list[EscortRun]:
    """When and where a group was counted in and through, in order."""
    wanted = select(EscortRun).where(EscortRun.group_id == group_id)
    return list(session.scalars(wanted.order_by(EscortRun.occurred_at, EscortRun.id)))


def _add(session: Session, told: AtGate, what: str, now: datetime) -> None:
    session.add(
        EscortRun(
            group_id=told.group,
            what=what,
            checkpoint=told.checkpoint,
            officer=told.officer,
            people=sorted(told.people),
            missing=sorted(told.missing),
            occurred_at=told.at,
            recorded_at=now,
            terminal=told.terminal,
        )
    )
    session.flush()
