"""Numbers that nobody here has: each is written down, and a program that tries too many is stopped for a while.

A program knows the numbers that it asks about. One that tries them through to see who is here misses far more often
than one that mistypes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from hub.accounts.audit import write_down
from hub.accounts.records import AuditEntry
from hub.database import UtcDateTime
from hub.movements.alarms.raising import Cause, raise_alarm
from hub.movements.alarms.records import Alarm
from hub.sharing.api.calls import Call, Client
from hub.sharing.api.problems import NOT_FOUND, TOO_MANY, NotedProblemError

A_DAY: Final = timedelta(days=1)
MOST: Final = 50
"""Of one program within a day: a clerk mistypes a few, numbers that are tried through are hundreds."""
ACT: Final = "sharing.unknown_number"
OFTEN: Final = "agency_tries_numbers"
"""Code of the alarm."""


def check_misses(call: Call) -> None:
    """NotedProblemError 429 when the program has missed too often.

    Before any number is looked at: who is here and who is not gets the same answer then.
    """
    oldest = _oldest_that_counts(call.session, call.client, call.at)
    if oldest is not None:
        again_s = int((oldest + A_DAY - call.at).total_seconds()) + 1
        raise NotedProblemError(
            TOO_MANY,
            lambda session: _ring(session, call.client, call.at),
            "This program asked about so many numbers that nobody here has that it is answered no more for now. "
            "Ask for a list instead, or call the records office.",
            {"Retry-After": str(again_s)},
        )


def missed(call: Call, reference: str) -> NotedProblemError:
    """What a number that nobody has is answered, written down when the call is over."""
    client, at = call.client, call.at

    def note(session: Session) -> None:
        write_down(session, at=at, actor=client.actor, act=ACT, subject=_subject(client), detail=reference)
        session.flush()
        if _oldest_that_counts(session, client, at) is not None:
            _ring(session, client, at)

    return NotedProblemError(NOT_FOUND, note)


def _ring(session: Session, client: Client, at: datetime) -> None:
    """Ring once a day. Called again whenever the program is turned away: of two calls at once that use up the day
    together, neither sees the other."""
    rung = select(Alarm.id).where(
        Alarm.code == OFTEN, Alarm.key == client.agency, Alarm.raised_at > at - A_DAY
    )
    if session.scalar(rung.limit(1)) is None:
        raise_alarm(session, Cause(OFTEN, key=client.agency, evidence={"client": client.client_id}), at)


def _oldest_that_counts(session: Session, client: Client, at: datetime) -> datetime | None:
    """When the first of the newest MOST misses of the last day was; None where there are not so many."""
    asked = {"subject": _subject(client), "since": at - A_DAY, "before": MOST - 1}
    return session.scalar(_NEWEST, asked)


_NEWEST: Final = (
    select(AuditEntry.at)
    .where(
        AuditEntry.subject == bindparam("subject"),
        AuditEntry.act == ACT,
        AuditEntry.at > bindparam("since", type_=UtcDateTime()),
    )
    .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    .offset(bindparam("before", type_=Integer()))
    .limit(1)
)


def _subject(client: Client) -> str:
    """The line is about the program: nobody has the number. By its subject it is found without reading the trail."""
    return client.client_id[:64]
