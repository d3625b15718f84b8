"""Reading what is agreed of some people, and the rows of it for the log. The gate alone writes those, and lets out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from hub.sharing.catalogue import About
from hub.sharing.catalogue.reading import Reading
from hub.sharing.deciding import Granted, NotAgreedError
from hub.sharing.documents import Ask, envelope, refusal_row, row_of
from hub.sharing.gathering import Loaded, load

_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {}, ())

Judged = tuple[Ask, Granted | NotAgreedError]


@dataclass(frozen=True)
class Part:
    """What was read for one wish: `row` is for the log; a refusal has nothing else."""

    row: dict[str, Any]
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    data: dict[str, Any] = field(default_factory=dict, repr=False)


def read_parts(session: Session, judged: Sequence[Judged], at: datetime) -> list[Part]:
    """What was judged, in its order; of what is refused nothing is read."""
    granted = [one for _, one in judged if isinstance(one, Granted)]
    around = {id(one): one for one in granted}  # a batch is of few agreements
    kinds = {kind for one in around.values() for wanted in one.fields for kind in wanted.kinds}
    loaded = load(session, {ask.person for ask, _ in judged if ask.person is not None}, kinds, at)
    envelopes = {key: envelope(one, at) for key, one in around.items()}
    parts = []
    for ask, one in judged:
        number = loaded.number_of(ask.person)
        if isinstance(one, NotAgreedError):
            parts.append(Part(refusal_row(one, number, ask.reference)))
            continue
        values, data = _read(loaded, ask, one)
        parts.append(Part(row_of(one, number, ask.reference, values), envelopes[id(one)], values, data))
    return parts


def _read(loaded: Loaded, ask: Ask, granted: Granted) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of the agreed fields, and the same as they stand in the document."""
    if granted.exchange.about is About.FIGURES:
        return _figures(loaded, ask, granted)
    reading = loaded.reading(ask.person, ask.booking, ask.fact, ask.given)
    values: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for one in granted.fields:
        value = one.read(reading)
        if value in _NOTHING:
            continue
        values[one.name] = value
        inside = data
        *way, last = one.place
        for key in way:
            inside = inside.setdefault(key, {})
        inside[last] = value
    return values, data


def _figures(loaded: Loaded, ask: Ask, granted: Granted) -> tuple[dict[str, Any], dict[str, Any]]:
    lines = []
    for line in (ask.given or {}).get("observations", ()):
        one = Reading(loaded.session, loaded.at, given=line, facility=loaded.facility)
        lines.append({column.name: column.read(one) for column in granted.fields if column.name in line})
    values = {column.name: True for column in granted.fields if any(column.name in line for line in lines)}
    return values, {"observations": lines}
