"""Steps of a request: read, and added with their line in the trail."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.forensic.records import ForensicRequest, ForensicStep, ForensicWords
from hub.sharing.forensic.rules import State, What, state_of


def steps_of(session: Session, request_id: int) -> Sequence[ForensicStep]:
    """Oldest first."""
    wanted = select(ForensicStep).where(ForensicStep.request_id == request_id).order_by(ForensicStep.id)
    return session.scalars(wanted).all()


def standing(session: Session, row: ForensicRequest, at: datetime) -> State:
    """Where the request stands now."""
    return state_of(row.kind, row.approvals, row.until_at, steps_of(session, row.id), at)


def words_of(session: Session, request_id: int) -> dict[int, str]:
    """What officers wrote to the agency, by the number of the step; nothing of what was deleted in time."""
    wanted = select(ForensicWords).where(ForensicWords.request_id == request_id)
    return {one.step_id: one.words for one in session.scalars(wanted)}


def hash_of(words: str) -> str:
    """What stays of an officer's words in the step."""
    return "sha256 " + hashlib.sha256(words.encode()).hexdigest()


def add_step(
    session: Session,
    row: ForensicRequest,
    what: What,
    *,
    actor: Actor,
    at: datetime,
    subject: str = "",
    words: str = "",
    told: str = "",
) -> None:
    """One step, and its line in the trail. `told` is what an officer wrote: it can name people, so neither keeps it."""
    kept = f"{words}: {hash_of(told)}" if words and told else words or (hash_of(told) if told else "")
    step = ForensicStep(
        request_id=row.id, what=what.value, at=at, by=actor.login[:64], subject=subject, words=kept[:300]
    )
    session.add(step)
    write_down(
        session,
        at=at,
        actor=actor,
        act=f"forensic.{what.value}",
        subject=subject or row.number,
        detail=row.number,
        why=words,
    )
    session.flush()
    if told:
        session.add(ForensicWords(step_id=step.id, request_id=row.id, words=told[:300], written_at=at))
        session.flush()


def over() -> RefusedError:
    """Somebody else was quicker, or its time is over."""
    return RefusedError(
        "over",
        Sentence("This request was dealt with already, or its time is over. Look at what became of it."),
    )
