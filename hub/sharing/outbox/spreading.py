"""From facts to events and deliveries, in one transaction with the cursor: nothing is forgotten and nothing doubled."""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from hub.custody.merging.reading import joined_stays, leads
from hub.custody.records import Booking, Person
from hub.rows import insert_rows
from hub.sharing.outbox import cursor as facts
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.channels import agencies_with_channel
from hub.sharing.outbox.deriving import FAULTS, FactRow, News, news_of
from hub.sharing.outbox.events import VERSION, EventType
from hub.sharing.outbox.listeners import Listener, listeners, purpose_for
from hub.sharing.outbox.records import Delivery, DeliverySender, SharingEvent, State

AT_ONCE: Final = 2_000
Correct = Callable[[Session, Sequence[FactRow], datetime], None]
"""What tells whoever was told something wrong, given the rows that were read; in the transaction that reads them."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Told:
    """An event to be, and who hears of it."""

    row: FactRow
    news: News
    hearers: Sequence[Listener]


def spread(session: Session, at: datetime, most: int = AT_ONCE, correct: Correct | None = None) -> int:
    """Read the next facts and write what agencies are to hear of them; how many facts were read.

    Rows that correct others are no news: `correct` gets them, after the news of the same turn.

    An agency hears of what happened since its agreement began and never of what came before: a register that is
    brought in, or a stay of old that is written down late, floods nobody.
    """
    cursor = facts.begin(session)
    if cursor is None:
        return 0
    rows = facts.unread(session, cursor, most)
    if rows:
        told = list(_told(session, rows, at))
        if told:
            _write(session, told, at)
        wrong = [row for row in rows if row.corrects_id is not None]
        if wrong and correct is not None:
            correct(session, wrong, at)
    facts.take(session, cursor, rows, at)
    return len(rows)


def enqueue(
    session: Session,
    *,
    agency: str,
    type: EventType,
    exchange: str,
    purpose: str = "",
    reference: str,
    person: int | None = None,
    booking: int | None = None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    occurred_at: datetime | None = None,
    uid: str = "",
) -> int:
    """Tell one agency of something that is no fact: an answer, a list. The number of the delivery; in the caller's
    transaction.

    `data` holds numbers and references alone: whoever overhears an event must not learn of anybody. Members with a
    namespace are fields of the exchange, which only come with what is fetched, as far as they are agreed. Without a
    `purpose` the one under which the agreement then in force has the exchange counts.
    """
    event = SharingEvent(
        uid=uid or str(uuid.uuid4()),
        type=type.value,
        version=VERSION,
        occurred_at=occurred_at or at,
        recorded_at=at,
        person_id=person,
        booking_id=booking,
        fact_id=None,
        reference=reference[:40],
        data=_json(data or {}),
    )
    session.add(event)
    session.flush()
    hearer = Listener(agency, exchange, purpose or purpose_for(session, agency, exchange, at), at)
    waits = agency in agencies_with_channel(session)
    row = _delivery(event.id, person, hearer, _sequences(session, {agency: 1})[agency], waits=waits, at=at)
    delivery = Delivery(**row)
    session.add(delivery)
    session.flush()
    return delivery.id


def _told(session: Session, rows: Sequence[FactRow], at: datetime) -> Iterable[_Told]:
    by_type = listeners(session, at)
    for row in rows:
        try:
            news = news_of(row)
        except FAULTS:
            _log.warning("outbox: fact %s cannot be read by this version and is told to nobody", row.id)
            continue
        if news is not None:
            hearers = [one for one in by_type.get(news.type, ()) if news.occurred_at >= one.since_at]
            if hearers:
                yield _Told(row, news, _one_each(hearers))


def _one_each(hearers: Sequence[Listener]) -> list[Listener]:
    # An agency whose agreement sends two exchanges on one happening hears of it once, and pulls both.
    return list({one.agency: one for one in reversed(hearers)}.values())


def _write(session: Session, told: Sequence[_Told], at: datetime) -> None:
    references = _references(session, [one.row for one in told])
    leading = leads(session)
    events = [_event(one, references, leading, at) for one in told]
    made = session.execute(
        insert(SharingEvent).returning(SharingEvent.id, SharingEvent.fact_id), events
    ).all()
    by_fact = {fact_id: number for number, fact_id in made}
    with_channel = agencies_with_channel(session)
    counts: dict[str, int] = defaultdict(int)
    for one in told:
        for hearer in one.hearers:
            counts[hearer.agency] += 1
    following = _sequences(session, counts)
    rows = []
    for one in told:
        person = leading.get(one.row.person_id, one.row.person_id)
        for hearer in one.hearers:
            waits = hearer.agency in with_channel and not hearer.on_request
            number = following[hearer.agency]
            following[hearer.agency] += 1
            rows.append(_delivery(by_fact[one.row.id], person, hearer, number, waits=waits, at=at))
    insert_rows(session, Delivery, rows)


def _event(
    one: _Told, references: Mapping[int, str], leading: Mapping[int, int], at: datetime
) -> dict[str, Any]:
    row = one.row
    return {
        "uid": str(uuid.uuid4()),
        "type": one.news.type.value,
        "version": VERSION,
        "occurred_at": one.news.occurred_at,
        "recorded_at": at,
        "person_id": leading.get(row.person_id, row.person_id),
        "booking_id": row.booking_id,
        "fact_id": row.id,
        "reference": references.get(row.id, ""),
        "data": "{}",
    }


def _delivery(
    event_id: int, person: int | None, hearer: Listener, sequence: int, *, waits: bool, at: datetime
) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "agency": hearer.agency,
        "sequence": sequence,
        "person_id": person,
        "exchange": hearer.exchange,
        "purpose": hearer.purpose,
        "state": (State.WAITING if waits else State.OFFERED).value,
        "tries": 0,
        "replays": 0,
        "made_at": at,
        "since_at": at,
        "next_at": at,
        "done_at": None,
        "outcome": "" if waits or hearer.on_request else Outcome.NO_ADDRESS.value,
        "disclosure_id": None,
    }


def _references(session: Session, rows: Sequence[FactRow]) -> Mapping[int, str]:
    """What each fact is asked for by: the number of its stay, or of its person where it belongs to none.

    A stay that was recorded twice is known by the number that goes on.
    """
    joined = joined_stays(session)
    stays = {joined.get(row.booking_id, row.booking_id) for row in rows if row.booking_id is not None}
    numbers = _pairs(session, select(Booking.id, Booking.number).where(Booking.id.in_(stays)))
    people = {row.person_id for row in rows if row.booking_id is None}
    persons = _pairs(session, select(Person.id, Person.number).where(Person.id.in_(people)))
    return {
        row.id: persons.get(row.person_id, "")
        if row.booking_id is None
        else numbers.get(joined.get(row.booking_id, row.booking_id), "")
        for row in rows
    }


def _pairs(session: Session, wanted: Select[int, str]) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(wanted)}


def _sequences(session: Session, counts: Mapping[str, int]) -> dict[str, int]:
    """The first of so many following numbers of each agency; its row stays locked until the transaction ends."""
    first = {}
    for agency in sorted(counts):  # always in one order, so that no two transactions wait for each other
        raised = (
            update(DeliverySender)
            .where(DeliverySender.agency == agency)
            .values(last=DeliverySender.last + counts[agency])
        )
        last: int | None = session.scalar(raised.returning(DeliverySender.last))
        if last is None:
            last = counts[agency]
            session.add(
                DeliverySender(
                    agency=agency,
                    last=last,
                    token="",
                    until_at=None,
                    failures=0,
                    retry_at=None,
                    contact_at=None,
                    outcome="",
                )
            )
            session.flush()
        first[agency] = last - counts[agency] + 1
    return first


def _json(data: Mapping[str, Any]) -> str:
    return msgspec.json.encode(dict(data), order="sorted").decode()
