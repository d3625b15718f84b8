"""The form of what is fetched, made from the catalogue that the gate lets out by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from hub.sharing.api.routes import Shaped
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.catalogue.schemas import data_schema, schema_of

_HEAD: Final = ("$schema", "$id", "title")
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def one_document(exchange: str) -> Shaped:
    """One document of an exchange, as the gate makes it."""
    return Shaped(f"{exchange}_document", _plain(schema_of(EXCHANGES[exchange])))


def page_of(exchange: str) -> Shaped:
    """One page of a list: `next` is the cursor of the page behind it, null on the last."""
    whole = _plain(schema_of(EXCHANGES[exchange]))
    properties = {key: value for key, value in whole["properties"].items() if key != "disclosure"}
    properties["disclosures"] = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    properties["data"] = {"type": "array", "items": data_schema(EXCHANGES[exchange])}
    properties["next"] = {"type": ["string", "null"]}
    return Shaped(f"{exchange}_page", {**whole, "properties": properties, "required": sorted(properties)})


def tag_of(document: Mapping[str, Any]) -> str:
    """What changes when the client would see something else: not the number of the disclosure, nor its time."""
    seen = {key: document[key] for key in ("agreement", "data", "next") if key in document}
    return hashlib.sha256(_ENCODER.encode(seen)).hexdigest()


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in _HEAD}
