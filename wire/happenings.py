"""What a journal entry can say: one form for each `Entry.kind`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from wire.codec import Strict, decode
from wire.envelope import Name
from wire.journal import Entry
from wire.versions import Count, Version

Text = Annotated[str, Meta(max_length=200)]
PersonNumber = Annotated[str, Meta(min_length=1, max_length=32)]


class Decision(StrEnum):
    """What the terminal did about a match."""

    ADMIT = "ADMIT"
    REFUSE = "REFUSE"
    REFER = "REFER"


class Outcome(StrEnum):
    """What identification said of one finger."""

    MATCH = "MATCH"
    AMBIGUOUS = "AMBIGUOUS"
    NO_MATCH = "NO_MATCH"
    POOR_QUALITY = "POOR_QUALITY"


class Evidence(Strict, frozen=True):
    """How one finger fared: scores are negative log10 of a false-match rate, quality is 0 to 100."""

    outcome: Outcome
    quality: Annotated[int, Meta(ge=0, le=100)]
    score: float
    runner_up: float
    searched: Count
    expected: Count
    image_ms: float
    decision_ms: float


class Attempt(Strict, frozen=True):
    """A finger that was asked for again; `advice` is the quality gate's, empty when quality was fine."""

    KIND: ClassVar[str] = "attempt"

    checkpoint: Name
    attempt: Annotated[int, Meta(ge=1, le=20)]
    evidence: Evidence
    advice: Text


class Passage(Strict, frozen=True):
    """A decision at a checkpoint, with the rule that said so and the roll it was made from.

    `person` is the person number of a match, None otherwise. `roll_age_s` is the time since the hub last
    confirmed the roll copy, None when it never did.
    """

    KIND: ClassVar[str] = "passage"

    checkpoint: Name
    from_zone: Name
    to_zone: Name
    decision: Decision
    rule: Name
    person: PersonNumber | None
    attempt: Annotated[int, Meta(ge=1, le=20)]
    evidence: Evidence
    roll_version: Version
    roll_age_s: Count | None


class Started(Strict, frozen=True):
    """The agent came up. `set_aside` says that a damaged journal was put away and a new one begun."""

    KIND: ClassVar[str] = "started"

    software: Text
    roll_version: Version
    set_aside: bool


class SensorTrouble(Strict, frozen=True):
    """The sensor stopped answering properly (silence, garbage, refusal, lost) or answers again (none)."""

    KIND: ClassVar[str] = "sensor"

    trouble: Name


Happening = Attempt | Passage | Started | SensorTrouble

_FORMS: dict[str, type[Happening]] = {form.KIND: form for form in (Attempt, Passage, Started, SensorTrouble)}


def read_body(entry: Entry) -> Happening | None:
    """What the entry says, None when its kind is from another version; WireError MALFORMED for a bad body."""
    form = _FORMS.get(entry.kind)
    return None if form is None else decode(entry.body, form)
