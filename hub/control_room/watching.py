"""What nobody tells and the control room has to know: terminals that fell silent, and orders not confirmed in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.rules import SILENT_AFTER
from hub.database import Sessions, session_scope
from hub.movements.alarms.codes import TERMINAL_DOWN
from hub.movements.alarms.limits import Limits, limits_at
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.movements.orders.standing import reaches
from hub.terminals.records import Status, Terminal, TerminalState
from wire.orders import OrderKind

LOOK_EVERY: Final = timedelta(seconds=1)
UNCONFIRMED: Final = "order_unconfirmed"
_WATCHED: Final = (TERMINAL_DOWN, UNCONFIRMED)


@dataclass(frozen=True)
class _News:
    """Causes that began, by code and key, and those that ended."""

    begun: Mapping[tuple[str, str], Cause]
    ended: frozenset[tuple[str, str]]


class Watch:
    """One thread calls `tick`. Two watches at once raise no more than one: an open cause is one row."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._began_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Look at most once a second; gives how many causes began or ended."""
        if self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        self._began_at = self._began_at or now
        with session_scope(self._sessions, writes=False) as session:
            news = _news(session, self._began_at, now)
        if not news.begun and not news.ended:
            return 0
        with session_scope(self._sessions) as session:
            open_now = _open(session)
            for key, cause in news.begun.items():
                if open_now.get(key, True):  # another process may have been faster
                    raise_alarm(session, cause, now)
            ended = [over(session, *key, now) for key in sorted(news.ended)]
        return len(news.begun) + sum(ended)


def _news(session: Session, watched_since: datetime, now: datetime) -> _News:
    limits = limits_at(session, now)
    down = _down(session, limits, watched_since, now)
    causes = {**down, **_unconfirmed(session, limits, now)}
    is_over = _open(session)
    begun = {key: cause for key, cause in causes.items() if is_over.get(key, True)}
    ended = {key for key, was_over in is_over.items() if not was_over and key not in causes}
    return _News(begun, frozenset(ended))


def _open(session: Session) -> dict[tuple[str, str], bool]:
    """Open alarms that are watched here, and whether their cause was over."""
    wanted = select(Alarm.code, Alarm.key, Alarm.over_at)
    rows = session.execute(wanted.where(Alarm.closed_at.is_(None), Alarm.code.in_(_WATCHED)))
    return {(code, key): over_at is not None for code, key, over_at in rows}


def _down(
    session: Session, limits: Limits, watched_since: datetime, now: datetime
) -> dict[tuple[str, str], Cause]:
    """Terminals that said farewell, or say nothing. While the hub itself was away nobody is to blame for silence."""
    rows = session.execute(
        select(Terminal.name, TerminalState)
        .join(TerminalState, TerminalState.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE)
    )
    found = {}
    for name, state in rows:
        patience = timedelta(seconds=limits.down_s) if not state.online else SILENT_AFTER
        if now - max(state.heard_at, watched_since) > patience:
            evidence = {"since": state.heard_at.isoformat(), "said_farewell": not state.online}
            found[TERMINAL_DOWN, name] = Cause(TERMINAL_DOWN, name, terminal=name, evidence=evidence)
    return found


def _unconfirmed(session: Session, limits: Limits, now: datetime) -> dict[tuple[str, str], Cause]:
    found = {}
    patience = timedelta(seconds=limits.confirm_s)
    for reach in reaches(session, now):
        order = reach.order
        if order.kind is OrderKind.LET_THROUGH or now - order.since_at <= patience:
            continue
        for name in (*reach.not_yet, *reach.away):
            key = f"{order.number}:{name}"
            evidence = {"order": order.number, "kind": order.kind.value}
            found[UNCONFIRMED, key] = Cause(UNCONFIRMED, key, terminal=name, evidence=evidence)
    return found
