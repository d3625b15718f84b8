"""Which facts are news for other agencies. Pure.

Only a fact that states something new is an event of its own. What corrects or withdraws another fact is no news but a
correction, and goes to those who were told of the wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.at_large import AT_LARGE
from hub.custody.facts.kinds import Form, reader_of
from hub.custody.facts.records import Act
from hub.custody.legal import HEARING, LEGAL_STATUS, Hearing
from hub.custody.stays import ADMISSION, RELEASE, Admission, Release
from hub.sharing.outbox.events import EventType


class FactRow(NamedTuple):
    """A fact as it is read for the outbox."""

    id: int
    person_id: int
    booking_id: int | None
    kind: str
    act: str
    value: str
    effective_at: datetime
    recorded_at: datetime
    corrects_id: int | None


class News(NamedTuple):
    """What a fact says to others, and when that happened."""

    type: EventType
    occurred_at: datetime


def news_of(row: FactRow) -> News | None:
    """The event that a fact is; None for one that nobody else is told of, and for corrections.

    msgspec.ValidationError for a value that this version cannot read.
    """
    if row.corrects_id is not None or row.act == Act.WITHDRAWS:
        return None
    if row.act == Act.ENDS:
        return News(EventType.RECAPTURED, row.effective_at) if row.kind == AT_LARGE.name else None
    told = _TOLD.get(row.kind)
    if told is None:
        return None
    form, read = told
    value = None if form is None else reader_of(form).decode(row.value)
    return read(row, value)


def _admitted(_row: FactRow, value: Admission) -> News:
    return News(EventType.ADMITTED, value.admitted_at)


def _released(_row: FactRow, value: Release) -> News:
    return News(EventType.RELEASED, value.released_at)


def _escaped(row: FactRow, _value: None) -> News:
    return News(EventType.ESCAPED, row.effective_at)


def _status(row: FactRow, _value: None) -> News:
    return News(EventType.STATUS_CHANGED, row.effective_at)


def _hearing(_row: FactRow, value: Hearing) -> News | None:
    # The date takes effect when it was fixed; what came of it happened on the day itself. Whether somebody was brought
    # is known before the court has decided anything.
    known = bool(value.outcome) or value.produced is not None
    return News(EventType.PRODUCTION_OUTCOME, value.hearing_at) if known else None


def _absence(row: FactRow, value: Absence) -> News | None:
    return News(EventType.TRANSFERRED, row.effective_at) if value.why is Why.TRANSFER else None


_Read = Callable[[FactRow, Any], "News | None"]
_TOLD: Final[Mapping[str, tuple[type[Form] | None, _Read]]] = {
    ADMISSION.name: (Admission, _admitted),
    RELEASE.name: (Release, _released),
    AT_LARGE.name: (None, _escaped),
    LEGAL_STATUS.name: (None, _status),
    HEARING.name: (Hearing, _hearing),
    ABSENCE.name: (Absence, _absence),
}

FAULTS: Final = (msgspec.ValidationError, msgspec.DecodeError)
"""What a value raises that this version cannot read."""
