"""How a claim stands and what bounds there are. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol

from wire.claims import ClaimState

LIFE: Final = timedelta(hours=1)
"""A claim that nobody approved within this time is over; the terminal makes another."""
FORGET: Final = timedelta(days=1)
"""Claims that were never approved are deleted after this time."""
MOST_OPEN: Final = 60
"""Claims open at once: more than any site takes in within an hour."""
MOST_OPEN_OF_ONE: Final = 30
"""Claims open at once from one network address."""


class Standing(Protocol):
    """The times of a claim."""

    @property
    def opened_at(self) -> datetime: ...
    @property
    def code(self) -> str | None: ...
    @property
    def approved_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def granted_at(self) -> datetime | None: ...


def state_of(claim: Standing, now: datetime) -> ClaimState:
    """An end outranks all; an approved claim never expires, because somebody decided it."""
    if claim.granted_at is not None:
        return ClaimState.GRANTED
    if claim.ended_at is not None:
        return ClaimState.REFUSED
    if claim.approved_at is not None:
        return ClaimState.APPROVED
    if now - claim.opened_at >= LIFE:
        return ClaimState.EXPIRED
    return ClaimState.OPENED if claim.code is None else ClaimState.WAITING


def approvals_needed(second_person: bool) -> int:
    """How many different accounts must compare the code."""
    return 2 if second_person else 1
