"""What leaves and what the log says of it: the envelope of a document, and the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.sharing.catalogue.schemas import CONTEXT, VERSION
from hub.sharing.catalogue.values import day, moment
from hub.sharing.deciding import Granted, NotAgreedError


@dataclass(frozen=True)
class Ask:
    """One wish to share. `wanted` None: every agreed field. `fact` is the row that an event tells about.

    `given` holds, by name of field, what custody's facts do not; of figures, the lines under "observations".
    """

    agency: str
    exchange: str
    purpose: str
    person: int | None = None
    booking: int | None = None
    fact: int | None = None
    wanted: Collection[str] | None = None
    reference: str = ""
    given: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Shared:
    """What left: `document` as it goes out, `values` the same by name of field, `fields` the names that had a value."""

    document: dict[str, Any] = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    fields: tuple[str, ...]
    agreement: str
    version: int
    disclosure_id: int
    person: str


@dataclass(frozen=True)
class SharedList:
    """A list that left as one document: one disclosure for each person on it, and for an empty one a single one."""

    document: dict[str, Any] = field(repr=False)
    items: tuple[Shared, ...]


def envelope(granted: Granted, at: datetime) -> dict[str, Any]:
    """What stands around the data: under which agreement, for what, how long it may be kept, whether passed on."""
    terms = granted.under.terms
    return {
        "@context": CONTEXT,
        "exchange": granted.exchange.name,
        "schemaVersion": VERSION,
        "issuedAt": moment(at),
        "agreement": {
            "code": granted.under.code,
            "version": granted.under.version,
            "purpose": granted.purpose,
            "retentionDays": terms.retention_days,
            "onwardSharing": terms.onward,
            "correctionRoute": terms.correction_route,
            "endsOn": day(terms.ends_on),
        },
    }


def row_of(granted: Granted, number: str, reference: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The log\'s row of what left."""
    return {
        "agency": granted.under.agency,
        "agreement": granted.under.code,
        "version": granted.under.version,
        "exchange": granted.exchange.name,
        "purpose": granted.purpose,
        "person": number,
        "fields": ",".join(values),
        "reference": reference[:120],
        "refused": "",
    }


def refusal_row(error: NotAgreedError, number: str, reference: str) -> dict[str, Any]:
    """The log\'s row of what was refused."""
    return {
        "agency": error.agency[:32],
        "agreement": error.agreement,
        "version": error.version,
        "exchange": error.exchange[:32],
        "purpose": error.purpose[:32],
        "person": number,
        "fields": ",".join(error.fields)[:2_000],
        "reference": reference[:120],
        "refused": error.code,
    }
