"""Orders in force at a terminal: at once, whole, and apart from configuration, which never takes them back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.envelope import Name
from wire.happenings import EntryReference, PersonNumber, Text
from wire.journal import When
from wire.versions import Count, Version

KIND = "orders"


class OrderKind(StrEnum):
    """What an order does. EVACUATE outranks LOCKDOWN, LOCKDOWN outranks HOLD, and all three outrank every rule."""

    LOCKDOWN = "LOCKDOWN"
    EVACUATE = "EVACUATE"
    HOLD = "HOLD"
    """A headcount goes on: whoever is counted stays where they are. A group under way is counted through."""
    LET_THROUGH = "LET_THROUGH"
    """One person, once, whom an officer at the hub vouched for."""


class Order(Strict, frozen=True):
    """`number` is the hub's own and never used again. `by` is the login of who gave it.

    `person` and `referral` are those of a LET_THROUGH alone, and it alone ends by itself, at `until_at`.
    """

    number: Count
    kind: OrderKind
    since_at: When
    by: Name
    reason: Text
    person: PersonNumber | None = None
    referral: EntryReference | None = None
    until_at: When | None = None


class Orders(Strict, frozen=True):
    """Everything in force at this terminal as of `version`; it replaces what was held before."""

    version: Version
    said_at: When
    in_force: Annotated[list[Order], Meta(max_length=64)]
