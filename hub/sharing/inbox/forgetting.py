"""What was sent about people who never came does not stay: after the agreement's days it is deleted, with a trace.

Of somebody who is on file the file's own retention speaks. Of these nobody here has a file: number, times, hash and
who decided stay. What the message said of somebody goes, and what an officer wrote of it, which can name people too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sharing.agreements.records import Agreement, AgreementVersion
from hub.sharing.agreements.terms import read_terms
from hub.sharing.inbox.lists import read
from hub.sharing.inbox.records import InboundBody, InboundMessage, InboxAct, InboxItem, InboxWords, State
from hub.sharing.inbox.steps import add_step
from hub.sharing.inbox.telling import tell

JOB: Final = Actor("hub", "hub")
AT_ONCE: Final = 25
"""In one transaction: whoever wants to write waits for it."""
_KEPT_FOR_NOTHING: Final = tuple(
    state.value for state in (State.KEPT, State.REFUSED, State.DUPLICATE, State.EXPIRED)
)


def forget_due(session: Session, at: datetime, most: int = AT_ONCE) -> int:
    """Delete what messages said whose days are over; how many those were."""
    done = 0
    for row, item in _due(session, at):
        if done == most:
            break
        if item.state == State.KEPT.value:
            if read(session, row, item, at).arrived:
                continue  # somebody has to decide: who it may be about is here now
            _expire(session, row, item, at)
        _clear(session, row, item, at)
        done += 1
    return done


def is_due(session: Session, at: datetime) -> bool:
    """Whether there is anything to delete: asked without holding up whoever writes."""
    return next(_due(session, at), None) is not None


def _due(session: Session, at: datetime) -> Iterator[tuple[InboundMessage, InboxItem]]:
    """Messages about nobody who is on file, by the agreement that each came under."""
    mine = (
        InboxItem.person_id.is_(None),
        InboxItem.cleared_at.is_(None),
        InboxItem.state.in_(_KEPT_FOR_NOTHING),
        InboundMessage.exchange != "definitions",
    )
    terms = (
        select(Agreement.code, AgreementVersion.number, AgreementVersion.terms)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .where(
            select(InboundMessage.id)
            .join(InboxItem, InboxItem.id == InboundMessage.id)
            .where(
                *mine,
                InboundMessage.agreement == Agreement.code,
                InboundMessage.agreement_version == AgreementVersion.number,
            )
            .exists()
        )
    )
    for code, version, raw in session.execute(terms).all():
        before = at - timedelta(days=read_terms(raw).retention_days)
        wanted = (
            select(InboundMessage, InboxItem)
            .join(InboxItem, InboxItem.id == InboundMessage.id)
            .where(
                *mine,
                InboundMessage.agreement == code,
                InboundMessage.agreement_version == version,
                func.coalesce(InboxItem.decided_at, InboundMessage.received_at) <= before,
            )
            .order_by(InboundMessage.id)
            .limit(AT_ONCE)
        )
        yield from _one_after_another(session, wanted)


def _one_after_another(
    session: Session, wanted: Select[InboundMessage, InboxItem]
) -> Iterator[tuple[InboundMessage, InboxItem]]:
    """All of them, a few read at a time. Those that stay for an officer must not stand before those behind them."""
    last = 0
    while rows := session.execute(wanted.where(InboundMessage.id > last)).all():
        for row, item in rows:
            last = row.id
            yield row, item


def _expire(session: Session, row: InboundMessage, item: InboxItem, at: datetime) -> None:
    item.state, item.decided_by, item.decided_at = State.EXPIRED.value, JOB.login, at
    _note(session, row, InboxAct.EXPIRED, at)
    tell(session, row, item, at)


def _clear(session: Session, row: InboundMessage, item: InboxItem, at: datetime) -> None:
    item.cleared_at, item.version = at, item.version + 1
    item.subject_number = item.subject_reference = item.subject_name = item.accepted = item.reason = ""
    item.subject_born_on = None
    session.flush()
    session.execute(delete(InboundBody).where(InboundBody.id == row.id))
    session.execute(delete(InboxWords).where(InboxWords.message_id == row.id))
    _note(session, row, InboxAct.CLEARED, at)


def _note(session: Session, row: InboundMessage, act: InboxAct, at: datetime) -> None:
    add_step(session, row.id, act, by=JOB.login, at=at)
    write_down(
        session, at=at, actor=JOB, act=f"inbox.{act.value}", subject=row.number, detail=row.body_hash[:16]
    )
    session.flush()
