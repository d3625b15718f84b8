"""What stands against deciding a claim: each reason is a sentence for whoever decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sentences import RefusedError, Sentence
from hub.terminals.claims.records import Claim, ClaimApproval
from hub.terminals.claims.rules import state_of
from hub.terminals.records import Terminal
from hub.terminals.succession import successor_of
from wire.claims import ClaimState, typed_code
from wire.provisioning import CheckpointSettings

OTHER_CODE = Sentence(
    "That is not the code of this terminal. Approve nothing yet: read it again from the terminal's screen."
)
UNKNOWN_CODE = Sentence(
    "No terminal waits with that code. Compare it letter by letter with the terminal's screen. If it is typed right, "
    "somebody may stand between the terminal and this hub: do not approve anything."
)


@dataclass(frozen=True)
class Placing:
    """Where a claimed terminal belongs, and whose place it takes over."""

    checkpoint: CheckpointSettings
    replaces: str | None = None


def check_code(claim: Claim, typed: str) -> None:
    """RefusedError unless it is the code of this claim."""
    code = typed_code(typed)
    if code is None:
        raise RefusedError("no_code", Sentence("A claim code has eight letters and digits, as ABCD-EFGH."))
    if code != claim.code:
        raise RefusedError("other_code", OTHER_CODE)


def check_waiting(claim: Claim, now: datetime) -> None:
    """RefusedError unless people may still decide it."""
    state = state_of(claim, now)
    if state is ClaimState.EXPIRED:
        raise RefusedError(
            "expired", Sentence("This claim is more than an hour old. Start again on the terminal.")
        )
    if state is not ClaimState.WAITING:
        raise RefusedError("decided", Sentence("This claim was decided already. Look at the list again."))


def check_agrees(before: Sequence[ClaimApproval], placing: Placing, login: str) -> None:
    """RefusedError when the second person is the first, or says another place."""
    for approval in before:
        if approval.by == login:
            raise RefusedError(
                "same_person", Sentence("You approved it already. Now somebody else must compare the code.")
            )
        if (approval.checkpoint_code, approval.replaces) != (placing.checkpoint.checkpoint, placing.replaces):
            raise RefusedError("disagree", _disagree(approval.by))


def check_replaced(session: Session, claim: Claim, placing: Placing) -> None:
    """RefusedError when the terminal to be replaced is none, was replaced already, or stands elsewhere."""
    if placing.replaces is None:
        return
    old = session.scalars(select(Terminal).where(Terminal.name == placing.replaces)).one_or_none()
    if old is None or old.name == claim.name:
        raise RefusedError("no_such_terminal", _no_such(placing.replaces))
    after = successor_of(session, old)
    if after is not None and after.name != claim.name:
        raise RefusedError("replaced", _replaced(old.name, after.name))
    if old.checkpoint_code != placing.checkpoint.checkpoint:
        raise RefusedError("other_place", _stands_at(old))


def _disagree(login: str) -> Sentence:
    return Sentence(
        "%(login)s approved it for another place. Agree with each other: choose the same place, or refuse the claim "
        "and start again on the terminal.",
        {"login": login},
    )


def _no_such(name: str) -> Sentence:
    return Sentence("There is no other terminal %(name)s to replace.", {"name": name})


def _replaced(name: str, other: str) -> Sentence:
    return Sentence(
        "Terminal %(name)s was already replaced, by %(other)s. Replace that one.",
        {"name": name, "other": other},
    )


def _stands_at(old: Terminal) -> Sentence:
    return Sentence(
        "A replacement keeps the place. Terminal %(name)s stands at %(checkpoint)s.",
        {"name": old.name, "checkpoint": old.checkpoint_code},
    )
