"""Events for whoever asks instead of being told: the same thin ones as webhooks carry, and what lies behind each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from flask import request
from msgspec import Meta
from sqlalchemy import select

from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.door import out_of_scope
from hub.sharing.api.problems import NOT_FOUND, ProblemError
from hub.sharing.api.routes import ApiRoutes, Example, Shaped
from hub.sharing.catalogue import EXCHANGES, Way
from hub.sharing.catalogue.custody import BOOKING_NUMBER
from hub.sharing.gate import Ask, NotAgreedError, share, share_many
from hub.sharing.outbox.events import cloud_event
from hub.sharing.outbox.records import Delivery, SharingEvent, State
from hub.sharing.pull import cursors
from hub.sharing.pull.custody import Fields
from hub.sharing.pull.shapes import tag_of

api = ApiRoutes("events", "What happened, and what lies behind it")

MOST: Final = 200
_ORDER: Final = "events"
_TEXT: Final = {"type": "string"}
_EVENT: Final = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "sequence", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _TEXT,
        "source": _TEXT,
        "type": _TEXT,
        "subject": _TEXT,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": _TEXT,
        "sequence": _TEXT,
        "data": {"type": "object", "required": ["version", "description", "reference", "detail"]},
    },
}
_PAGE: Final = Shaped(
    "event_page",
    {
        "type": "object",
        "required": ["events", "next", "more"],
        "properties": {
            "events": {"type": "array", "items": _EVENT},
            "next": {"type": "string", "description": "Ask with it for what comes after, now or later."},
            "more": {"type": "boolean", "description": "Whether there is more already."},
        },
    },
)
_DOCUMENT: Final = Shaped(
    "event_document",
    {
        "description": "The document of the exchange that the event belongs to: see /v1/schemas.",
        "type": "object",
        "required": ["exchange", "schemaVersion", "issuedAt", "disclosure", "agreement", "data"],
        "properties": {
            "exchange": {"enum": [one.name for one in EXCHANGES.values()]},
            "data": {"type": "object"},
        },
    },
)


class EventsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From where on, and how many."""

    after: Annotated[
        str,
        Meta(
            pattern=cursors.PATTERN,
            description="`next` of the answer before; left out: from the first event.",
        ),
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST, description="Events in one answer.")] = 100


class DetailQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of it."""

    fields: Fields = None


@api.operation(
    "GET",
    "/v1/events",
    exchange=None,
    query=EventsQuery,
    summary="What happened since?",
    description="Events that an agreement has sent to your agency, in the order in which they became known, of one "
    "person in their own order. Keep `next`, and ask again with it: nothing is missed and nothing comes twice.",
    answers={200: _PAGE},
    examples=(Example("From the first"), Example("Ten", query={"limit": "10"})),
)
def events(call: Call, query: EventsQuery) -> Answer:
    after = cursors.read_cursor(_ORDER, query.after)
    rows = call.session.execute(
        select(SharingEvent, Delivery)
        .join(Delivery, Delivery.event_id == SharingEvent.id)
        .where(Delivery.agency == call.client.agency, Delivery.sequence > after)
        .order_by(Delivery.sequence)
        .limit(query.limit + 1)
    ).all()
    shown = rows[: query.limit]
    if shown:
        call.must_write()
    told = _told(call, [row for row in shown if row.Delivery.state != State.STOPPED])
    end = shown[-1].Delivery.sequence if shown else after
    document = {"events": told, "next": cursors.write_cursor(_ORDER, end), "more": len(rows) > query.limit}
    return Answer(document)


@api.operation(
    "GET",
    "/v1/events/{id}",
    exchange=None,
    path={"id": "[0-9a-f-]{36}"},
    query=DetailQuery,
    summary="What lies behind an event?",
    description="The document of its exchange with every field that is agreed, as things are now.",
    answers={200: _DOCUMENT},
    shares=True,
)
def event(call: Call, id: str, query: DetailQuery) -> Answer:
    row = call.session.execute(
        select(SharingEvent, Delivery)
        .join(Delivery, Delivery.event_id == SharingEvent.id)
        .where(Delivery.agency == call.client.agency, SharingEvent.uid == id)
        .limit(1)
    ).one_or_none()
    if row is None:
        raise ProblemError(NOT_FOUND)
    if row.Delivery.exchange not in call.client.scopes:
        raise out_of_scope(row.Delivery.exchange)
    shared = share(
        call.session,
        agency=call.client.agency,
        exchange=row.Delivery.exchange,
        purpose=row.Delivery.purpose,
        person=row.SharingEvent.person_id,
        booking=row.SharingEvent.booking_id,
        fact=row.SharingEvent.fact_id,
        at=call.at,
        actor=call.actor,
        way=Way.PULL,
        wanted=None if query.fields is None else query.fields.split(","),
        reference=id,
        given=json.loads(row.SharingEvent.data),
    )
    return Answer(shared.document, etag=tag_of(shared.document))


def _told(call: Call, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Each event as a webhook would carry it, as far as the gate lets it out at this moment."""
    if not rows:
        return []
    numbered = {
        (grant.exchange, grant.purpose)
        for one in agreements_in_force(call.session, call.at, call.client.agency)
        for grant in one.terms.grants
        if BOOKING_NUMBER.name in grant.fields
    }
    asks = [_ask(call, row, numbered) for row in rows]
    shared = share_many(call.session, asks, at=call.at, actor=call.actor, way=Way.PULL)
    return [
        cloud_event(
            _as_known(row.SharingEvent, known=BOOKING_NUMBER.name in one.fields),
            api=request.host_url.rstrip("/"),
            sequence=row.Delivery.sequence,
        )
        for row, one in zip(rows, shared, strict=True)
        if not isinstance(one, NotAgreedError)
    ]


def _ask(call: Call, row: Any, numbered: set[tuple[str, str]]) -> Ask:
    known = (row.Delivery.exchange, row.Delivery.purpose) in numbered
    return Ask(
        call.client.agency,
        row.Delivery.exchange,
        row.Delivery.purpose,
        person=row.SharingEvent.person_id,
        booking=row.SharingEvent.booking_id,
        wanted=(BOOKING_NUMBER.name,) if known else (),
        reference=row.SharingEvent.uid,
    )


@dataclass(frozen=True)
class _Told:
    uid: str
    type: str
    version: int
    occurred_at: datetime
    reference: str
    data: str


def _as_known(event: SharingEvent, *, known: bool) -> _Told:
    own = event.person_id is None and event.booking_id is None
    return _Told(
        uid=event.uid,
        type=event.type,
        version=event.version,
        occurred_at=event.occurred_at,
        reference=event.reference if known or own else "",
        data=event.data,
    )
