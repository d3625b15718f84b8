"""What a gate decides moves by: passes, keep-aparts, room, curfew; and who is where, as far as the hub knows.

Sealed to its terminal: who must not meet whom is nobody else's business, least of all the broker's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import PersonNumber, Text
from wire.journal import When
from wire.versions import Count, Version

KIND = "plan"
PRESENCE_KIND = "presence"

MAX_PASSES = 3_000
MAX_PAIRS = 4_000


class EscortNeed(StrEnum):
    """Whether somebody must come with the person."""

    NONE = "NONE"
    OFFICER = "OFFICER"
    """An officer gives a finger or PIN at the gate first, and then the person."""
    GROUP = "GROUP"
    """The officer first, then the whole group, counted in and counted through."""


class GatePass(Strict, frozen=True):
    """`person` may enter this gate's far zone from `from_at` until `until_at`. `number` is the hub's, for the record.

    `late_until_at` is how long a person who is late is still let in, with the flag `late`.
    """

    number: Count
    person: PersonNumber
    zones: Annotated[list[Name], Meta(max_length=40)]
    from_at: When
    until_at: When
    late_until_at: When
    reason: Name
    escort: EscortNeed = EscortNeed.NONE
    group: Count = 0


class KeepApart(Strict, frozen=True):
    """These two must not be in the same one of `zones` at once; empty means any zone."""

    one: PersonNumber
    other: PersonNumber
    zones: Annotated[list[Name], Meta(max_length=200)] = field(default_factory=list)


class ZoneRoom(Strict, frozen=True):
    """A zone takes in `most` people at once."""

    zone: Name
    most: Count


class Curfew(Strict, frozen=True):
    """Nobody enters `zones` between `from_minute` and `until_minute` of the day at the site, without a pass.

    Minutes 0 to 1439; a window over midnight has `until_minute` less than `from_minute`. Weekdays 0 (Monday) to 6.
    """

    zones: Annotated[list[Name], Meta(max_length=200)]
    from_minute: Annotated[int, Meta(ge=0, le=1439)]
    until_minute: Annotated[int, Meta(ge=0, le=1439)]
    weekdays: Annotated[list[Annotated[int, Meta(ge=0, le=6)]], Meta(max_length=7)]
    name: Text


class AreaReset(Strict, frozen=True):
    """Where people are in `zone` counts from `at` on anew: an earlier scan there is no reason to ask."""

    zone: Name
    at: When


class Plan(Strict, frozen=True):
    """Everything that holds at this gate; it replaces what was held before.

    `offset_minutes` is the site's time against UTC. `needs_pass` are zones that nobody enters without one.
    """

    passes: Annotated[list[GatePass], Meta(max_length=MAX_PASSES)]
    pairs: Annotated[list[KeepApart], Meta(max_length=MAX_PAIRS)]
    rooms: Annotated[list[ZoneRoom], Meta(max_length=200)]
    curfews: Annotated[list[Curfew], Meta(max_length=50)]
    resets: Annotated[list[AreaReset], Meta(max_length=200)]
    needs_pass: Annotated[list[Name], Meta(max_length=200)]
    site_zone: Annotated[str, Meta(max_length=64)]
    passback: bool = True


class PlanUpdate(Strict, frozen=True):
    """A whole plan, or with `sealed` empty the word that `version` is still the one. See `wire.roll.RollUpdate`."""

    version: Version
    sealed: bytes
    said_at: When
    session: Count | None = None


class Seen(Strict, frozen=True):
    """Somebody whom a pair concerns, by the last proof. `sure` is False where the place is unproven."""

    person: PersonNumber
    zone: Name
    proven_at: When
    sure: bool


class ZoneCount(Strict, frozen=True):
    """How many people the proofs put into a zone."""

    zone: Name
    people: Count


class Presence(Strict, frozen=True):
    """Who of those in a pair is where, and how full the zones are."""

    seen: Annotated[list[Seen], Meta(max_length=8_000)]
    counts: Annotated[list[ZoneCount], Meta(max_length=200)]


class PresenceUpdate(Strict, frozen=True):
    """The sealed Presence as the hub knew it at `said_at`; the newest of a `session` replaces all before."""

    said_at: When
    sealed: bytes
    session: Count | None = None
