"""What is stored of a roll-out and its terminals, gathered for the rules in a few queries however many there are."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.terminals.configuration.actions import reported
from hub.terminals.configuration.records import (
    Act,
    ConfigurationReport,
    DesiredConfiguration,
    RolloutAct,
    RolloutMember,
)
from hub.terminals.configuration.rules import Member, Step
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Terminal, TerminalState, TerminalStateChange
from wire.state import SensorWord
from wire.versions import Version

_WORKING = (SensorWord.OK.value, SensorWord.COVERED.value, SensorWord.STARTING.value, None)


def steps_of(session: Session, number: int) -> list[Step]:
    """The course of a roll-out so far."""
    rows = session.scalars(
        select(RolloutAct).where(RolloutAct.rollout_id == number).order_by(RolloutAct.id)
    ).all()
    return [Step(Act(row.act), row.stage, row.terminal) for row in rows]


def members_of(session: Session, number: int) -> list[Member]:
    """Its terminals as they stand now, stage after stage."""
    epoch = current_epoch(session)
    rows = session.execute(
        select(RolloutMember, Terminal.name, TerminalState, ConfigurationReport)
        .join(Terminal, Terminal.id == RolloutMember.terminal_id)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(ConfigurationReport, ConfigurationReport.terminal_id == Terminal.id)
        .where(RolloutMember.rollout_id == number)
        .order_by(RolloutMember.stage, Terminal.name)
    ).all()
    sent = _sent(session, number)
    newest = _newest(session, set(sent))
    history = _History(session, sent)
    found = []
    for row, name, state, report in rows:
        own = sent.get(row.terminal_id)
        if own is None:
            found.append(Member(name, row.stage, well=is_well(state)))
            continue
        found.append(
            Member(
                name,
                row.stage,
                wanted=Version(epoch, own.counter),
                latest=newest[row.terminal_id] == own.counter,
                held=None if report is None else reported(report.epoch, report.counter),
                on_trial=report is not None and report.on_trial,
                since_at=None if report is None else report.since_at,
                refused=None if report is None else reported(report.refused_epoch, report.refused_counter),
                was_well=history.was_well(row.terminal_id),
                well=is_well(state),
                changed_at=history.changed_at.get(row.terminal_id),
                absences=0 if report is None else history.absences(row.terminal_id, report.since_at),
            )
        )
    return found


def is_well(state: TerminalState | None) -> bool:
    """Whether a terminal is there and its sensor works."""
    return state is not None and state.online and state.sensor in _WORKING


def _sent(session: Session, number: int) -> dict[int, DesiredConfiguration]:
    """What the roll-out gave its terminals so far."""
    rows = session.scalars(select(DesiredConfiguration).where(DesiredConfiguration.rollout_id == number))
    return {row.terminal_id: row for row in rows}


def _newest(session: Session, ids: set[int]) -> dict[int, int]:
    rows = session.execute(
        select(DesiredConfiguration.terminal_id, func.max(DesiredConfiguration.counter))
        .where(DesiredConfiguration.terminal_id.in_(ids))
        .group_by(DesiredConfiguration.terminal_id)
    )
    return {row[0]: row[1] for row in rows}


class _History:
    """When terminals came, went, and their sensors changed, around the time they were given something new."""

    def __init__(self, session: Session, sent: dict[int, DesiredConfiguration]) -> None:
        rows = session.execute(
            select(TerminalStateChange.terminal_id, func.max(TerminalStateChange.heard_at))
            .where(TerminalStateChange.terminal_id.in_(sent))
            .group_by(TerminalStateChange.terminal_id)
        )
        self.changed_at: dict[int, datetime] = {row[0]: row[1] for row in rows}
        self._well_before: dict[int, bool] = {}
        for made_at in {row.made_at for row in sent.values()}:
            ids = {key for key, row in sent.items() if row.made_at == made_at}
            self._look_before(session, ids, made_at)
        begun_at = min((row.made_at for row in sent.values()), default=None)
        self._went_at: list[tuple[int, datetime]] = []
        if begun_at is not None:
            gone = session.execute(
                select(TerminalStateChange.terminal_id, TerminalStateChange.heard_at).where(
                    TerminalStateChange.terminal_id.in_(sent),
                    TerminalStateChange.heard_at > begun_at,
                    TerminalStateChange.online.is_(False),
                )
            )
            self._went_at = [(row[0], row[1]) for row in gone]

    def was_well(self, terminal_id: int) -> bool:
        return self._well_before.get(terminal_id, False)

    def absences(self, terminal_id: int, since: datetime) -> int:
        return Counter(key for key, at in self._went_at if at > since)[terminal_id]

    def _look_before(self, session: Session, ids: set[int], at: datetime) -> None:
        last = (
            select(func.max(TerminalStateChange.id))
            .where(TerminalStateChange.terminal_id.in_(ids), TerminalStateChange.heard_at <= at)
            .group_by(TerminalStateChange.terminal_id)
        )
        rows = session.scalars(select(TerminalStateChange).where(TerminalStateChange.id.in_(last)))
        for row in rows:
            self._well_before[row.terminal_id] = row.online and row.sensor in _WORKING
