"""Parts of a person's file that other capabilities bring, handed in at start-up: the file knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session


class Place(StrEnum):
    """Where on the file a panel stands: the clocks at the right, or a section under the story."""

    CLOCK = "clock"
    SECTION = "section"


@dataclass(frozen=True)
class Subject:
    """Whose file, as known when: `person_ids` holds those of merged files too, `booking_id` the stay shown.

    `known_at` None is now; `at` is the moment for which "today" is meant.
    """

    person_id: int
    number: str
    person_ids: tuple[int, ...]
    booking_id: int | None
    at: datetime
    known_at: datetime | None = None


@dataclass(frozen=True)
class Panel:
    """`template` is included with what `facts` gives as `panel`; shown to whoever holds `permission`.

    `facts` gives None where there is nothing to show.
    """

    name: str
    place: Place
    permission: str
    template: str
    facts: Callable[[Session, Subject], Mapping[str, object] | None]


@dataclass(frozen=True)
class Panels:
    """Every panel, in the order in which they stand."""

    panels: tuple[Panel, ...]
