"""Lists that go out by themselves: once in each day, week, month or year, as often as the agreement says.

A program is told that the list is ready and fetches it; an agency with files alone gets a row for each person. The list
of the census has a day of its own, see `hub.sharing.census`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import leads
from hub.database import Sessions, session_scope
from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.agreements.records import Agency
from hub.sharing.outbox.channels import agencies_with_channel, agencies_with_webhook
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.frequency import turn_began
from hub.sharing.outbox.records import Delivery, SharingEvent
from hub.sharing.outbox.spreading import enqueue
from hub.sharing.pull.lists import on_remand
from hub.web.formats import SITE_ZONE

_LISTS: Final = {"remand_ageing": ("remand list", "/v1/lists/remand-ageing", on_remand)}
"""By exchange: how its turn is called, where a program fetches it, and who stands on it."""


@dataclass(frozen=True)
class Turn:
    """A list that an agency is to have now: `reference` names the turn, and no turn is told twice."""

    agency: str
    exchange: str
    purpose: str
    reference: str


def send_due(sessions: Sessions, at: datetime) -> int:
    """Tell every agency of each list whose turn has come; how many. Each agency in a transaction of its own."""
    with session_scope(sessions, writes=False) as session:
        waiting = {turn.agency for turn in due(session, at)}
    told = 0
    for agency in sorted(waiting):
        with session_scope(sessions) as session:
            # Another process may be at the same.
            session.execute(select(Agency.id).where(Agency.code == agency).with_for_update(key_share=True))
            for turn in due(session, at, agency):
                _tell(session, turn, at)
                told += 1
    return told


def due(session: Session, at: datetime, agency: str | None = None) -> list[Turn]:
    """Lists whose day, week, month or year has begun and that were not told of in it; of one agency or of all."""
    return [turn for turn in _agreed(session, at, agency) if not _told(session, turn)]


def _agreed(session: Session, at: datetime, agency: str | None) -> Iterator[Turn]:
    today = at.astimezone(SITE_ZONE).date()
    for one in agreements_in_force(session, at, agency):
        began = turn_began(one.terms.frequency, today)
        for grant in one.terms.grants:
            if began is not None and grant.exchange in _LISTS:
                called = f"{_LISTS[grant.exchange][0]} {began}"
                yield Turn(one.agency, grant.exchange, grant.purpose, called)


def _told(session: Session, turn: Turn) -> bool:
    wanted = (
        select(Delivery.id)
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(
            Delivery.agency == turn.agency,
            Delivery.exchange == turn.exchange,
            Delivery.purpose == turn.purpose,
            SharingEvent.type == EventType.LIST_READY.value,
            SharingEvent.reference == turn.reference,
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def _tell(session: Session, turn: Turn, at: datetime) -> None:
    _, address, listed = _LISTS[turn.exchange]
    people: Sequence[int | None] = [None]
    if turn.agency in agencies_with_channel(session) - agencies_with_webhook(session):
        leading = leads(session)
        found = dict.fromkeys(leading.get(one, one) for one in listed(session))
        people = list(found) or [None]  # a list of nobody is laid down as well, with a row that names nobody
    for person in people:
        enqueue(
            session,
            agency=turn.agency,
            type=EventType.LIST_READY,
            exchange=turn.exchange,
            purpose=turn.purpose,
            reference=turn.reference,
            person=person,
            at=at,
            data={"list": address},
        )
