"""Standing procedures: how a person without a usable finger passes, approved and reviewed, never a daily reject."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.changes import note_change
from hub.custody.records import Person
from hub.movements.duty_records import StandingProcedure, StandingReview
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

LONGEST_REVIEW: Final = timedelta(days=366)
"""Skin heals and sensors change: nobody is left without a finger for longer than a year unasked."""
MAX_TEXT: Final = 200


def set_procedure(
    session: Session,
    person: Person,
    reason: str,
    instead: str,
    review_on: date,
    *,
    actor: Actor,
    at: datetime,
) -> StandingProcedure:
    """Put a procedure in force; terminals hear of it. RefusedError when one is, or words or date are wrong."""
    if procedure_of(session, person.id) is not None:
        raise RefusedError(
            "procedure_open", Sentence("A procedure is in force already. Review it, or end it first.")
        )
    row = StandingProcedure(
        person_id=person.id,
        reason=_text(reason),
        instead=_text(instead),
        approved_by=actor.login,
        approved_at=at,
        review_on=_review(review_on, at),
    )
    session.add(row)
    note_change(session, person.id, at)
    write_down(session, at=at, actor=actor, act="standing.set", subject=person.number)
    return row


def approve_second(session: Session, person: Person, *, actor: Actor, at: datetime) -> None:
    """A second person approves; RefusedError when it is the same one, or was done."""
    row = _in_force(session, person)
    if row.second_approved_by is not None or row.approved_by == actor.login:
        raise RefusedError(
            "second_person", Sentence("Another person than the first has to approve it, once.")
        )
    row.second_approved_by, row.second_approved_at = actor.login, at
    write_down(session, at=at, actor=actor, act="standing.approve", subject=person.number)


def review(
    session: Session, person: Person, note: str, review_on: date, *, actor: Actor, at: datetime
) -> None:
    """It was looked at again and is still needed, until `review_on`."""
    row = _in_force(session, person)
    row.review_on = _review(review_on, at)
    session.add(
        StandingReview(procedure_id=row.id, at=at, by=actor.login, note=_text(note), review_on=row.review_on)
    )
    write_down(session, at=at, actor=actor, act="standing.review", subject=person.number)


def end_procedure(session: Session, person: Person, reason: str, *, actor: Actor, at: datetime) -> None:
    """The person passes by finger again; terminals hear of it."""
    row = _in_force(session, person)
    row.ended_at, row.ended_by, row.end_reason = at, actor.login, _text(reason)
    note_change(session, person.id, at)
    write_down(session, at=at, actor=actor, act="standing.end", subject=person.number)


def procedure_of(session: Session, person_id: int) -> StandingProcedure | None:
    """The procedure in force for somebody."""
    return session.scalar(_IN_FORCE, {"person_id": person_id})


_IN_FORCE: Final = select(StandingProcedure).where(
    StandingProcedure.person_id == bindparam("person_id"), StandingProcedure.ended_at.is_(None)
)


def history_of(session: Session, person_id: int) -> list[StandingProcedure]:
    """Every procedure somebody ever had, newest first."""
    wanted = select(StandingProcedure).where(StandingProcedure.person_id == person_id)
    return list(session.scalars(wanted.order_by(StandingProcedure.id.desc())))


def reviews_of(session: Session, procedure_id: int) -> list[StandingReview]:
    """Reviews of a procedure, newest first."""
    wanted = select(StandingReview).where(StandingReview.procedure_id == procedure_id)
    return list(session.scalars(wanted.order_by(StandingReview.id.desc())))


def attested_people(session: Session) -> set[int]:
    """Persons for whom an officer vouches each time, by a procedure in force."""
    return set(
        session.scalars(select(StandingProcedure.person_id).where(StandingProcedure.ended_at.is_(None)))
    )


def in_force(session: Session) -> list[tuple[StandingProcedure, Person]]:
    """Every procedure in force with its person, the next review first."""
    rows = session.execute(
        select(StandingProcedure, Person)
        .join(Person, Person.id == StandingProcedure.person_id)
        .where(StandingProcedure.ended_at.is_(None))
        .order_by(StandingProcedure.review_on, StandingProcedure.id)
    )
    return [(row, person) for row, person in rows]


def overdue(session: Session, now: datetime) -> int:
    """How many procedures should have been reviewed by now."""
    wanted = select(func.count()).select_from(StandingProcedure)
    return (
        session.scalar(
            wanted.where(StandingProcedure.ended_at.is_(None), StandingProcedure.review_on < _today(now))
        )
        or 0
    )


def _in_force(session: Session, person: Person) -> StandingProcedure:
    row = procedure_of(session, person.id)
    if row is None:
        raise RefusedError("no_procedure", Sentence("No procedure is in force for this person."))
    return row


def _text(words: str) -> str:
    words = " ".join(words.split())
    if not 3 <= len(words) <= MAX_TEXT:
        raise RefusedError(
            "words", Sentence("Write a sentence of at most %(count)s characters.", {"count": MAX_TEXT})
        )
    return words


def _review(review_on: date, at: datetime) -> date:
    if not _today(at) < review_on <= _today(at) + LONGEST_REVIEW:
        raise RefusedError("review", Sentence("The review must be in the future, within a year."))
    return review_on


def _today(now: datetime) -> date:
    return now.astimezone(SITE_ZONE).date()
