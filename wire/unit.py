"""What an officers' page shows of its unit: who belongs here and where they are, counts that are open, and alarms.

Sealed to its terminal, and sent to those with an officers' page alone: it is a list of people and places.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import CountKind, CountMethod, PersonNumber, Text
from wire.journal import When
from wire.versions import Count, Version

KIND = "unit"


class UnitPerson(Strict, frozen=True):
    """Somebody assigned to the unit, or seen in it. `sure` False: the place is unproven.

    `out` is the place where a named officer has accepted them, empty when nobody did.
    """

    person: PersonNumber
    zone: Name | None
    source: Name | None
    proven_at: When | None
    sure: bool
    assigned: bool
    cell: Text = ""
    out: Text = ""
    out_with: Text = ""
    name: Text = ""
    """SURNAME, Given: for those who are on no roll copy because no finger of theirs was taken."""
    home: Name | None = None
    """Which of the picture's units they are assigned to."""


class CountPhase(StrEnum):
    """Where a headcount stands."""

    ANNOUNCED = "ANNOUNCED"
    FROZEN = "FROZEN"
    COUNTING = "COUNTING"
    RECOUNT = "RECOUNT"
    CLEARED = "CLEARED"
    CANCELLED = "CANCELLED"


class OpenCount(Strict, frozen=True):
    """A headcount of this unit. `blind` hides roll and totals here until the first slip is in.

    `off` and `candidates` come with a recount alone: how far the blind number was off, and who was last proven where.
    """

    session: Count
    kind: CountKind
    phase: CountPhase
    announced_at: When
    freeze_at: When
    blind: bool
    slips: Count
    recount: Count = 0
    method: CountMethod = CountMethod.NUMBER
    unit: Name | None = None
    """Which of the picture's units is counted; None for each of them."""
    off: int | None = None
    candidates: Annotated[list[PersonNumber], Meta(max_length=50)] = field(default_factory=list)


class OutCountShown(Strict, frozen=True):
    """Somebody counted outside their unit. `accepted_by` is empty until the officer there says so."""

    person: PersonNumber
    session: Count
    from_unit: Name
    place: Text
    place_zone: Name | None
    declared_by: Text
    accepted_by: Text = ""


class UnitAlarm(Strict, frozen=True):
    """An open alarm that concerns the unit."""

    number: Count
    code: Name
    at: When
    place: Text
    rank: Annotated[int, Meta(ge=1, le=9)]
    taken_by: Text = ""
    words: Annotated[dict[str, Text], Meta(max_length=8)] = field(default_factory=dict)
    """What it says, by language."""


class CallAnswer(Strict, frozen=True):
    """What became of a call for help from this terminal: journal entry `sequence`; `by` acknowledged it at `at`."""

    sequence: Count
    by: Text
    at: When


class ZoneName(Strict, frozen=True):
    """A zone as officers call it, and the unit that counts whoever is in it; None outside every unit."""

    code: Name
    name: Text
    unit: Name | None = None
    proof_s: Count | None = None
    """How long a proof of somebody here counts; None where the hub does not say."""


class UnitCell(Strict, frozen=True):
    """A cell of a unit and its beds, for a vacant-bed count: never how many of them are taken."""

    unit: Name
    cell: Text
    beds: Count


class UnitShift(Strict, frozen=True):
    """Who took the unit over last, by login and by name."""

    unit: Name
    officer: Name
    name: Text
    since_at: When
    remarks: Text = ""
    """What whoever took it over wrote down then: injuries, damage, keys, whom to watch."""


class UnitPicture(Strict, frozen=True):
    """It replaces what was held before."""

    units: Annotated[list[Name], Meta(max_length=20)]
    people: Annotated[list[UnitPerson], Meta(max_length=5_000)]
    counts: Annotated[list[OpenCount], Meta(max_length=20)]
    out_counts: Annotated[list[OutCountShown], Meta(max_length=1_000)]
    alarms: Annotated[list[UnitAlarm], Meta(max_length=100)]
    calls: Annotated[list[CallAnswer], Meta(max_length=50)]
    zones: Annotated[list[ZoneName], Meta(max_length=2_000)] = field(default_factory=list)
    cells: Annotated[list[UnitCell], Meta(max_length=2_000)] = field(default_factory=list)
    shifts: Annotated[list[UnitShift], Meta(max_length=20)] = field(default_factory=list)


def seal_context(terminal: str, version: Version) -> str:
    """Context string under the seal: a picture cannot be replayed to another terminal or as another version."""
    return f"unit {terminal} {version}"


class UnitUpdate(Strict, frozen=True):
    """`sealed` empty confirms that `version` is still what the hub knows."""

    version: Version
    said_at: When
    sealed: bytes
    session: Count | None = None
