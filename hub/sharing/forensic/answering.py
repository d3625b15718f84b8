"""Answering an identity request: an officer compared the fingers and says whose it is, or that it is nobody's here.

Candidates never leave. "In custody here" needs one officer who looked at that pair; "nobody here" needs one who looked
at every pair there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.actions import open_booking_of
from hub.custody.merging.reading import leads
from hub.custody.queries import ids_in_custody
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence
from hub.sharing.forensic.clearing import clear
from hub.sharing.forensic.records import ForensicCandidate, ForensicRequest
from hub.sharing.forensic.rules import Outcome, State, What
from hub.sharing.forensic.steps import add_step, over, standing, steps_of
from hub.sharing.forensic.telling import tell


def candidates_of(session: Session, row: ForensicRequest) -> Sequence[ForensicCandidate]:
    """Most alike first; none once it is answered."""
    wanted = select(ForensicCandidate).where(ForensicCandidate.request_id == row.id)
    return session.scalars(wanted.order_by(ForensicCandidate.rank)).all()


def people_inside(session: Session) -> set[int]:
    """Persons in custody, each by the one that leads their files."""
    leading = leads(session)
    return {leading.get(one, one) for one in ids_in_custody(session)}


def note_compared(
    session: Session, row: ForensicRequest, candidate: ForensicCandidate, *, actor: Actor, at: datetime
) -> None:
    """The officer had the pair before them; a look is written down each time."""
    person = session.get_one(Person, candidate.person_id)
    add_step(session, row, What.COMPARED, actor=actor, at=at, subject=person.number)


def answer_identified(
    session: Session, row: ForensicRequest, rank: int, *, actor: Actor, at: datetime
) -> None:
    """The finger is that of this candidate, who is in custody now."""
    _refuse_unless_comparing(session, row, at)
    found = next((one for one in candidates_of(session, row) if one.rank == rank), None)
    if found is None:
        raise over()
    person = session.get_one(Person, found.person_id)
    if person.number not in _compared(session, row, actor):
        raise _not_compared()
    booking = open_booking_of(session, person.id)
    if booking is None:
        raise RefusedError(
            "left_meanwhile",
            Sentence("The person has left custody since the search. Answer that nobody here has the finger."),
        )
    row.person_id = person.id
    _answer(session, row, Outcome.IDENTIFIED, actor=actor, at=at, subject=booking.number)


def answer_nobody(session: Session, row: ForensicRequest, *, actor: Actor, at: datetime) -> None:
    """Nobody in custody here has the finger."""
    _refuse_unless_comparing(session, row, at)
    numbers = {session.get_one(Person, one.person_id).number for one in candidates_of(session, row)}
    if not numbers <= _compared(session, row, actor):
        raise _not_compared()
    _answer(session, row, Outcome.NOT_IDENTIFIED, actor=actor, at=at)


def answer_unreadable(
    session: Session, row: ForensicRequest, words: str, *, actor: Actor, at: datetime
) -> None:
    """The finger is not good enough to say anything; `words` tell what would be better."""
    if standing(session, row, at) not in (State.WAITING, State.SECOND, State.COMPARING):
        raise over()
    _answer(session, row, Outcome.UNREADABLE, actor=actor, at=at, words=words.strip())


def outcome_of(session: Session, row: ForensicRequest) -> Outcome | None:
    """What the agency may be told; None while nobody decided."""
    for step in steps_of(session, row.id):
        if step.what == What.REFUSED:
            return Outcome.REFUSED
        if step.what == What.ANSWERED:
            return Outcome(step.words.partition(":")[0])
    return None


def _answer(
    session: Session,
    row: ForensicRequest,
    outcome: Outcome,
    *,
    actor: Actor,
    at: datetime,
    subject: str = "",
    words: str = "",
) -> None:
    add_step(
        session, row, What.ANSWERED, actor=actor, at=at, subject=subject, words=outcome.value, told=words
    )
    clear(session, row)
    tell(session, row, at)


def _refuse_unless_comparing(session: Session, row: ForensicRequest, at: datetime) -> None:
    if standing(session, row, at) is not State.COMPARING:
        raise over()


def _compared(session: Session, row: ForensicRequest, actor: Actor) -> set[str]:
    steps = steps_of(session, row.id)
    return {one.subject for one in steps if one.what == What.COMPARED and one.by == actor.login}


def _not_compared() -> RefusedError:
    return RefusedError(
        "not_compared",
        Sentence("Look at the two fingers side by side first: the answer is yours, not the search's."),
    )
