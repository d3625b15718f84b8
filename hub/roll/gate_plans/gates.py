"""The gates that terminals stand at, and which of them are there to be told something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.movements.records import Checkpoint
from hub.roll.gate_plans.records import GatePlan, PlanHolding
from hub.terminals.records import Status, Terminal, TerminalState
from wire.state import State
from wire.versions import Version


@dataclass(frozen=True)
class Gate:
    """A terminal that may speak, with the two zones of its checkpoint.

    `session` is that of its connection, None while it is away; `held` the plan it says that it holds.
    """

    terminal_id: int
    name: str
    sealing_key: bytes
    checkpoint: str
    from_zone: int
    to_zone: int
    session: int | None
    held: Version | None


def gates(session: Session) -> list[Gate]:
    """Every gate, by the terminal's name. A terminal at no checkpoint of the site has nothing to decide."""
    rows = session.execute(
        select(Terminal, Checkpoint, TerminalState.session, TerminalState.online, PlanHolding)
        .join(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(PlanHolding, PlanHolding.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE, Checkpoint.closed_at.is_(None))
        .order_by(Terminal.name)
    )
    return [
        Gate(
            terminal.id,
            terminal.name,
            terminal.sealing_key,
            point.code,
            point.from_zone_id,
            point.to_zone_id,
            number if online else None,
            None if held is None else Version(held.epoch, held.counter),
        )
        for terminal, point, number, online, held in rows
    ]


def newest(session: Session) -> dict[int, GatePlan]:
    """The plan that each terminal shall hold, by terminal."""
    last = select(GatePlan.terminal_id, func.max(GatePlan.counter).label("counter")).group_by(
        GatePlan.terminal_id
    )
    found = last.subquery()
    rows = session.scalars(
        select(GatePlan).join(
            found,
            (GatePlan.terminal_id == found.c.terminal_id) & (GatePlan.counter == found.c.counter),
        )
    )
    return {row.terminal_id: row for row in rows}


def note_holding(session: Session, terminal_id: int, state: State, now: datetime) -> None:
    """Keep which plan a living terminal says that it holds: the receipt."""
    held = session.get(PlanHolding, terminal_id)
    version = state.plan_version
    if version is None:
        if held is not None:
            session.delete(held)  # it lost what it held, and is told everything again
            session.flush()
        return
    if held is None:
        held = PlanHolding(terminal_id=terminal_id, epoch=-1, counter=-1, since_at=now)
        session.add(held)
    if (held.epoch, held.counter) != (version.epoch, version.counter):
        held.epoch, held.counter, held.since_at = version.epoch, version.counter, now
    held.heard_at = now
    session.flush()
