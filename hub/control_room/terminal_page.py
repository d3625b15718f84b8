"""One terminal as its technician sees it: what is wrong, what it holds and shall hold, how it was over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.control_room.rules import Health as Judged
from hub.control_room.terminals import judged
from hub.custody.records import PersonChange
from hub.movements.orders.in_force import orders_wanted
from hub.movements.records import Checkpoint
from hub.terminals.configuration.actions import desired
from hub.terminals.health.actions import report_of, samples
from hub.terminals.health.records import TerminalSample
from hub.terminals.records import Terminal, TerminalState
from hub.terminals.succession import chain_of
from wire.state import Health, State
from wire.versions import Version

HISTORY: Final = timedelta(days=7)
CURVE_WIDTH: Final = 300
CURVE_HEIGHT: Final = 40
ROWS: Final = 30


@dataclass(frozen=True)
class Curve:
    """A figure over the days: `points` of an SVG polyline, and its least and greatest value as written."""

    points: str
    least: str
    greatest: str


@dataclass(frozen=True)
class TerminalPage:
    """What the page shows; None is not known. `wanted_*` is what the hub would have it hold."""

    terminal: Terminal
    place: str
    state: TerminalState | None
    said: State | None
    health: Health | None
    judged: Judged
    roll_newest: int
    wanted_configuration: Version | None
    wanted_orders: Version | None
    chain: Sequence[Terminal]
    history: Sequence[TerminalSample]
    """Changes of words and some samples between, newest first."""
    curves: dict[str, Curve]


def terminal_page(session: Session, name: str, now: datetime) -> TerminalPage | None:
    """Everything about the terminal called so; None when there is none."""
    terminal = session.scalars(select(Terminal).where(Terminal.name == name)).one_or_none()
    if terminal is None:
        return None
    state = session.get(TerminalState, terminal.id)
    said = report_of(session, terminal.id)
    taken = samples(session, terminal.id, now - HISTORY)
    wish = desired(session, name)
    place = session.scalar(select(Checkpoint.name).where(Checkpoint.code == terminal.checkpoint_code))
    return TerminalPage(
        terminal=terminal,
        place=place or terminal.checkpoint_code,
        state=state,
        said=said,
        health=None if said is None else said.health,
        judged=judged(terminal, state, said, now),
        roll_newest=session.scalar(select(func.max(PersonChange.id))) or 0,
        wanted_configuration=None if wish is None else wish.version,
        wanted_orders=orders_wanted(session).get(name),
        chain=chain_of(session, terminal),
        history=list(reversed(taken))[:ROWS],
        curves=_curves(taken, now),
    )


_CURVES: Final[dict[str, tuple[Callable[[TerminalSample], float | None], str]]] = {
    "queue": (lambda one: one.queue_depth, "{:.0f}"),
    "echo": (lambda one: one.echo_ms, "{:.0f} ms"),
    "temperature": (lambda one: one.temperature_c, "{:.0f} °C"),
}


def _curves(taken: Sequence[TerminalSample], now: datetime) -> dict[str, Curve]:
    found = {}
    for name, (read, written) in _CURVES.items():
        known = [(one.at, value) for one in taken if (value := read(one)) is not None]
        if len(known) > 1:
            found[name] = _curve(known, now, written)
    return found


def _curve(known: Sequence[tuple[datetime, float]], now: datetime, written: str) -> Curve:
    values = [value for _, value in known]
    least, greatest = min(values), max(values)
    span = greatest - least or 1.0
    began = known[0][0]
    seconds = max(1.0, (now - began).total_seconds())
    points = " ".join(
        f"{(at - began).total_seconds() / seconds * CURVE_WIDTH:.1f},"
        f"{CURVE_HEIGHT - 2 - (value - least) / span * (CURVE_HEIGHT - 4):.1f}"
        for at, value in known
    )
    return Curve(points, written.format(least), written.format(greatest))
