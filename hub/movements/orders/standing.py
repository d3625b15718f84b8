"""Which terminals act by an order already, and which do not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.orders.actions import InForce, in_force, orders_wanted, places
from hub.terminals.configuration.actions import reported
from hub.terminals.configuration.records import ConfigurationReport
from hub.terminals.records import Terminal, TerminalState


@dataclass(frozen=True)
class Reach:
    """How far an order has come: names of terminals that act by it, that have not said so, and that are away."""

    order: InForce
    taken: tuple[str, ...]
    not_yet: tuple[str, ...]
    away: tuple[str, ...]

    @property
    def concerned(self) -> int:
        return len(self.taken) + len(self.not_yet) + len(self.away)


def reaches(session: Session, now: datetime) -> list[Reach]:
    """Every order in force, the newest first."""
    zones = places(session)
    wanted = orders_wanted(session)
    held = _held(session)
    found = []
    for order in reversed(in_force(session, now)):
        taken: list[str] = []
        not_yet: list[str] = []
        away: list[str] = []
        for name in (one for one in zones if order.concerns(one, zones[one])):
            online, version = held.get(name, (False, None))
            # What the terminal holds is only known as a version; one that is not the newest may lack this order.
            side = taken if version == wanted[name] else not_yet if online else away
            side.append(name)
        found.append(Reach(order, tuple(taken), tuple(not_yet), tuple(away)))
    return found


def _held(session: Session) -> dict[str, tuple[bool, object]]:
    rows = session.execute(
        select(Terminal.name, TerminalState.online, ConfigurationReport)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(ConfigurationReport, ConfigurationReport.terminal_id == Terminal.id)
    )
    return {
        name: (
            bool(online),
            None if report is None else reported(report.orders_epoch, report.orders_counter),
        )
        for name, online, report in rows
    }
