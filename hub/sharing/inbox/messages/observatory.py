"""What the observatory sends: its definitions, its calendar, and the smallest number it may be told."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, field

from hub.sharing.inbox.messages.base import Base, Code, Line, Message, Words


class Definition(Base, frozen=True, kw_only=True):
    """How the observatory reads one indicator."""

    code: Code
    words: Words
    dimensions: Annotated[tuple[Code, ...], Meta(max_length=12)] = ()


class DueOn(Base, frozen=True, kw_only=True):
    """A day on which figures are awaited."""

    on: date
    what: Line


class DefinitionsMessage(Message, frozen=True, kw_only=True):
    """Definitions and dates; `smallest` is k, the smallest number of people that a cell may tell of."""

    definitions: Annotated[tuple[Definition, ...], Meta(max_length=200)] = field(
        name="pims:IndicatorDefinitions", default=()
    )
    calendar: Annotated[tuple[DueOn, ...], Meta(max_length=100)] = field(
        name="pims:PublicationCalendar", default=()
    )
    smallest: Annotated[int, Meta(ge=1, le=1000)] | None = field(
        name="pims:DisclosureThreshold", default=None
    )
