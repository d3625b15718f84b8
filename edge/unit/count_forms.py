"""What the officer's page asks and is told of headcounts. What is blind is left out here, not on the page."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from edge.attestation.forms import Token
from edge.unit.forms import RollLine
from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import CountKind, CountMethod, PersonNumber, Text
from wire.unit import CountPhase
from wire.versions import Count

Recount = Annotated[int, Meta(ge=0, le=20)]
Pin = Annotated[str, Meta(min_length=1, max_length=32)]


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
    opens_s: Count | None
    """Seconds until it opens, 0 when it waits for the hub's word alone; None once it is open."""
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
