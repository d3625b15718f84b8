"""What a person can do about a delivery or a receiver as it stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.sentences import Sentence
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.records import State

_THEIRS: Final = Sentence(
    "Telephone the agency: its program answers and does not do as agreed. It is tried again by itself meanwhile."
)
_DOWN: Final = Sentence(
    "Nothing is lost and nobody else waits for it. If it lasts longer than a day, telephone the agency: "
    "its machine or the line to it is down."
)
OF_RECEIVER: Final[Mapping[Outcome, Sentence]] = {
    Outcome.DOUBTFUL: Sentence(
        "Something else than its program answered, as a page to sign in at. Telephone the agency: it answers 2xx with "
        "nothing in it. It is tried again by itself meanwhile."
    ),
    Outcome.REFUSED: _THEIRS,
    Outcome.FAILED: _THEIRS,
    Outcome.TOO_LARGE: _THEIRS,
    Outcome.TURNED_AWAY: Sentence(
        "Compare the address at Programs of agencies with the agency, and whether it knows the key that signs now."
    ),
    Outcome.REDIRECTED: Sentence(
        "Ask the agency by telephone whether it moved. An administrator sets the new address at Programs of agencies."
    ),
    Outcome.UNREACHABLE: _DOWN,
    Outcome.TOO_SLOW: _DOWN,
    Outcome.NOT_THE_ONE: Sentence(
        "Ask the agency by telephone whether it has a new certificate. If it has, an administrator sets it at "
        "Programs of agencies; if not, somebody stands between: tell the administrator at once."
    ),
    Outcome.NO_ADDRESS: Sentence(
        "It can be fetched. If it shall be sent, an administrator sets an address at Programs of agencies."
    ),
}
"""By the last answer, while something waits."""
_GIVEN_UP: Final = Sentence(
    "They know nothing of it. Tell them by telephone if it matters today; once their receiver works, "
    "send it again below."
)
_STOPPED: Final = Sentence(
    "It is as agreed. If they shall have it all the same, a version of the agreement that names it comes first; "
    "then send it again."
)


def what_to_do(state: str, outcome: str) -> Sentence | None:
    """Of one delivery, by its state and what came of its last try."""
    if state == State.DEAD:
        return _GIVEN_UP
    if state == State.STOPPED:
        return _STOPPED
    if state != State.WAITING or outcome not in set(Outcome):
        return None
    return OF_RECEIVER.get(Outcome(outcome))
