"""What agencies are told of: types of events, and how one looks on the wire (CloudEvents 1.0, structured).

An event is thin: what happened, when, and a reference to ask by. Names and everything else are asked for afterwards,
through the gate, with the agency's own right to each field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from hub.sentences import Sentence

SOURCE: Final = "urn:pims:hub"
VERSION: Final = 1
"""Of the data of every type: raised when a member changes its meaning; members are only ever added."""

ONE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"


class EventType(StrEnum):
    """The type of an event, as receivers read it."""

    ADMITTED = "pims.custody.admitted"
    RELEASED = "pims.custody.released"
    TRANSFERRED = "pims.custody.transferred"
    ESCAPED = "pims.custody.escaped"
    RECAPTURED = "pims.custody.recaptured"
    STATUS_CHANGED = "pims.custody.status_changed"
    DATE_VERIFIED = "pims.custody.release_date_verified"
    PRODUCTION_OUTCOME = "pims.custody.production_outcome"
    CORRECTED = "pims.custody.corrected"
    ORDER_ANSWERED = "pims.custody.order_answered"
    IDENTITY_ANSWERED = "pims.custody.identity_answered"
    PRINTS_ANSWERED = "pims.custody.prints_answered"
    LIST_READY = "pims.custody.list_ready"


DESCRIPTIONS: Final = {
    EventType.ADMITTED: "Somebody was admitted.",
    EventType.RELEASED: "Somebody was released.",
    EventType.TRANSFERRED: "Somebody went to another site.",
    EventType.ESCAPED: "Somebody is unlawfully at large.",
    EventType.RECAPTURED: "Somebody who was unlawfully at large is back.",
    EventType.STATUS_CHANGED: "The legal status of somebody changed.",
    EventType.DATE_VERIFIED: "A release date was signed by a second officer.",
    EventType.PRODUCTION_OUTCOME: "A date before a court has an outcome.",
    EventType.CORRECTED: "Something that was told before was wrong. Ask again.",
    EventType.ORDER_ANSWERED: "An order that you sent was decided on.",
    EventType.IDENTITY_ANSWERED: "A request for an identity was answered.",
    EventType.PRINTS_ANSWERED: "A request for fingerprints was answered.",
    EventType.LIST_READY: "A list is ready to be fetched.",
}
"""In English on the wire, for whoever writes the receiver; people read `WORDS`."""

WORDS: Final = {
    EventType.ADMITTED: Sentence("Admission"),
    EventType.RELEASED: Sentence("Release"),
    EventType.TRANSFERRED: Sentence("Transfer to another site"),
    EventType.ESCAPED: Sentence("Unlawfully at large"),
    EventType.RECAPTURED: Sentence("Back from being at large"),
    EventType.STATUS_CHANGED: Sentence("Change of legal status"),
    EventType.DATE_VERIFIED: Sentence("Release date signed by two officers"),
    EventType.PRODUCTION_OUTCOME: Sentence("Outcome of a court date"),
    EventType.CORRECTED: Sentence("Correction of what was told"),
    EventType.ORDER_ANSWERED: Sentence("Answer to an order"),
    EventType.IDENTITY_ANSWERED: Sentence("Answer to a request for an identity"),
    EventType.PRINTS_ANSWERED: Sentence("Answer to a request for fingerprints"),
    EventType.LIST_READY: Sentence("List ready"),
}


class Told(Protocol):
    """An event as it is stored."""

    @property
    def uid(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def reference(self) -> str: ...
    @property
    def data(self) -> str: ...


def cloud_event(event: Told, *, api: str, sequence: int) -> dict[str, Any]:
    """One event as its receiver gets it. `api` is the address of the agencies' interface, without a path.

    `sequence` counts the agency's events: of one person they come in its order.
    """
    data: dict[str, Any] = {
        "version": event.version,
        "description": DESCRIPTIONS.get(EventType(event.type), "") if event.type in _KNOWN else "",
        "reference": event.reference,
        "detail": f"{api}/v1/events/{event.uid}",
    }
    # What has a namespace is a field of the exchange: it is fetched, and the gate decides on each.
    further = {name: value for name, value in json.loads(event.data).items() if ":" not in name}
    if further:
        data["further"] = further
    return {
        "specversion": "1.0",
        "id": event.uid,
        "source": SOURCE,
        "type": event.type,
        "subject": event.reference,
        "time": zulu(event.occurred_at),
        "datacontenttype": "application/json",
        "dataschema": f"{api}/v1/schemas/event-{event.version}.json",
        "sequence": f"{sequence:012d}",
        "data": data,
    }


_KNOWN: Final = frozenset(one.value for one in EventType)
_ENCODER: Final = msgspec.json.Encoder()


def body_of(events: Sequence[Mapping[str, Any]], *, batch: bool) -> tuple[bytes, str]:
    """The bytes of a request and their media type; exactly one event unless it is a batch."""
    if batch:
        return _ENCODER.encode(list(events)), BATCH
    (only,) = events
    return _ENCODER.encode(only), ONE


def zulu(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
