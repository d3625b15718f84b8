"""What the officer's page asks of the unit, and what it is told. What is blind is left out here, not on the page."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from edge.attestation.forms import Token
from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import OutCountStep, PersonNumber, Text
from wire.versions import Count


class UnitFigures(Strict, frozen=True):
    """How many are where. `here` were last proven in the unit, `unproven` of them so long ago that it is not sure.

    `out` belong here and are elsewhere; `expected` is what a count of the unit should find.
    """

    assigned: Count
    here: Count
    unproven: Count
    out: Count
    visiting: Count
    expected: Count


class UnitLine(Strict, frozen=True):
    """One unit as the first page shows it. `figures` is None while a count is blind: then nobody here is told."""

    unit: Name
    name: str
    figures: UnitFigures | None
    blind: bool
    counts: Count
    to_accept: Count
    alarms: Count
    shift: str = ""
    shift_s: Count | None = None
    to_count: Count = 0
    """Counts that wait for a slip of this unit."""
    opens_s: Count | None = None
    """Seconds until the count that is announced opens, None once one is open, or none is announced."""


class UnitHome(Strict, frozen=True):
    """The terminal's units; `age_s` since the hub last said that this is how it is, None when it never did.

    `own` counts what this terminal saw itself since, and put into the picture.
    """

    units: list[UnitLine]
    age_s: Count | None
    own: Count


class OfUnit(Strict, frozen=True):
    """A question about one unit."""

    token: Token
    unit: Name
    active: bool = True


class RollQuestion(Strict, frozen=True):
    """One page of a unit's people: `only` is all, here, out, visiting or unproven."""

    token: Token
    unit: Name
    only: Annotated[str, Meta(max_length=10)] = "all"
    words: Annotated[str, Meta(max_length=100)] = ""
    page: Count = 0


class RollLine(Strict, frozen=True):
    """Somebody of the unit. `age_s` of the last proof, None when there never was one; `source` says what proved it."""

    person: PersonNumber
    name: str
    photo: bytes
    place: str
    source: str
    age_s: Count | None
    sure: bool
    here: bool
    assigned: bool
    cell: str = ""
    out: str = ""
    out_with: str = ""


class UnitRoll(Strict, frozen=True):
    """`found` people in all, of whom `lines` are one page of `size`."""

    unit: Name
    name: str
    lines: list[RollLine]
    found: Count
    size: Count
    figures: UnitFigures
    age_s: Count | None


class ShiftShown(Strict, frozen=True):
    """Who has the unit, and the number that whoever takes it over signs for."""

    unit: Name
    name: str
    holder: str
    holder_name: str
    since_s: Count | None
    figures: UnitFigures
    remarks: str = ""
    """What the last shift wrote down."""
    to_accept: Count = 0
    alarms: Count = 0


class ShiftQuestion(Strict, frozen=True):
    """Somebody takes the unit over and has seen `roll_seen` people on its roll."""

    token: Token
    unit: Name
    from_officer: Name | None
    roll_seen: Count
    remarks: Text = ""


class OutCountLine(Strict, frozen=True):
    """Somebody counted outside the unit. `mine` tells that it is for this terminal's unit to accept."""

    session: Count
    person: PersonNumber
    name: str
    photo: bytes
    from_unit: Name
    from_name: str
    place: str
    declared_by: str
    accepted_by: str
    mine: bool
    on_its_way: bool
    """Said here, and not at the hub yet."""
    declared_login: str = ""
    place_zone: str | None = None


class OutCounts(Strict, frozen=True):
    """Those of the unit, and places where somebody can be: zone code and name."""

    unit: Name
    name: str
    lines: list[OutCountLine]
    places: list[tuple[str, str]]


class OutQuestion(Strict, frozen=True):
    """Declare, accept or withdraw. `place` is a zone's code."""

    token: Token
    unit: Name
    person: PersonNumber
    step: OutCountStep
    place: Name
    session: Count = 0


class AlarmLine(Strict, frozen=True):
    """An alarm of the unit. `taken_by` is empty while nobody is on the way."""

    number: Count
    code: Name
    place: str
    rank: Count
    age_s: Count
    taken_by: str = ""
    words: dict[str, str] = field(default_factory=dict)


class AlarmQuestion(Strict, frozen=True):
    """I am on my way."""

    token: Token
    alarm: Count


class CallQuestion(Strict, frozen=True):
    """Somebody calls for help; `token` is empty when nobody is signed in."""

    token: Token = ""


class CallState(Strict, frozen=True):
    """What became of the last call from here: `sequence` 0 when there was none of late.

    `by` is empty until somebody in the control room has acknowledged it: only then was it heard by a person.
    """

    sequence: Count
    age_s: Count
    at_hub: bool
    by: str
