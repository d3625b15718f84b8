"""JSON Schemas of messages, made from the same fields that the gate lets out."""

from __future__ import annotations

from typing import Any, Final

from hub.sharing.catalogue.kinds import About, Direction, Exchange

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
CONTEXT: Final = {
    "nc": "http://release.niem.gov/niem/niem-core/5.0/#",
    "j": "http://release.niem.gov/niem/domains/jxdm/7.0/#",
    "pims": "urn:pims:exchange:1#",
}
"""What the prefixes of names stand for, as JSON-LD has it. `pims` names are those for which NIEM has none."""
VERSION: Final = 1
"""Raised when a message changes so that a reader of the old one would misunderstand it."""

_META: Final[dict[str, Any]] = {
    "@context": {"type": "object"},
    "exchange": {"type": "string"},
    "schemaVersion": {"const": VERSION},
    "issuedAt": {"type": "string", "format": "date-time"},
    "disclosure": {"type": "integer", "minimum": 1},
    "agreement": {
        "type": "object",
        "properties": {
            "code": {"type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "purpose": {"type": "string"},
            "retentionDays": {"type": "integer", "minimum": 0},
            "onwardSharing": {"type": "boolean"},
            "correctionRoute": {"type": "string"},
            "endsOn": {"type": ["string", "null"], "format": "date"},
        },
        "required": ["code", "version", "purpose", "retentionDays", "onwardSharing", "correctionRoute", "endsOn"],
        "additionalProperties": False,
    },
}  # fmt: skip


def schema_of(exchange: Exchange) -> dict[str, Any]:
    """The schema of a whole message of this exchange.

    Every field is optional: an agreement may name fewer. No field besides is ever there. A list holds one object for
    each person, and the first and the last number of their disclosures.
    """
    head = {
        "$schema": DIALECT,
        "$id": f"urn:pims:exchange:{VERSION}:{exchange.name}",
        "title": str(exchange.label),
    }
    if exchange.direction is Direction.IN:
        return {**head, **data_schema(exchange)}
    members = {**_META, "exchange": {"const": exchange.name}, "data": data_schema(exchange)}
    if exchange.about is About.LIST:
        one = members.pop("disclosure")
        members["disclosures"] = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        members["data"] = {"type": "array", "items": members["data"]}
    return {
        **head,
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def data_schema(exchange: Exchange) -> dict[str, Any]:
    """The schema of its data alone."""
    whole: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    for one in exchange.fields:
        _put(whole, one.place, {**one.schema, "description": str(one.label)})
    if exchange.about is About.FIGURES and exchange.direction is Direction.OUT:
        lines = {"observations": {"type": "array", "items": whole}}
        return {"type": "object", "properties": lines, "additionalProperties": False}
    return whole


def _put(whole: dict[str, Any], place: tuple[str, ...], schema: dict[str, Any]) -> None:
    *way, last = place
    for key in way:
        new = {"type": "object", "properties": {}, "additionalProperties": False}
        whole = whole["properties"].setdefault(key, new)
    whole["properties"][last] = schema
