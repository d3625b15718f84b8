"""Where a request stands, and how much an agency may ask. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from hub.sentences import RefusedError, Sentence

ANSWER_WITHIN: Final = timedelta(days=7)
"""A request that nobody dealt with by then ends, and the finger that came with it is deleted."""
FETCH_WITHIN: Final = timedelta(days=7)
"""A set that was approved lies ready for so long."""
MOST_FETCHES: Final = 3
"""Of one set: a line that breaks asks again, a program that copies does not."""
A_DAY: Final = timedelta(days=1)
OF_AN_AUTHORITY: Final = 10
"""Requests of one kind a day on the authority of one officer: an investigation has some, a trawl has hundreds."""
OF_AN_AGENCY: Final = 40


class Ask(StrEnum):
    """What a request is."""

    IDENTITY = "identity"
    PRINTS = "prints"


class What(StrEnum):
    """Steps of a request."""

    RECEIVED = "received"
    LOOKED = "looked"
    APPROVED = "approved"
    SEARCHED = "searched"
    COMPARED = "compared"
    ANSWERED = "answered"
    REFUSED = "refused"
    FETCHED = "fetched"
    TAKEN = "taken"
    CLEARED = "cleared"


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    SECOND = "second"
    COMPARING = "comparing"
    READY = "ready"
    ANSWERED = "answered"
    TAKEN = "taken"
    REFUSED = "refused"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What an agency is told about a finger."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not_identified"
    UNREADABLE = "unreadable"
    REFUSED = "refused"


OPEN: Final = frozenset({State.WAITING, State.SECOND, State.COMPARING})
"""States in which an officer here has something to do."""
_ENDS: Final = {What.REFUSED: State.REFUSED, What.ANSWERED: State.ANSWERED, What.TAKEN: State.TAKEN}


class Did(Protocol):
    """A step as it is stored."""

    @property
    def what(self) -> str: ...
    @property
    def by(self) -> str: ...


def state_of(kind: str, approvals: int, until_at: datetime, steps: Sequence[Did], at: datetime) -> State:
    """The state now; `approvals` is how many different officers have to approve."""
    for step in steps:
        if step.what in _ENDS:
            return _ENDS[What(step.what)]
    if at >= until_at:
        return State.EXPIRED
    approved = approvers(steps)
    if not approved:
        return State.WAITING
    if len(approved) < approvals:
        return State.SECOND
    return State.COMPARING if kind == Ask.IDENTITY else State.READY


def approvers(steps: Sequence[Did]) -> list[str]:
    """Officers who approved, each once."""
    return list(dict.fromkeys(step.by for step in steps if step.what == What.APPROVED))


_TOO_MANY: Final = {
    Ask.IDENTITY: (
        "too_many_identity_requests",
        Sentence(
            "So many identity requests were sent within a day that the prison takes no more for now. "
            "Ask again tomorrow, or call the records office."
        ),
    ),
    Ask.PRINTS: (
        "too_many_fingerprint_requests",
        Sentence(
            "So many requests for fingers were sent within a day that the prison takes no more for now. "
            "Ask again tomorrow, or call the records office."
        ),
    ),
}


class TooManyError(RefusedError):
    """An authority or its agency asked too often; `again_at` is when it may ask again."""

    def __init__(self, kind: Ask, again_at: datetime) -> None:
        super().__init__(*_TOO_MANY[kind])
        self.again_at = again_at


def check_often(kind: Ask, by_authority: Sequence[datetime], by_agency: Sequence[datetime]) -> bool:
    """Whether one more request uses up what may be asked within a day; TooManyError when it is used up.

    Both are the times of the requests of that kind in the last day, oldest first.
    """
    for times, most in ((by_authority, OF_AN_AUTHORITY), (by_agency, OF_AN_AGENCY)):
        if len(times) >= most:
            raise TooManyError(kind, times[-most] + A_DAY)
    return len(by_authority) + 1 == OF_AN_AUTHORITY or len(by_agency) + 1 == OF_AN_AGENCY
