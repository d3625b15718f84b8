"""The desk of the inbox: what lies too long rings until somebody by name has taken it; what may not be kept goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.database import Sessions, session_scope
from hub.movements.alarms.raising import Cause, over, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.overwriting import Traces
from hub.pace import is_over
from hub.sharing.inbox.clocks import Liberty
from hub.sharing.inbox.forgetting import forget_due, is_due
from hub.sharing.inbox.records import OPEN, InboundMessage, InboxItem
from hub.web.formats import SITE_ZONE

EVERY: Final = timedelta(minutes=1)
CODE_OF: Final = {Liberty.GOES: "inbox_liberty_overdue", Liberty.HELD: "inbox_overdue"}
"""What rings: a message on which somebody's liberty hangs. The others are marked in the list."""
MOST: Final = 50
"""Alarms in one look: a flood of messages is one storm, and rings by and by."""
SAID: Final = ("inbound_bodies", "inbox_words", "inbox_items")
"""Tables of what messages and officers said."""
AGAIN_AFTER: Final = timedelta(hours=1)
"""Somebody closed the alarm and decided nothing: it rings anew."""


class InboxDesk:
    """`tick` gives how many alarms it raised or ended, and how many messages it cleared."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._looked_at: datetime | None = None
        self._traces = Traces(sessions, *SAID)

    def tick(self, now: datetime) -> int:
        if not is_over(self._looked_at, EVERY, now):
            return 0
        self._looked_at = now
        with session_scope(self._sessions, writes=False) as session:
            late, ended, old = _late(session, now), _ended(session), is_due(session, now)
        done = 0
        if late or ended:
            with session_scope(self._sessions) as session:
                done = sum(_ring(session, number, now) for number in late)
                done += sum(over(session, code, key, now) for code, key in ended)
        if old:
            with session_scope(self._sessions) as session:
                done += forget_due(session, now)
            self._traces.add()
        self._traces.overwrite(now.astimezone(SITE_ZONE))
        return done


def _late(session: Session, now: datetime) -> list[str]:
    """Numbers of overdue messages about liberty that have not rung."""
    rung = select(Alarm.id).where(Alarm.code.in_(CODE_OF.values()), Alarm.key == InboundMessage.number)
    wanted = (
        select(InboundMessage.number)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(
            InboxItem.state.in_(OPEN),
            InboxItem.due_at < now,
            InboxItem.liberty.in_([one.value for one in CODE_OF]),
            ~rung.where(or_(Alarm.closed_at.is_(None), Alarm.closed_at > now - AGAIN_AFTER)).exists(),
        )
        .order_by(InboxItem.liberty, InboundMessage.id)
        .limit(MOST)
    )
    return list(session.scalars(wanted))


def _ended(session: Session) -> list[tuple[str, str]]:
    """Open alarms whose message was decided."""
    waits = (
        select(InboxItem.id)
        .join(InboundMessage, InboundMessage.id == InboxItem.id)
        .where(InboundMessage.number == Alarm.key, InboxItem.state.in_(OPEN))
    )
    wanted = select(Alarm.code, Alarm.key).where(
        Alarm.code.in_(CODE_OF.values()),
        Alarm.closed_at.is_(None),
        Alarm.over_at.is_(None),
        ~waits.exists(),
    )
    return [(code, key) for code, key in session.execute(wanted)]


def _ring(session: Session, number: str, now: datetime) -> bool:
    row, item = session.execute(
        select(InboundMessage, InboxItem)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(InboundMessage.number == number)
    ).one()
    if item.state not in OPEN:
        return False
    evidence = {
        "message": row.number,
        "agency": row.agency,
        "since": row.received_at.isoformat(),
        "owner": item.owner,
    }
    code = CODE_OF[Liberty(item.liberty)]
    raise_alarm(session, Cause(code, row.number, person_id=item.person_id, evidence=evidence), now)
    return True
