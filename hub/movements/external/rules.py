"""What becomes of somebody's going out, by its times and by the clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.custody.absence import Why
from hub.movements.move_limits import Limits


class Consent(StrEnum):
    """Whether somebody may go out: the state of an authorisation."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"
    DENIED = "DENIED"
    EXPIRED = "EXPIRED"


class Going(StrEnum):
    """Where one time of going out stands. CANCELLED: it was called off before anybody left."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    OVERDUE = "OVERDUE"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


OUT: Final = frozenset({Going.IN_PROGRESS, Going.OVERDUE})
ENDED: Final = frozenset({Going.COMPLETED, Going.CANCELLED})

ORDERED: Final = frozenset({Why.COURT, Why.HOSPITAL})
"""A court's order and a doctor's word are the authority themselves; leave and another site are granted by somebody."""

MOVES_TO: Final[dict[Consent, frozenset[Consent]]] = {
    Consent.PENDING: frozenset({Consent.APPROVED, Consent.DENIED, Consent.CANCELLED, Consent.EXPIRED}),
    Consent.APPROVED: frozenset({Consent.PAUSED, Consent.CANCELLED, Consent.EXPIRED}),
    Consent.PAUSED: frozenset({Consent.APPROVED, Consent.CANCELLED, Consent.EXPIRED}),
    Consent.CANCELLED: frozenset(),
    Consent.DENIED: frozenset(),
    Consent.EXPIRED: frozenset(),
}

MOVEMENT_TYPES: Final = {Why.COURT: "CRT", Why.TRANSFER: "TRN"}
"""Of the movement out and in; everything else is a temporary absence. None of them is a release."""


def movement_type(why: Why) -> str:
    """CRT, TRN or TAP."""
    return MOVEMENT_TYPES.get(why, "TAP")


@dataclass(frozen=True)
class Stand:
    """A state, and when time alone changes it; None when it does not.

    `not_left`: the time to leave has passed. `lost`: so long overdue that nobody can say where the person is.
    """

    state: Going
    next_at: datetime | None
    not_left: bool = False
    lost: bool = False


def going_of(
    leave_at: datetime,
    due_back_at: datetime,
    left_at: datetime | None,
    back_at: datetime | None,
    *,
    cancelled: bool,
    now: datetime,
    limits: Limits,
) -> Stand:
    """Where it stands at `now`."""
    if cancelled:
        return Stand(Going.CANCELLED, None)
    if back_at is not None:
        return Stand(Going.COMPLETED, None)
    if left_at is None:
        should_have = leave_at + timedelta(seconds=limits.not_left_after_s)
        if now < should_have:
            return Stand(Going.SCHEDULED, should_have)
        return Stand(Going.SCHEDULED, None, not_left=True)
    late_at = due_back_at + timedelta(seconds=limits.away_grace_s)
    if now < late_at:
        return Stand(Going.IN_PROGRESS, late_at)
    lost_at = late_at + timedelta(seconds=limits.away_lost_after_s)
    if now < lost_at:
        return Stand(Going.OVERDUE, lost_at)
    return Stand(Going.OVERDUE, None, lost=True)


def consent_on(state: Consent, until_on: date, today: date) -> Consent:
    """A state as it is on a day: what nobody used in its time has expired."""
    if state in (Consent.PENDING, Consent.APPROVED, Consent.PAUSED) and until_on < today:
        return Consent.EXPIRED
    return state
