"""What a program finds out about itself: who it is here, what is agreed, the form of messages, our keys."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec

from hub.sharing.api.calls import Answer, Call
from hub.sharing.api.problems import NOT_FOUND, ProblemError
from hub.sharing.api.routes import ApiRoutes, Example, Shaped
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.catalogue.schemas import schema_of
from hub.sharing.pull.keys_place import KeysPlace
from hub.web.door import service

api = ApiRoutes("about", "Who you are here, what is agreed, and the form of messages")

EVENT_SCHEMA = "event-1"
_NAMES = "|".join((*EXCHANGES, EVENT_SCHEMA))


class Myself(msgspec.Struct, frozen=True):
    """The program that asks."""

    agency: str
    client: str
    certificate: Annotated[str, msgspec.Meta(description="SHA-256 of the certificate (x5t#S256)")]
    scopes: Annotated[list[str], msgspec.Meta(description="Exchanges that the token is good for")]


class AgreedGrant(msgspec.Struct, frozen=True):
    """What is agreed of one exchange for one purpose."""

    exchange: str
    direction: str
    purpose: str
    fields: list[str]
    events: list[str]


class OwnAgreement(msgspec.Struct, frozen=True):
    """An agreement in force, as far as a program needs it."""

    code: str
    version: int
    title: str
    legal_basis: str
    starts_on: date
    review_on: date
    ends_on: date | None
    retention_days: int
    onward_sharing: bool
    onward_terms: Annotated[str, msgspec.Meta(description="To whom and for what, where it may be passed on")]
    correction_route: str
    breach_hours: int
    form: Annotated[str, msgspec.Meta(description="Of files: tables where it is csv, JSON Lines else")]
    frequency: Annotated[
        str,
        msgspec.Meta(
            description="Of files and of lists by the calendar; on_request: nothing is sent of itself"
        ),
    ]
    answered_days: Annotated[
        int, msgspec.Meta(description="So long after a release /v1/custody still answers for somebody")
    ]
    grants: list[AgreedGrant]


class OwnAgreements(msgspec.Struct, frozen=True):
    """Agreements in force with the agency that asks."""

    agreements: list[OwnAgreement]


class SchemaNames(msgspec.Struct, frozen=True):
    """Addresses of the JSON Schemas."""

    schemas: dict[str, str]


@api.operation(
    "GET",
    "/v1/me",
    exchange=None,
    summary="Who am I here?",
    description="The first call to try: it shows that certificate and token work together.",
    answers={200: Myself},
    examples=(Example("Who am I?"),),
)
def me(call: Call) -> Myself:
    client = call.client
    return Myself(client.agency, client.client_id, client.thumbprint, sorted(client.scopes))


@api.operation(
    "GET",
    "/v1/agreements",
    exchange=None,
    summary="What is agreed with us?",
    description="Agreements in force at this moment, with each field that may be asked for or sent.",
    answers={200: OwnAgreements},
    examples=(Example("Everything that is agreed"),),
)
def agreements(call: Call) -> OwnAgreements:
    found = call.rules.in_force(call.client.agency)
    return OwnAgreements(
        [
            OwnAgreement(
                code=one.code,
                version=one.version,
                title=one.terms.title,
                legal_basis=one.terms.legal_basis,
                starts_on=one.terms.starts_on,
                review_on=one.terms.review_on,
                ends_on=one.terms.ends_on,
                retention_days=one.terms.retention_days,
                onward_sharing=one.terms.onward,
                onward_terms=one.terms.onward_terms if one.terms.onward else "",
                correction_route=one.terms.correction_route,
                breach_hours=one.terms.breach_hours,
                form=one.terms.shape.value,
                frequency=one.terms.frequency.value,
                answered_days=one.terms.answered_days,
                grants=[
                    AgreedGrant(
                        grant.exchange,
                        str(EXCHANGES[grant.exchange].direction),
                        grant.purpose,
                        list(grant.fields),
                        list(grant.events),
                    )
                    for grant in one.terms.grants
                ],
            )
            for one in found
        ]
    )


@api.operation(
    "GET",
    "/v1/schemas",
    exchange=None,
    public=True,
    summary="Which messages are there?",
    answers={200: SchemaNames},
    examples=(Example("All schemas"),),
)
def schemas(_call: Call) -> SchemaNames:
    return SchemaNames({name: f"/v1/schemas/{name}.json" for name in (*EXCHANGES, EVENT_SCHEMA)})


_ANY_SCHEMA = Shaped("JSONSchema", {"type": "object", "required": ["$schema", "$id"]})


@api.operation(
    "GET",
    "/v1/schemas/{name}.json",
    exchange=None,
    public=True,
    path={"name": f"(?:{_NAMES})"},
    summary="The JSON Schema of one message",
    description="JSON Schema 2020-12. Every field of a message that leaves is optional: an agreement may name fewer.",
    answers={200: _ANY_SCHEMA},
    examples=(Example("A sentence", path={"name": "sentence"}),),
)
def schema(_call: Call, name: str) -> Answer:
    exchange = EXCHANGES.get(name)
    if exchange is not None:
        return Answer(schema_of(exchange))
    return Answer(event_schema())


@api.operation(
    "GET",
    "/v1/keys",
    exchange=None,
    public=True,
    summary="Keys that our webhooks are signed with",
    description="A JSON Web Key Set (RFC 7517). `kid` is the `keyid` of the signature (RFC 9421); a key that goes is "
    "listed for a while beside the one that follows it.",
    answers={
        200: Shaped(
            "KeySet",
            {
                "type": "object",
                "required": ["keys"],
                "properties": {
                    "keys": {"type": "array", "items": {"type": "object", "required": ["kty", "kid"]}}
                },
            },
        )
    },
    examples=(Example("The keys"),),
)
def keys(call: Call) -> Answer:
    from hub.sharing.outbox.keys import published

    folder = service(KeysPlace).folder
    if folder is None:
        raise ProblemError(NOT_FOUND, "This hub has no folder of keys.")
    return Answer(published(folder, call.at))


def event_schema() -> dict[str, Any]:
    """The schema of an event's data: thin, without a name."""
    text = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pims:{EVENT_SCHEMA}",
        "title": "Data of an event",
        "type": "object",
        "required": ["version", "description", "reference", "detail"],
        "properties": {
            "version": {"const": 1},
            "description": text,
            "reference": text,
            "detail": {"type": "string", "format": "uri"},
            "further": {"type": "object"},
        },
        "additionalProperties": False,
    }
