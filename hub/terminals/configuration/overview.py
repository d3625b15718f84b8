"""Every terminal beside what it shall run by, and roll-outs with their terminals, for the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hub.terminals.configuration.actions import reported
from hub.terminals.configuration.facts import members_of, steps_of
from hub.terminals.configuration.records import (
    ConfigurationReport,
    DesiredConfiguration,
    Rollout,
    RolloutAct,
    RolloutMember,
)
from hub.terminals.configuration.rules import Course, Standing, course, standing
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal, TerminalState
from wire.versions import Version


@dataclass(frozen=True)
class Line:
    """A terminal: `how` is a word of `words.HELD`."""

    name: str
    checkpoint: str
    model: str
    wanted: Version | None
    held: Version | None
    how: str
    why: str
    made_at: datetime | None
    by: str


@dataclass(frozen=True)
class RolloutLine:
    """A roll-out in a list: where it stands, and how many of its terminals are done."""

    rollout: Rollout
    course: Course
    stage: int
    stages: int
    terminals: int


@dataclass(frozen=True)
class MemberLine:
    """A terminal of a roll-out and how it stands."""

    terminal: str
    stage: int
    standing: Standing


@dataclass(frozen=True)
class RolloutView:
    """All of one roll-out."""

    line: RolloutLine
    members: list[MemberLine]
    acts: list[RolloutAct]

    def count(self, stage: int, *standings: Standing) -> int:
        """How many terminals of a stage stand so."""
        return sum(one.stage == stage and one.standing in standings for one in self.members)


def terminal_lines(session: Session) -> list[Line]:
    """Active terminals, by name."""
    epoch = current_epoch(session)
    later = aliased(DesiredConfiguration)
    newest = select(func.max(later.counter)).where(later.terminal_id == Terminal.id).scalar_subquery()
    rows = session.execute(
        select(Terminal, TerminalState.online, DesiredConfiguration, ConfigurationReport)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(
            DesiredConfiguration,
            (DesiredConfiguration.terminal_id == Terminal.id) & (DesiredConfiguration.counter == newest),
        )
        .outerjoin(ConfigurationReport, ConfigurationReport.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE)
        .order_by(Terminal.name)
    )
    return [_line(*row, epoch) for row in rows]


def rollout_lines(session: Session, count: int) -> list[RolloutLine]:
    """The newest roll-outs, newest first."""
    rows = session.scalars(select(Rollout).order_by(Rollout.id.desc()).limit(count)).all()
    return [_rollout_line(session, rollout) for rollout in rows]


def rollout_view(session: Session, number: int, now: datetime) -> RolloutView | None:
    """One roll-out as it stands, None when there is none of that number."""
    rollout = session.get(Rollout, number)
    if rollout is None:
        return None
    soak = timedelta(seconds=rollout.soak_s)
    members = [
        MemberLine(one.terminal, one.stage, standing(one, soak, now)) for one in members_of(session, number)
    ]
    acts = session.scalars(
        select(RolloutAct).where(RolloutAct.rollout_id == number).order_by(RolloutAct.id.desc())
    ).all()
    return RolloutView(_rollout_line(session, rollout), members, list(acts))


def history(session: Session, name: str) -> Sequence[DesiredConfiguration]:
    """Everything that a terminal should ever run by, newest first."""
    return session.scalars(
        select(DesiredConfiguration)
        .join(Terminal, Terminal.id == DesiredConfiguration.terminal_id)
        .where(Terminal.name == name)
        .order_by(DesiredConfiguration.counter.desc())
    ).all()


def _line(
    terminal: Terminal,
    online: bool | None,
    row: DesiredConfiguration | None,
    report: ConfigurationReport | None,
    epoch: int,
) -> Line:
    wanted = None if row is None else Version(epoch, row.counter)
    held = None if report is None else reported(report.epoch, report.counter)
    refused = None if report is None else reported(report.refused_epoch, report.refused_counter)
    on_trial = report is not None and report.on_trial
    return Line(
        name=terminal.name,
        checkpoint=terminal.checkpoint_code,
        model=report.model if report is not None and report.model else terminal.model,
        wanted=wanted,
        held=held,
        how=_how(wanted, held, refused, on_trial=on_trial, online=bool(online)),
        why=report.why if report is not None and wanted is not None and refused == wanted else "",
        made_at=None if row is None else row.made_at,
        by="" if row is None else row.by,
    )


def _how(
    wanted: Version | None, held: Version | None, refused: Version | None, *, on_trial: bool, online: bool
) -> str:
    if wanted is None:
        return "own"
    if refused == wanted:
        return "refused"
    if held == wanted:
        return "on_trial" if on_trial else "current"
    return "sent" if online else "away"


def _rollout_line(session: Session, rollout: Rollout) -> RolloutLine:
    how, stage = course(steps_of(session, rollout.id))
    wanted = select(func.max(RolloutMember.stage), func.count()).where(RolloutMember.rollout_id == rollout.id)
    stages, terminals = session.execute(wanted).one()
    return RolloutLine(rollout, how, stage, stages or 0, terminals)
