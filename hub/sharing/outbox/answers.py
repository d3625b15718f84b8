"""What a receiver's answer means. Pure.

A receiver acknowledges with 2xx and nothing in the body, or with `{"received": [ids]}`. Any other body with a 2xx is
doubtful: a proxy's login page answers 200 as well. What is doubtful is sent again under the same id, which a receiver
knows, so that nothing is lost and nothing counts twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class Outcome(StrEnum):
    """What came of a try, or of an act upon a delivery."""

    RECEIVED = "received"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    FAILED = "failed"
    BUSY = "busy"
    TURNED_AWAY = "turned_away"
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"
    NOT_THE_ONE = "not_the_one"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    NO_ADDRESS = "no_address"
    STOPPED = "stopped"
    GIVEN_UP = "given_up"
    AGAIN = "again"
    FETCHED = "fetched"
    IN_FILE = "in_file"


OUTCOMES: Final = {
    Outcome.RECEIVED: Sentence("Confirmed by them"),
    Outcome.DOUBTFUL: Sentence("Answered, but not understood"),
    Outcome.REFUSED: Sentence("The receiver does not take this event"),
    Outcome.FAILED: Sentence("The receiver failed at this event"),
    Outcome.BUSY: Sentence("The receiver asks to wait"),
    Outcome.TURNED_AWAY: Sentence("The receiver turns us away: look at its address and its keys"),
    Outcome.REDIRECTED: Sentence(
        "The receiver points elsewhere: nothing is sent there until its address is set anew"
    ),
    Outcome.UNREACHABLE: Sentence("Nobody answers"),
    Outcome.NOT_THE_ONE: Sentence(
        "Somebody answers who cannot show the agreed certificate: nothing was sent"
    ),
    Outcome.TOO_SLOW: Sentence("No answer in time"),
    Outcome.TOO_LARGE: Sentence("The answer was too long"),
    Outcome.NO_ADDRESS: Sentence("No address to send to"),
    Outcome.STOPPED: Sentence("The agreement does not allow it any more"),
    Outcome.GIVEN_UP: Sentence("Given up after days"),
    Outcome.AGAIN: Sentence("Sent again by hand"),
    Outcome.FETCHED: Sentence("Fetched by the agency"),
    Outcome.IN_FILE: Sentence("Written into a file of the drop"),
}

OF_THE_AGENCY: Final = frozenset(
    {
        Outcome.BUSY,
        Outcome.TURNED_AWAY,
        Outcome.REDIRECTED,
        Outcome.UNREACHABLE,
        Outcome.NOT_THE_ONE,
        Outcome.TOO_SLOW,
        Outcome.NO_ADDRESS,
    }
)
"""What says something of the receiver, not of an event: everything for it waits, and no event is blamed."""

_AWAY: Final = frozenset({401, 402, 403, 404, 405, 407, 410, 421, 426, 451})
_BUSY: Final = frozenset({408, 425, 429, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is None when nothing did. `retry_after_s` is the receiver's wish."""

    outcome: Outcome
    status: int | None = None
    received: frozenset[str] = frozenset()
    retry_after_s: int | None = None


def judge(status: int, body: bytes, ids: Sequence[str], retry_after: str | None = None) -> Answer:
    """What the answer to a request with these ids says of them."""
    if 200 <= status < 300:
        received = _received(body, ids)
        whole = received is not None and len(received) == len(set(ids))
        return Answer(Outcome.RECEIVED if whole else Outcome.DOUBTFUL, status, received or frozenset())
    asked = int(retry_after) if retry_after and retry_after.isascii() and retry_after.isdecimal() else None
    if status in _BUSY:
        return Answer(Outcome.BUSY, status, retry_after_s=asked)
    if 300 <= status < 400:
        return Answer(Outcome.REDIRECTED, status)
    if status in _AWAY:
        return Answer(Outcome.TURNED_AWAY, status)
    return Answer(Outcome.REFUSED if status < 500 else Outcome.FAILED, status)


def _received(body: bytes, ids: Sequence[str]) -> frozenset[str] | None:
    if not body.strip():
        return frozenset(ids)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    named = told.get("received") if isinstance(told, dict) else None
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        return None
    return frozenset(named) & frozenset(ids)
