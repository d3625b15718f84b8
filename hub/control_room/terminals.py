"""Terminals as the control room and the technician see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.control_room.rules import Health, Report, health
from hub.custody.records import PersonChange
from hub.movements.records import Checkpoint
from hub.terminals.health.actions import reports
from hub.terminals.records import Status, Terminal, TerminalState
from hub.web.language import say_in
from wire.state import State


class TerminalLine(msgspec.Struct, frozen=True):
    """One terminal. Figures that nobody has heard are None."""

    name: str
    checkpoint: str
    place: str
    level: str
    advice: Sequence[str]
    heard_at: datetime | None
    sensor: str | None
    clock: str | None
    queue_depth: int | None
    roll_version: int | None
    roll_newest: int
    roll_age_s: int | None
    disk_free_mb: int | None
    software: str | None
    certificate_until_at: datetime
    protection: str | None
    fingers: int | None
    sites: Sequence[str] = ()


def terminal_lines(session: Session, now: datetime, language: str) -> list[TerminalLine]:
    """Every terminal ever granted, by name; those cut off are last; advice is said in `language`."""
    newest = session.scalar(select(func.max(PersonChange.id))) or 0
    said = reports(session)
    rows = session.execute(
        select(Terminal, TerminalState, Checkpoint.name)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .order_by(Terminal.status, Terminal.name)
    )
    return [
        _line(terminal, state, said.get(terminal.id), place, newest, now, language)
        for terminal, state, place in rows
    ]


def judged(terminal: Terminal, state: TerminalState | None, said: State | None, now: datetime) -> Health:
    """How one terminal is doing, and what to do about it."""
    return health(_report(terminal, state, said), now)


def _line(
    terminal: Terminal,
    state: TerminalState | None,
    said: State | None,
    place: str | None,
    newest: int,
    now: datetime,
    language: str,
) -> TerminalLine:
    found = judged(terminal, state, said, now)
    return TerminalLine(
        name=terminal.name,
        checkpoint=terminal.checkpoint_code,
        place=place or terminal.checkpoint_code,
        level=found.level.value,
        advice=[say_in(language, sentence) for sentence in found.advice],
        heard_at=None if state is None else state.heard_at,
        sensor=None if state is None else state.sensor,
        clock=None if state is None else state.clock,
        queue_depth=None if state is None else state.queue_depth,
        roll_version=None if state is None else state.roll_counter,
        roll_newest=newest,
        roll_age_s=None if state is None else state.roll_age_s,
        disk_free_mb=None if state is None else state.disk_free_mb,
        software=None if state is None else state.software,
        certificate_until_at=_certificate_until(terminal, said),
        protection=None if said is None or not said.protection else said.protection,
        fingers=None if said is None or said.health is None else said.health.fingers,
    )


def _report(terminal: Terminal, state: TerminalState | None, said: State | None) -> Report:
    active = terminal.status == Status.ACTIVE
    if state is None:
        return Report(active=active)
    known = None if said is None else said.health
    return Report(
        active=active,
        heard_at=state.heard_at,
        online=state.online,
        sensor=state.sensor,
        clock=state.clock,
        queue_depth=state.queue_depth,
        disk_free_mb=state.disk_free_mb,
        roll_age_s=state.roll_age_s,
        certificate_until_at=_certificate_until(terminal, said),
        alarms=() if known is None else known.alarms,
        clock_offset_ms=None if known is None else known.clock_offset_ms,
        room_days=None if known is None else known.journal_room_days,
        restarts=None if known is None else known.restarts,
        configuration_refused=said is not None and _refused_last(said),
    )


def _certificate_until(terminal: Terminal, said: State | None) -> datetime:
    """Of the certificate that it holds, as far as it said so: a renewal may not have reached it."""
    return (
        said.certificate_until
        if said is not None and said.certificate_until
        else terminal.certificate_until_at
    )


def _refused_last(said: State) -> bool:
    """Whether the newest configuration that reached it is one that it did not keep."""
    if said.config_refused is None:
        return False
    return said.config_version is None or said.config_refused > said.config_version
