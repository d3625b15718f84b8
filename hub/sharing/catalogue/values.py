"""How single values look in JSON, and their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from hub.sharing.catalogue.kinds import Schema

TEXT: Final[Schema] = {"type": "string"}
DATE: Final[Schema] = {"type": "string", "format": "date"}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
YES_NO: Final[Schema] = {"type": "boolean"}
WHOLE: Final[Schema] = {"type": "integer"}
NUMBER: Final[Schema] = {"type": "number"}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}


def one_of(codes: Any) -> Schema:
    """One of these codes."""
    return {"type": "string", "enum": [str(code) for code in codes]}


def thing(**members: Schema) -> Schema:
    """An object whose members are there where they are known; `__` in a name stands for the colon of a prefix."""
    return {
        "type": "object",
        "properties": {name.replace("__", ":"): schema for name, schema in members.items()},
        "additionalProperties": False,
    }


def many(schema: Schema) -> Schema:
    """A list of them."""
    return {"type": "array", "items": schema}


def moment(at: datetime | None) -> str | None:
    """A time as it leaves: UTC, to the second."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(on: date | None) -> str | None:
    """A day as it leaves."""
    return None if on is None else on.isoformat()


def known(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are known; an empty text is not."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
