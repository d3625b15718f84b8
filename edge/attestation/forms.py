"""What the officer's page asks the agent, and what it is told."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import Decision, EntryReference, PersonNumber
from wire.versions import Count

Token = Annotated[str, Meta(max_length=64)]
Reason = Annotated[str, Meta(max_length=200)]


class Nothing(Strict, frozen=True):
    """A question that needs no facts."""


class Home(Strict, frozen=True):
    """How the terminal stands, for anybody who walks by: no name and no number of a person in it.

    `connected` is None for a terminal that has no hub yet. Ages are None when the hub never spoke. `warnings` are codes
    of `edge.kiosk.words`; `orders` the kinds of the orders in force. `people` is None while a count here is blind.
    """

    terminal: Name
    model: str
    checkpoint: Name
    from_zone: Name
    to_zone: Name
    connected: bool | None
    sensor: str
    in_service: bool
    roll_version: str
    roll_age_s: Count | None
    rules_version: str | None
    rules_age_s: Count | None
    people: Count | None
    officers: Count
    queue: Count
    clock_sure: bool
    door: str | None = None
    orders: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    referrals: Count = 0
    waiting_s: Count | None = None
    """How long the oldest referral waits."""
    second_officer: bool = False
    """Whether letting somebody through here needs two officers."""


class Officer(Strict, frozen=True):
    """Somebody who may sign in here."""

    login: Name
    name: str


class SignInQuestion(Strict, frozen=True):
    """Who somebody says they are, and their PIN."""

    login: Name
    pin: Annotated[str, Meta(min_length=1, max_length=32)]


class Session(Strict, frozen=True):
    """`token` proves who is at the page for as long as they are; `idle_s` without a touch ends it."""

    token: Token
    login: Name
    name: str
    idle_s: Count
    finger: bool = False
    """The PIN was right, and the token is good once the officer has laid a finger on the glass as well."""


class FingerState(StrEnum):
    """How far a sign-in is that asks for a finger."""

    WAITING = "waiting"
    DONE = "done"
    OVER = "over"


class FingerStep(Strict, frozen=True):
    """`left_s` is how long the glass still waits for this officer."""

    state: FingerState
    left_s: Count = 0


class Signed(Strict, frozen=True):
    """A question of somebody signed in; `active` False when the page asked by itself."""

    token: Token
    active: bool = True


class Person(Strict, frozen=True):
    """Somebody on the roll copy. `may_enter` tells whether an officer's word lets them through here now."""

    person: PersonNumber
    name: str
    photo: bytes
    attested: bool
    may_enter: bool


class OpenReferral(Strict, frozen=True):
    """A referral that waits. `recognised` when the finger was: then the first candidate is the one."""

    reference: EntryReference
    rule: Name
    waiting_s: Count
    attempts: Count
    second_finger: bool
    recognised: bool
    candidates: list[Person]


class PeopleQuestion(Strict, frozen=True):
    """`words` of a number or a name; empty gives those with a standing procedure first, then the others."""

    token: Token
    words: Annotated[str, Meta(max_length=100)]
    active: bool = True


class People(Strict, frozen=True):
    """The first of `found` people, with photos."""

    people: list[Person]
    found: Count


class PersonQuestion(Strict, frozen=True):
    """One person by number."""

    token: Token
    person: PersonNumber


class AttestQuestion(Strict, frozen=True):
    """`person` None turns whoever it is back. `referral` None is for a standing procedure alone."""

    token: Token
    referral: EntryReference | None
    person: PersonNumber | None
    reason: Reason
    second: Name | None = None
    """Another officer, who gave `second_pin`, where `Home.second_officer` asks for one."""
    second_pin: Annotated[str, Meta(max_length=32)] = ""


class Attested(Strict, frozen=True):
    """What became of it, with the rule: attested, zone_not_allowed or turned_back."""

    decision: Decision
    rule: Name
    name: str
