"""What the officer's page asks of the unit, and what it is told. What is blind is left out here, not on the page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from edge.attestation.forms import Token
from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import CountKind, CountMethod, OutCountStep, PersonNumber, Text
from wire.unit import CountPhase
from wire.versions import Count

Recount = Annotated[int, Meta(ge=0, le=20)]
Pin = Annotated[str, Meta(min_length=1, max_length=32)]


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


class CountShown(Strict, frozen=True):
    """A count of a unit that is open here. `session` 0 is one that this terminal began by itself.

    `off`, `candidates` and `tally` come with what is not blind alone; `tally` counts who was marked in this recount.
    """

    session: Count
    unit: Name
    name: str
    kind: CountKind
    phase: CountPhase
    blind: bool
    slips: Count
    recount: Recount
    method: CountMethod
    freeze_at: datetime | None
    begun_s: Count | None
    waits_for_hub: bool
    off: int | None = None
    tally: Count = 0
    candidates: list[RollLine] = field(default_factory=list)
    scanning: bool = False
    observed: Count | None = None
    """Of our own last slip, which whoever signed it may see."""


class CountQuestion(Strict, frozen=True):
    """One count of one unit."""

    token: Token
    unit: Name
    session: Count
    active: bool = True


class CountList(Strict, frozen=True):
    """Who may be marked by name, and who was. `unknown` is how many whom nobody knows were seen."""

    count: CountShown
    lines: list[RollLine]
    marked: list[PersonNumber]
    unknown: Count
    found: Count
    size: Count


class CountListQuestion(Strict, frozen=True):
    """One page of those to be marked."""

    token: Token
    unit: Name
    session: Count
    words: Annotated[str, Meta(max_length=100)] = ""
    page: Count = 0


class MarkQuestion(Strict, frozen=True):
    """`person` None is somebody whom nobody knows."""

    token: Token
    unit: Name
    session: Count
    person: PersonNumber | None
    taken_back: bool = False


class ScanQuestion(Strict, frozen=True):
    """Take the glass for the count, or give it back to the gate."""

    token: Token
    unit: Name
    session: Count
    on: bool


class ScanState(Strict, frozen=True):
    """How the count by finger goes: `said` is counted, again, unknown, poor or empty."""

    on: bool
    tally: Count
    said: str = ""
    person: str = ""
    name: str = ""
    photo: bytes = b""
    serial: Count = 0


class BedLine(Strict, frozen=True):
    """A cell for the vacant-bed count."""

    cell: str
    beds: Count


class SlipQuestion(Strict, frozen=True):
    """The slip of a unit: `pin` is that of whoever is signed in; `second` gave `second_pin`, None where alone."""

    token: Token
    unit: Name
    session: Count
    recount: Recount
    method: CountMethod
    observed: Annotated[int, Meta(ge=0, le=10_000)]
    signs_of_life: bool
    pin: Pin
    second: Name | None = None
    second_pin: Annotated[str, Meta(max_length=32)] = ""
    vacant_beds: Annotated[list[Text], Meta(max_length=500)] = field(default_factory=list)
    remarks: Text = ""


class SlipTaken(Strict, frozen=True):
    """The slip is in the journal."""

    observed: Count
    recount: Recount
    took_s: Count


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
