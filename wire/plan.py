"""What a gate decides moves by: passes, keep-aparts, room, curfew; and who is where, as far as the hub knows.

Sealed to its terminal: who must not meet whom is nobody else's business, least of all the broker's.
"""

from __future__ import annotations

from datetime import UTC, datetime
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
    """`person` may go through `zones`, which stand in the order of the way there, and back. `number` is the hub's.

    The way there is open from `from_at` until `until_at`, and with the flag `late` until `late_until_at`. Whoever went
    comes back at any time after, past `back_by_at` (left out: `until_at`) with that flag: a pass that is over keeps
    nobody where they do not belong.
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
    back_by_at: When | None = None


class KeepApart(Strict, frozen=True):
    """Neither of the two enters this gate's far zone while the other is in one of `zones`.

    The hub works `zones` out for each gate: those that are one place with the far zone, as far as these two go.
    """

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

    `site_zone` is the name of the site's time zone. `needs_pass` are zones that nobody enters without a pass. Passes
    that begin after `known_until_at` are not in it: from then on a pass that is not there proves nothing. `passback`
    asks for people who come in again without having left.
    """

    passes: Annotated[list[GatePass], Meta(max_length=MAX_PASSES)]
    pairs: Annotated[list[KeepApart], Meta(max_length=MAX_PAIRS)]
    rooms: Annotated[list[ZoneRoom], Meta(max_length=200)]
    curfews: Annotated[list[Curfew], Meta(max_length=50)]
    resets: Annotated[list[AreaReset], Meta(max_length=200)]
    needs_pass: Annotated[list[Name], Meta(max_length=200)]
    site_zone: Annotated[str, Meta(max_length=64)]
    passback: bool = True
    known_until_at: When | None = None


class PlanUpdate(Strict, frozen=True):
    """A whole plan, or with `sealed` empty the word that `version` is still the one. See `wire.roll.RollUpdate`."""

    version: Version
    sealed: bytes
    said_at: When
    session: Count | None = None


class Seen(Strict, frozen=True):
    """Somebody whom a pair concerns, or who is in the far zone, by the last proof. `sure` False: it is unproven."""

    person: PersonNumber
    zone: Name
    proven_at: When
    sure: bool


class ZoneCount(Strict, frozen=True):
    """How many people the proofs put into a zone."""

    zone: Name
    people: Count


class Presence(Strict, frozen=True):
    """Where everybody is who is in a pair or in the far zone, and how full the zones are.

    Who is in a pair and not in it was never proven to be anywhere.
    """

    seen: Annotated[list[Seen], Meta(max_length=8_000)]
    counts: Annotated[list[ZoneCount], Meta(max_length=200)]


class PresenceUpdate(Strict, frozen=True):
    """The sealed Presence as the hub knew it at `said_at`; the newest of a `session` replaces all before."""

    said_at: When
    sealed: bytes
    session: Count | None = None


def plan_context(terminal: str, version: Version) -> str:
    """Context under the seal: a plan opens at no other terminal, and as no other version."""
    return f"{KIND} {terminal} {version}"


def presence_context(terminal: str, said_at: datetime) -> str:
    """The same of a presence, which has no version but its time."""
    return f"{PRESENCE_KIND} {terminal} {said_at.astimezone(UTC).isoformat()}"
