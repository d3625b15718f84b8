"""All terminals at a look: grant and last state side by side."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.terminals.records import Status, Terminal, TerminalState


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One terminal. What was never heard is None; `roll_version` is "epoch.counter"."""

    name: str
    checkpoint: str
    status: str
    granted_at: datetime
    certificate_until_at: datetime
    cut_off_at: datetime | None
    online: bool
    heard_at: datetime | None
    roll_version: str | None
    queue_depth: int | None
    sensor: str | None


def overview(session: Session) -> list[Line]:
    """Every terminal ever granted, by name."""
    wanted = (
        select(Terminal, TerminalState)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .order_by(Terminal.name)
    )
    return [_line(terminal, state) for terminal, state in session.execute(wanted)]


def at_checkpoints(session: Session) -> dict[str, list[str]]:
    """Names of the terminals in service by the code of their checkpoint."""
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(Terminal.checkpoint_code, Terminal.name)
        .where(Terminal.status == Status.ACTIVE)
        .order_by(Terminal.name)
    )
    for checkpoint, name in rows:
        found.setdefault(checkpoint, []).append(name)
    return found


def _line(terminal: Terminal, state: TerminalState | None) -> Line:
    return Line(
        name=terminal.name,
        checkpoint=terminal.checkpoint_code,
        status=terminal.status,
        granted_at=terminal.granted_at,
        certificate_until_at=terminal.certificate_until_at,
        cut_off_at=terminal.cut_off_at,
        online=state is not None and state.online,
        heard_at=None if state is None else state.heard_at,
        roll_version=None if state is None else f"{state.roll_epoch}.{state.roll_counter}",
        queue_depth=None if state is None else state.queue_depth,
        sensor=None if state is None else state.sensor,
    )
