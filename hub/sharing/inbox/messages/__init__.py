"""Messages by exchange, with the schema of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from hub.sharing.inbox.messages.base import ENVELOPE, AboutSomebody, Message, Subject
from hub.sharing.inbox.messages.courts import (
    AppealMessage,
    AppealState,
    BailMessage,
    BailOutcome,
    CourtOrder,
    FromCourt,
    HearingMessage,
    ImposedPart,
    OrderMessage,
    SentenceMessage,
    SentTerm,
)
from hub.sharing.inbox.messages.mistakes import CorrectionRequest
from hub.sharing.inbox.messages.observatory import Definition, DefinitionsMessage, DueOn
from hub.sharing.inbox.messages.police import ArrestMessage, ChargeMessage, HoldMessage, WantMessage

__all__ = (
    "MESSAGES",
    "AboutSomebody",
    "AppealMessage",
    "AppealState",
    "ArrestMessage",
    "BailMessage",
    "BailOutcome",
    "ChargeMessage",
    "CorrectionRequest",
    "CourtOrder",
    "Definition",
    "DefinitionsMessage",
    "DueOn",
    "FromCourt",
    "HearingMessage",
    "HoldMessage",
    "ImposedPart",
    "Message",
    "OrderMessage",
    "SentTerm",
    "SentenceMessage",
    "Subject",
    "WantMessage",
    "names_in",
    "names_of",
    "read_message",
    "schema_of",
    "write_message",
)

MESSAGES: Final[Mapping[str, type[Message]]] = {
    "arrest": ArrestMessage,
    "charge": ChargeMessage,
    "hold": HoldMessage,
    "want": WantMessage,
    "order": OrderMessage,
    "sentence": SentenceMessage,
    "hearing": HearingMessage,
    "bail": BailMessage,
    "appeal": AppealMessage,
    "definitions": DefinitionsMessage,
    "correction_request": CorrectionRequest,
}
"""By the name of the exchange."""

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def write_message(message: Message) -> bytes:
    """JSON with NIEM's names, the same for equal messages."""
    return _ENCODER.encode(message)


def read_message(exchange: str, raw: bytes | str) -> Message:
    """msgspec.ValidationError, or DecodeError, for what is no such message; KeyError for no such exchange."""
    found: Message = msgspec.json.decode(raw, type=MESSAGES[exchange])
    return found


def schema_of(exchange: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a message."""
    schema = msgspec.json.schema(MESSAGES[exchange])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": exchange, **schema}


def names_in(message: Message) -> frozenset[str]:
    """Names of the fields that this message fills, the envelope's left out: what an agreement has to cover."""
    return frozenset(_leaves(msgspec.to_builtins(message))) - ENVELOPE


def names_of(exchange: str) -> frozenset[str]:
    """Names of all fields that such a message can fill."""
    return frozenset(_of_type(MESSAGES[exchange])) - ENVELOPE


def _leaves(value: Any) -> Iterator[str]:
    """Names with a namespace that hold no other such name: a part without one belongs to what it is a part of."""
    for name, inner in value.items():
        parts = inner if isinstance(inner, list | tuple) else [inner]
        named = [part for part in parts if isinstance(part, dict) and any(":" in each for each in part)]
        for part in named:
            yield from _leaves(part)
        if not named:
            yield name


def _of_type(kind: Any) -> Iterator[str]:
    for one in msgspec.structs.fields(kind):
        inner = [
            part for part in _types(one.type) if isinstance(part, type) and issubclass(part, msgspec.Struct)
        ]
        named = [
            part for part in inner if any(":" in each.encode_name for each in msgspec.structs.fields(part))
        ]
        for part in named:
            yield from _of_type(part)
        if not named:
            yield one.encode_name


def _types(annotation: Any) -> Iterator[Any]:
    """The annotation and everything it is made of."""
    yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _types(argument)
