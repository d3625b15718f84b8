"""Getting orders to the terminals: at once, and again until each says that it acts by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements import feed
from hub.movements.orders.actions import MOST_IN_FORCE
from hub.movements.orders.in_force import for_wire, in_force, newest_step, orders_wanted, places
from hub.movements.records import FeedKind
from hub.terminals.configuration.actions import reported
from hub.terminals.configuration.records import ConfigurationReport
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal, TerminalState
from wire.envelope import HUB, sign
from wire.keys import SigningKey
from wire.orders import KIND, Order, OrderKind, Orders
from wire.topics import Channel, topic
from wire.versions import Version

FIRST_PATIENCE: Final = timedelta(seconds=2)
"""How long a terminal may take to say that it acts by an order before it is told again."""
LONGEST_PATIENCE: Final = timedelta(seconds=30)

RECKON_EVERY: Final = timedelta(seconds=10)
"""What each terminal shall hold depends on where it stands, which changes rarely."""

Send = Callable[[str, bytes], bool]
"""Hands a message to the broker (topic, payload); False when it did not leave."""


@dataclass(frozen=True)
class Behind:
    """A terminal that is there, whose orders are not those that it shall hold."""

    terminal_id: int
    name: str
    session: int
    held: Version | None
    wanted: Version


@dataclass(frozen=True)
class _Sent:
    session: int
    version: Version
    at: datetime
    patience: timedelta


class OrdersDesk:
    """One thread calls `tick`, several times a second. Two desks at once only say things twice."""

    def __init__(self, sessions: Sessions, signing_key: SigningKey, send: Send) -> None:
        self._sessions = sessions
        self._signing_key = signing_key
        self._send = send
        self._sent: dict[int, _Sent] = {}
        self._reported_ahead: set[tuple[int, Version]] = set()
        self._wanted: dict[str, Version] = {}
        self._reckoned: tuple[int, int] | None = None
        self._reckoned_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look once and send what is due; gives how many messages went out."""
        with session_scope(self._sessions, writes=False) as session:
            late = behind(session, self._wanted_now(session, now))
            due = [one for one in late if self._is_due(one, now)]
            told = {one.terminal_id: _orders_of(session, one, now) for one in due} if due else {}
        here = {one.terminal_id for one in late}
        self._sent = {key: sent for key, sent in self._sent.items() if key in here}
        self._report_ahead(late, now)
        return sum(self._say(one, told[one.terminal_id], now) for one in due)

    def _wanted_now(self, session: Session, now: datetime) -> dict[str, Version]:
        """Reckoned anew with every step, and now and then for terminals that came or were moved."""
        found = (current_epoch(session), newest_step(session))
        old = self._reckoned_at is None or not timedelta(0) <= now - self._reckoned_at < RECKON_EVERY
        if old or found != self._reckoned:
            self._wanted = orders_wanted(session)
            self._reckoned, self._reckoned_at = found, now
        return self._wanted

    def _is_due(self, one: Behind, now: datetime) -> bool:
        if one.held is not None and one.held > one.wanted:
            return False
        sent = self._sent.get(one.terminal_id)
        if sent is None or (sent.session, sent.version) != (one.session, one.wanted):
            return True
        return now - sent.at >= sent.patience

    def _say(self, one: Behind, orders: list[Order], now: datetime) -> int:
        said = Orders(version=one.wanted, said_at=now, in_force=orders)
        if not self._send(
            topic(one.name, Channel.ORDERS), sign(KIND, HUB, one.name, said, self._signing_key)
        ):
            return 0
        before = self._sent.get(one.terminal_id)
        again = before is not None and (before.session, before.version) == (one.session, one.wanted)
        patience = FIRST_PATIENCE
        if before is not None and again:
            patience = min(before.patience * 2, LONGEST_PATIENCE)
        self._sent[one.terminal_id] = _Sent(one.session, one.wanted, now, patience)
        return 1

    def _report_ahead(self, late: list[Behind], now: datetime) -> None:
        """A terminal that holds newer orders than there are rightly refuses ours: somebody must raise the epoch."""
        for one in late:
            held = one.held
            if held is None or held <= one.wanted or (one.terminal_id, held) in self._reported_ahead:
                continue
            told = {"what": "orders_ahead", "terminal": one.name, "version": str(held)}
            line = feed.Line(now, FeedKind.ALARM, {**told, "current": str(one.wanted), "at": now.isoformat()})
            with session_scope(self._sessions) as session:
                feed.append(session, [line])
            self._reported_ahead.add((one.terminal_id, held))


def behind(session: Session, wanted: Mapping[str, Version]) -> list[Behind]:
    """Terminals that are online, may speak, and do not say that they hold what they shall.

    One that was never told of any order, and shall hold none, is not behind.
    """
    rows = session.execute(
        select(Terminal.id, Terminal.name, TerminalState.session, ConfigurationReport)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(ConfigurationReport, ConfigurationReport.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE, TerminalState.online)
        .order_by(Terminal.name)
    ).all()
    found = []
    for terminal_id, name, number, report in rows:
        held = None if report is None else reported(report.orders_epoch, report.orders_counter)
        should = wanted.get(name)
        if should is not None and held != should and not (held is None and should.counter == 0):
            found.append(Behind(terminal_id, name, number, held, should))
    return found


def _orders_of(session: Session, one: Behind, now: datetime) -> list[Order]:
    zones = places(session).get(one.name, ())
    standing = in_force(session, now, with_let_through=True)
    concerning = [order for order in standing if order.concerns(one.name, zones)]
    # However many are let through: a lockdown is never crowded out.
    for_all = [order for order in concerning if order.kind is not OrderKind.LET_THROUGH]
    for_one = [order for order in concerning if order.kind is OrderKind.LET_THROUGH]
    room = MOST_IN_FORCE - len(for_all)
    return [for_wire(order) for order in [*for_all, *(for_one[-room:] if room > 0 else [])]]
