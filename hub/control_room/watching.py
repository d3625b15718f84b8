"""What nobody tells and the control room has to know: terminals that fell silent, and orders not confirmed in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.rules import SILENT_AFTER
from hub.custody.away import people_away
from hub.database import Sessions, session_scope
from hub.movements.alarms.codes import TERMINAL_DOWN
from hub.movements.alarms.limits import Limits, limits_at
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.movements.external.at_gate import INSIDE
from hub.movements.orders.standing import lingering, reaches
from hub.movements.whereabouts.places import places
from hub.movements.whereabouts.prove import TOLD
from hub.pace import is_over
from hub.sentences import Sentence
from hub.terminals.records import Status, Terminal, TerminalState
from wire.orders import OrderKind

LOOK_EVERY: Final = timedelta(seconds=1)
UNCONFIRMED: Final = "order_unconfirmed"
CLOSED_HOLDS: Final = timedelta(days=7)
"""For how long a cause that goes on stays quiet after somebody closed it; then it asks again."""
NOT_ENDED: Final = Sentence("A terminal still acts by an order that is ended: use the radio")
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
        if not is_over(self._looked_at, LOOK_EVERY, now):
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
    begun = _unknown(session, begun, now)
    ended = {key for key, was_over in is_over.items() if not was_over and key not in causes}
    ended |= _settled(session, now)
    return _News(begun, frozenset(ended))


def _unknown(
    session: Session, begun: Mapping[tuple[str, str], Cause], now: datetime
) -> dict[tuple[str, str], Cause]:
    """Without those that somebody has closed already: what they knew of is not news, though it goes on."""
    codes, keys = {code for code, _ in begun}, {key for _, key in begun}
    wanted = select(Alarm.code, Alarm.key, Alarm.evidence).where(
        Alarm.code.in_(codes), Alarm.key.in_(keys), Alarm.closed_at > now - CLOSED_HOLDS
    )
    rows = session.execute(wanted.order_by(Alarm.id)) if begun else ()
    closed = {(code, key): evidence for code, key, evidence in rows}
    return {key: cause for key, cause in begun.items() if closed.get(key) != cause.evidence}


def _open(session: Session) -> dict[tuple[str, str], bool]:
    """Open alarms that are watched here, and whether their cause was over."""
    wanted = select(Alarm.code, Alarm.key, Alarm.over_at)
    rows = session.execute(wanted.where(Alarm.closed_at.is_(None), Alarm.code.in_(_WATCHED)))
    return {(code, key): over_at is not None for code, key, over_at in rows}


def _settled(session: Session, now: datetime) -> set[tuple[str, str]]:
    """Contradictions about people that are none any more: a later one is to ring anew."""
    wanted = select(Alarm.code, Alarm.key, Alarm.person_id).where(
        Alarm.closed_at.is_(None),
        Alarm.over_at.is_(None),
        Alarm.code.in_([INSIDE, *(code.value for code in TOLD)]),
    )
    rows = [row for row in session.execute(wanted) if row.person_id is not None]
    if not rows:
        return set()
    found = places(session, now, people={row.person_id for row in rows})
    doubts = {person: {doubt.code.value for doubt in place.doubts} for person, place in found.items()}
    for one in people_away(session, now):
        doubts.setdefault(one.person.id, set()).add(INSIDE)
    return {(row.code, row.key) for row in rows if row.code not in doubts.get(row.person_id, set())}


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
            evidence: dict[str, object] = {"order": order.number, "kind": order.kind.value}
            found[UNCONFIRMED, key] = Cause(UNCONFIRMED, key, terminal=name, evidence=evidence)
    for reach in lingering(session, now):
        assert reach.ended is not None
        if now - reach.ended.at <= patience:
            continue
        for name in (*reach.not_yet, *reach.away):
            key = f"{reach.order.number}:ended:{name}"
            evidence = {"order": reach.order.number, "kind": reach.order.kind.value, "ended": True}
            found[UNCONFIRMED, key] = Cause(
                UNCONFIRMED, key, terminal=name, evidence=evidence, words=NOT_ENDED
            )
    return found
