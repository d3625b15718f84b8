"""Working a difference: taking it on, and closing it with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.census.records import CensusDifference, CensusStep, DifferenceState, StepAct

LONGEST: Final = 300


class Why(StrEnum):
    """Why a difference is closed."""

    OURS_WRONG = "ours_wrong"
    THEIRS_WRONG = "theirs_wrong"
    BOTH_RIGHT = "both_right"


WHYS: Final[Mapping[Why, Sentence]] = {
    Why.OURS_WRONG: Sentence("Our file was wrong, and is corrected"),
    Why.THEIRS_WRONG: Sentence("Their list is wrong: they were told"),
    Why.BOTH_RIGHT: Sentence("Both are right, and the lists stay different"),
}
LASTS: Final = frozenset({Why.BOTH_RIGHT.value})
"""With these it stays closed as long as both lists say the same; with others it comes back if it is still there."""


def take(session: Session, number: int, version: int, *, actor: Actor, at: datetime) -> None:
    """`actor` looks after it from now on."""
    row = _open(session, number, version)
    row.owner = actor.login
    _done(session, row, StepAct.TAKEN, "", actor, at)


def close(
    session: Session, number: int, version: int, why: Why, words: str, *, actor: Actor, at: datetime
) -> None:
    """Close it. Where both are right the words are needed: nobody else would know why."""
    row = _open(session, number, version)
    said = " ".join(words.split())
    if len(said) < 3:
        raise RefusedError(
            "reason", Sentence("Write in a few words what was found out: it stays with the record.")
        )
    if len(said) > LONGEST:
        raise RefusedError(
            "reason", Sentence("That is too long. Use at most %(count)s characters.", {"count": LONGEST})
        )
    row.state, row.reason_code, row.reason = DifferenceState.CLOSED.value, why.value, said
    row.owner, row.ended_at, row.ended_by = row.owner or actor.login, at, actor.login
    _done(session, row, StepAct.CLOSED, said, actor, at)


def _open(session: Session, number: int, version: int) -> CensusDifference:
    row = session.get(CensusDifference, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise RefusedError("no_difference", Sentence("There is no such difference."))
    if row.version != version or row.state != DifferenceState.OPEN:
        raise RefusedError(
            "changed_meanwhile",
            Sentence("Somebody did something about this meanwhile. Read below, then decide."),
        )
    return row


def _done(
    session: Session, row: CensusDifference, act: StepAct, note: str, actor: Actor, at: datetime
) -> None:
    row.version += 1
    session.add(CensusStep(difference_id=row.id, act=act.value, at=at, by=actor.login, note=note))
    write_down(
        session,
        at=at,
        actor=actor,
        act=f"census.{act.value}",
        subject=row.person,
        detail=f"{row.agency} {row.id} {row.sort} {row.reason_code}".strip(),
    )
    session.flush()
