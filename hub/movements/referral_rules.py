"""When a referral rings louder, whose it is, and what it says about somebody's fingers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence

LATE_BY: Final = timedelta(minutes=15)
"""Nobody stands at a gate longer than this: what the hub hears of later is over."""

ABOUT_FINGERS: Final = frozenset({"not_recognised", "too_close", "poor_quality", "second_finger"})
"""Rules that refer because of the finger, not because the gate asks for an officer anyway."""

MAX_REASON: Final = 200


class Status(StrEnum):
    """How an open referral stands, in the order in which it gets louder; CLOSED and PAST ring no more."""

    WAITING = "waiting"
    ESCALATED = "escalated"
    ALARM = "alarm"
    CLOSED = "closed"
    PAST = "past"


class Outcome(StrEnum):
    """How a referral ended."""

    ATTESTED = "ATTESTED"
    TURNED_BACK = "TURNED_BACK"
    GONE = "GONE"
    """Nobody stood there any more."""
    LAPSED = "LAPSED"
    """Nobody answered it; it stays in the record as that."""


class What(StrEnum):
    """What a row of a referral's history tells."""

    OPENED = "opened"
    PAST = "past"
    GIVEN = "given"
    TAKEN = "taken"
    ESCALATED = "escalated"
    ALARM = "alarm"
    ANSWERED = "answered"
    ANSWERED_AGAIN = "answered_again"


@dataclass(frozen=True)
class Patience:
    """How long a referral may wait before the next one hears of it, in seconds since it was opened.

    `tries` referrals that point to one person within `within_days` ask for new fingers.
    """

    escalate_after_s: int = 60
    alarm_after_s: int = 180
    lapse_after_s: int = 28_800
    tries: int = 3
    within_days: int = 7


def fault_of_patience(wanted: Patience) -> Sentence | None:
    """What is wrong with it, None when nothing is."""
    if not 10 <= wanted.escalate_after_s < wanted.alarm_after_s < wanted.lapse_after_s <= 86_400:
        return Sentence(
            "The times must rise: first the supervisor (10 s at least), then the alarm, then the end (a day at most)."
        )
    if not (2 <= wanted.tries <= 50 and 1 <= wanted.within_days <= 90):
        return Sentence("Use 2 to 50 referrals within 1 to 90 days.")
    return None


def status_of(
    opened_at: datetime, outcome: str | None, past: bool, patience: Patience, now: datetime
) -> Status:
    """Where a referral stands now; it is never stored, so that a hub that was away is right at once."""
    if outcome is not None:
        return Status.CLOSED
    if past:
        return Status.PAST
    waited_s = (now - opened_at).total_seconds()
    if waited_s >= patience.alarm_after_s:
        return Status.ALARM
    return Status.ESCALATED if waited_s >= patience.escalate_after_s else Status.WAITING


def is_over(occurred_at: datetime, clock_sure: bool, late: bool, now: datetime) -> bool:
    """Whether a referral was over before the hub heard of it."""
    return late or (clock_sure and now - occurred_at > LATE_BY)


def may_answer(login: str, watches_all: bool, holder: str | None, on_post: frozenset[str]) -> bool:
    """Whether `login` may answer: who has it, who stands at that checkpoint, and those who watch over all."""
    return watches_all or login == holder or login in on_post


def asks_for_fingers(rule: str, standing: bool, matched: bool) -> bool:
    """Whether an attested passage shows that the person's fingers should be taken again.

    A finger that matched is a good one: the gate only wanted an officer as well.
    """
    return not standing and not matched and rule in ABOUT_FINGERS


def fault_of_reason(reason: str) -> Sentence | None:
    """What is wrong with a reason, None when nothing is."""
    if not reason.strip():
        return Sentence("Say how you know: choose a reason, or write one.")
    if len(reason) > MAX_REASON:
        return Sentence("The reason is too long. Use at most %(count)s characters.", {"count": MAX_REASON})
    return None
