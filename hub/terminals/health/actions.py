"""Keeping what terminals say of their health, and reading it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.terminals.health.records import TerminalReport, TerminalSample
from wire.state import Health, State

SAMPLE_EVERY = timedelta(minutes=15)
"""A terminal whose words stay the same leaves four samples an hour."""
KEPT_FOR = timedelta(days=30)
SHOWN = 200
"""Samples on a page at most."""


def note_report(session: Session, terminal_id: int, state: State, now: datetime) -> None:
    """Keep a state that is news. Without health, as a last will, it only leaves a sample that the terminal went."""
    last = _last_sample(session, terminal_id)
    if state.health is not None:
        _keep(session, terminal_id, state, now)
        sample = _sample(terminal_id, state.online, state.health, now)
    elif last is not None:
        sample = TerminalSample(
            terminal_id=terminal_id,
            at=now,
            online=False,
            sensor=last.sensor,
            clock=last.clock,
            alarms=last.alarms,
        )
    else:
        return
    if last is None or last.words != sample.words or now - last.at >= SAMPLE_EVERY:
        session.add(sample)
        session.execute(
            delete(TerminalSample)
            .where(TerminalSample.terminal_id == terminal_id, TerminalSample.at < now - KEPT_FOR)
            .execution_options(synchronize_session=False)
        )
        session.flush()


def reports(session: Session) -> Mapping[int, State]:
    """The last report of every terminal, by its row's number; one from another version of the form is left out."""
    found = {row.terminal_id: _read(row) for row in session.scalars(select(TerminalReport))}
    return {terminal_id: state for terminal_id, state in found.items() if state is not None}


def report_of(session: Session, terminal_id: int) -> State | None:
    """The last report of one terminal."""
    row = session.get(TerminalReport, terminal_id)
    return None if row is None else _read(row)


def samples(session: Session, terminal_id: int, since: datetime) -> Sequence[TerminalSample]:
    """Samples of one terminal since then, oldest first, the newest `SHOWN` of them."""
    wanted = (
        select(TerminalSample)
        .where(TerminalSample.terminal_id == terminal_id, TerminalSample.at >= since)
        .order_by(TerminalSample.at.desc(), TerminalSample.id.desc())
        .limit(SHOWN)
    )
    return list(reversed(session.scalars(wanted).all()))


def _keep(session: Session, terminal_id: int, state: State, now: datetime) -> None:
    row = session.get(TerminalReport, terminal_id)
    if row is None:
        row = TerminalReport(terminal_id=terminal_id)
        session.add(row)
    row.heard_at, row.state = now, msgspec.json.encode(state).decode()
    session.flush()


def _read(row: TerminalReport) -> State | None:
    try:
        return msgspec.json.decode(row.state, type=State)
    except msgspec.DecodeError:
        return None


def _last_sample(session: Session, terminal_id: int) -> TerminalSample | None:
    wanted = select(TerminalSample).where(TerminalSample.terminal_id == terminal_id)
    newest = wanted.order_by(TerminalSample.at.desc(), TerminalSample.id.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def _sample(terminal_id: int, online: bool, health: Health, now: datetime) -> TerminalSample:
    return TerminalSample(
        terminal_id=terminal_id,
        at=now,
        online=online,
        sensor=health.sensor,
        clock=health.clock.value,
        alarms=" ".join(sorted(health.alarms)),
        queue_depth=health.queue_depth,
        disk_free_mb=health.disk_free_mb,
        temperature_c=health.temperature_c,
        echo_ms=health.echo_ms,
        clock_offset_ms=health.clock_offset_ms,
        sensor_errors=health.sensor_errors,
        restarts=health.restarts,
    )
