"""Events for whoever asks instead of being told: the same thin ones as webhooks carry, and what lies behind each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.door import Interface, out_of_scope
from hub.sharing.api.problems import NOT_FOUND, ProblemError
from hub.sharing.api.routes import ApiRoutes, Example, Shaped
from hub.sharing.catalogue import EXCHANGES, Way
from hub.sharing.gate import share
from hub.sharing.outbox.asking import Asked, ask
from hub.sharing.outbox.events import cloud_event
from hub.sharing.outbox.pulling import fetched, one, page, stopped
from hub.sharing.outbox.records import State
from hub.sharing.pull import cursors
from hub.sharing.pull.custody import Fields
from hub.sharing.pull.shapes import tag_of
from hub.web.door import service

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
    "person in their own order, and of the exchanges that your token is good for. Keep `next`, and ask again with it: "
    "nothing is missed and nothing comes twice.",
    answers={200: _PAGE},
    examples=(Example("From the first"), Example("Ten", query={"limit": "10"})),
)
def events(call: Call, query: EventsQuery) -> Answer:
    after = cursors.read_cursor(_ORDER, query.after)
    rows = page(call.session, call.client.agency, after, query.limit + 1)
    shown = rows[: query.limit]
    if shown:
        call.must_write()
    told = _told(call, [row for row in shown if _may_see(call, row)])
    end = shown[-1].sequence if shown else after
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
    row = one(call.session, call.client.agency, id)
    if row is None:
        raise ProblemError(NOT_FOUND)
    if row.exchange not in call.client.scopes:
        raise out_of_scope(row.exchange)
    shared = share(
        call.session,
        agency=call.client.agency,
        exchange=row.exchange,
        purpose=row.purpose,
        person=row.person_id,
        booking=row.booking_id,
        fact=row.fact_id,
        at=call.at,
        actor=call.actor,
        way=Way.PULL,
        wanted=None if query.fields is None else query.fields.split(","),
        reference=id,
        rules=call.rules,
        given=json.loads(row.data),
    )
    return Answer(shared.document, etag=tag_of(shared.document))


def _may_see(call: Call, row: Any) -> bool:
    """Whether it still goes out, and is of an exchange that this program's token is good for."""
    return row.state != State.STOPPED and row.exchange in call.client.scopes


def _told(call: Call, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Each event as a webhook would carry it, as far as the gate lets it out at this moment."""
    if not rows:
        return []
    answers = ask(call.session, call.client.agency, rows, call.at, Way.PULL, call.actor)
    let_out = [(row, one) for row, one in zip(rows, answers, strict=True) if isinstance(one, Asked)]
    fetched(call.session, [row for row, _ in let_out], call.at)
    gone = {row.id for row in rows} - {row.id for row, _ in let_out}
    stopped(call.session, [row for row in rows if row.id in gone], call.at)
    api_of = service(Interface).address
    return [cloud_event(one, api=api_of, sequence=row.sequence) for row, one in let_out]
