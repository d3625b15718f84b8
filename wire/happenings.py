"""What a journal entry can say: one form for each `Entry.kind`.

Longer than other modules: it is the one list that terminal and hub read alike.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from wire.codec import Strict, decode
from wire.envelope import Name
from wire.journal import Entry, JournalId, Sequence1
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
    needed: float = 0.0
    """The score that the search asked for, for as many people as were searched."""
    second_finger: bool = False
    """Whether the score is one of two fingers together."""


class EntryReference(Strict, frozen=True):
    """The key of a journal entry."""

    terminal: Name
    journal_id: JournalId
    sequence: Sequence1


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
    config_version: Version | None = None
    """Of the rules decided by, None when they are those of the first installation."""
    rules_age_s: Count | None = None
    """Time since the hub last said that these are the rules; None when it never did."""
    orders_version: Version | None = None
    candidates: Annotated[list[PersonNumber], Meta(max_length=5)] = field(default_factory=list)
    """Who it may be, likeliest first, when the answer is for an officer to give."""
    plan_version: Version | None = None
    """Of the passes, keep-aparts and curfews decided by, None when there were none."""
    plan_age_s: Count | None = None
    """Time since the hub last said that this is the plan; None when it never did."""
    pass_number: Count | None = None
    """The pass that let the person in, or that came too early or too late."""
    against: PersonNumber | None = None
    """Whom the person must not meet, when that is the rule."""
    flags: Annotated[list[Name], Meta(max_length=5)] = field(default_factory=list)
    """What was odd and yet no reason to refuse: `passback`, `late`, `presence_old`."""


class Attestation(Strict, frozen=True):
    """An officer vouched for who somebody is, or turned them back, at the terminal itself.

    `referral` is the passage that asked for it, None for somebody with a standing procedure, who never had to try.
    """

    KIND: ClassVar[str] = "attestation"

    checkpoint: Name
    from_zone: Name
    to_zone: Name
    decision: Decision
    person: PersonNumber | None
    officer: Name
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    referral: EntryReference | None
    standing: bool
    """True for a person whose fingers cannot be read and who has a reviewed procedure: no re-enrolment then."""
    roll_version: Version
    roll_age_s: Count | None
    second: Name | None = None
    """The second officer who gave a PIN for it, where the rule asks for one."""


class Door(Strict, frozen=True):
    """Something at the gate's hardware changed.

    `what` is a word of `edge.barrier`: opened, closed, forced, held_open, not_opened, tamper, duress, request_exit,
    interlocked, safe_state, hardware, and for each alarm the same with `_over`.
    """

    KIND: ClassVar[str] = "door"

    checkpoint: Name
    what: Name


class SignIn(Strict, frozen=True):
    """An officer signed in at the terminal's page, or somebody failed to.

    `outcome` is signed_in, wrong_pin, no_finger or locked; `wrong` counts the wrong PINs that led to it, of this
    officer and, when `officer` is None, of everybody at this terminal. `by` is what it was shown by: `pin`, or
    `finger_and_pin`; of an officer with fingers `pin` alone says that the glass could not be used.
    """

    KIND: ClassVar[str] = "sign_in"

    checkpoint: Name
    officer: Name | None
    outcome: Name
    wrong: Count
    by: Name = "pin"


class OrdersTaken(Strict, frozen=True):
    """The terminal acts by these orders from now on: the numbers in force."""

    KIND: ClassVar[str] = "orders"

    version: Version
    in_force: Annotated[list[Count], Meta(max_length=64)]


class ConfigurationTaken(Strict, frozen=True):
    """What became of a configuration: `applied`, `kept`, `reverted` or `refused`, and why."""

    KIND: ClassVar[str] = "configuration"

    version: Version
    outcome: Name
    why: Text


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


class CountKind(StrEnum):
    """What sort of headcount it is."""

    FORMAL = "FORMAL"
    STANDING = "STANDING"
    INFORMAL = "INFORMAL"
    CENSUS = "CENSUS"
    EMERGENCY = "EMERGENCY"


class CountMethod(StrEnum):
    """How a unit is counted: a number alone, each person by name or by finger, or the beds nobody is in."""

    NUMBER = "NUMBER"
    BY_NAME = "BY_NAME"
    BY_SCAN = "BY_SCAN"
    VACANT_BEDS = "VACANT_BEDS"


class OutCountStep(StrEnum):
    """What an officer says of somebody counted outside the unit."""

    DECLARED = "DECLARED"
    ACCEPTED = "ACCEPTED"
    WITHDRAWN = "WITHDRAWN"


People = Annotated[list[PersonNumber], Meta(max_length=500)]


class EscortBegun(Strict, frozen=True):
    """An officer gave finger or PIN at the gate to take a group through; `expected` are counted in."""

    KIND: ClassVar[str] = "escort_begun"

    checkpoint: Name
    officer: Name
    group: Count
    expected: People


class EscortEnded(Strict, frozen=True):
    """The group is through, or the officer or the time ended it: who was counted through, and who was not."""

    KIND: ClassVar[str] = "escort_ended"

    checkpoint: Name
    officer: Name
    group: Count
    passed: People
    missing: People


class ShiftTaken(Strict, frozen=True):
    """An officer took over a unit at the page. `roll_seen` is the number of people shown as assigned then."""

    KIND: ClassVar[str] = "shift_taken"

    checkpoint: Name
    unit: Name
    officer: Name
    from_officer: Name | None
    roll_seen: Count
    remarks: Text


class OutCount(Strict, frozen=True):
    """An officer declares somebody of `unit` to be at `place`, or accepts there to have them."""

    KIND: ClassVar[str] = "out_count"

    checkpoint: Name
    session: Count
    person: PersonNumber
    unit: Name
    place: Name
    step: OutCountStep
    officer: Name


class CountMark(Strict, frozen=True):
    """One person seen alive in a count by name or by finger. `person` None: somebody whom nobody knows."""

    KIND: ClassVar[str] = "count_mark"

    checkpoint: Name
    session: Count
    unit: Name
    recount: Annotated[int, Meta(ge=0, le=20)]
    person: PersonNumber | None
    method: CountMethod
    officer: Name
    taken_back: bool = False


class Slip(Strict, frozen=True):
    """What a unit's officers counted, signed by PIN. `took_s` is the time from the first key to the signature.

    `counters` are logins, the second apart from whoever is signed in. `vacant_beds` are cells with their number.
    """

    KIND: ClassVar[str] = "slip"

    checkpoint: Name
    session: Count
    unit: Name
    recount: Annotated[int, Meta(ge=0, le=20)]
    method: CountMethod
    counters: Annotated[list[Name], Meta(min_length=1, max_length=2)]
    observed: Annotated[int, Meta(ge=0, le=10_000)]
    took_s: Count
    signs_of_life: bool
    vacant_beds: Annotated[list[Text], Meta(max_length=500)] = field(default_factory=list)
    remarks: Text = ""


class Call(Strict, frozen=True):
    """Somebody at the page called for help; nobody need be signed in."""

    KIND: ClassVar[str] = "call"

    checkpoint: Name
    officer: Name | None


class AlarmTaken(Strict, frozen=True):
    """An officer at the page says of an alarm of the unit that they are on their way."""

    KIND: ClassVar[str] = "alarm_taken"

    checkpoint: Name
    alarm: Count
    officer: Name


class AreaResetDone(Strict, frozen=True):
    """An officer says that who is in `zone` is not known by scans any more, as after an evacuation."""

    KIND: ClassVar[str] = "area_reset"

    checkpoint: Name
    zone: Name
    officer: Name
    reason: Text


Happening = (
    Attempt
    | Passage
    | Attestation
    | Door
    | SignIn
    | OrdersTaken
    | ConfigurationTaken
    | Started
    | SensorTrouble
    | EscortBegun
    | EscortEnded
    | ShiftTaken
    | OutCount
    | CountMark
    | Slip
    | Call
    | AlarmTaken
    | AreaResetDone
)

_FORMS: dict[str, type[Happening]] = {
    form.KIND: form
    for form in (
        Attempt,
        Passage,
        Attestation,
        Door,
        SignIn,
        OrdersTaken,
        ConfigurationTaken,
        Started,
        SensorTrouble,
        EscortBegun,
        EscortEnded,
        ShiftTaken,
        OutCount,
        CountMark,
        Slip,
        Call,
        AlarmTaken,
        AreaResetDone,
    )
}


def read_body(entry: Entry) -> Happening | None:
    """What the entry says, None when its kind is from another version; WireError MALFORMED for a bad body."""
    form = _FORMS.get(entry.kind)
    return None if form is None else decode(entry.body, form)
