"""What a screen shows in lines: zones, people, the roll, a count that goes on. Scripts have the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec


class ZoneLine(msgspec.Struct, frozen=True):
    """A zone; `capacity` is how many it takes as it works today. `within` is the zone it lies in. `hidden` while its
    unit is counted blind and the viewer may be the one who counts. `order` is the kind of the highest order in force
    for it."""

    code: str
    name: str
    kind: str
    site: str
    capacity: int | None
    is_unit: bool
    within: str | None
    hidden: bool = False
    order: str = ""


class PersonLine(msgspec.Struct, frozen=True):
    """Where somebody is, as far as is known; without a zone nobody has seen them yet.

    The proof holds until `proven_until_at`, makes likely until `likely_until_at`, and after that proves nothing;
    both are None where something speaks against it: `doubts`. `away` is what they are outside for.
    """

    number: str
    name: str
    zone: str | None
    source: str | None
    proven_at: datetime | None
    proven_until_at: datetime | None = None
    likely_until_at: datetime | None = None
    doubts: Sequence[str] = ()
    away: str = ""


class Part(msgspec.Struct, frozen=True):
    """One summand of the roll: `in`, what people are away for, `outside` without permission, `not_placed`,
    `other_site`. `late` of them should be back."""

    code: str
    count: int
    late: int = 0


class Roll(msgspec.Struct, frozen=True):
    """The roll from two sides that do not know each other: open stays, and places and absences, which must agree.

    `site` is a code, empty for all. `unlock` is the roll of the last cleared count, `count`, as of `counted_at`;
    without one (0) that of midnight, from the stays. With those who came and went since it must give the roll again.
    All None where the viewer may be counting.
    """

    site: str
    in_custody: int | None
    parts: Sequence[Part]
    difference: int | None
    unlock: int | None
    came: int | None
    went: int | None
    unlock_difference: int | None
    counted_at: datetime | None = None
    count: int = 0


class CountLine(msgspec.Struct, frozen=True):
    """A headcount that goes on, at `sites`. `plus` and `minus` are None for a viewer who may be counting."""

    key: str
    sites: Sequence[str]
    title: str
    state: str
    since_at: datetime
    freeze_at: datetime | None
    units_all: int
    units_in: int
    plus: int | None
    minus: int | None
    waiting: Sequence[str]
    recounts: Sequence[str]
    late: Sequence[str]
    page: str


class MoveLine(msgspec.Struct, frozen=True):
    """A pass under way or late, or a party outside. `state` is a code of `MOVE_STATES`; `people` how many it is for."""

    key: str
    state: str
    rank: int
    title: str
    detail: str
    since_at: datetime | None
    due_at: datetime | None
    from_zone: str
    to_zone: str
    person: str
    people: int
    page: str
    sites: Sequence[str] = ()
