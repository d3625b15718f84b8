"""Looking at thefts. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.roll.theft.records import Theft, TheftOfficer, TheftPerson, TheftStep
from hub.terminals.records import Terminal


@dataclass(frozen=True)
class Line:
    """A theft in the list."""

    number: int
    terminal: str
    checkpoint: str
    reported_at: datetime
    reported_by: str
    protection: str
    people: int


@dataclass(frozen=True)
class Counted:
    """How much was on a card; `possible` of the people only may have been on it."""

    people: int
    possible: int
    fingers: int
    officers: list[str]


@dataclass(frozen=True)
class Concerned:
    """Somebody on the card."""

    number: str
    surname: str
    given: str
    fingers: list[int]
    impressions: int
    certain: bool


def thefts(session: Session) -> list[Line]:
    """Every theft, the newest first."""
    counted = (
        select(TheftPerson.theft_id, func.count().label("people")).group_by(TheftPerson.theft_id).subquery()
    )
    rows = session.execute(
        select(Theft, Terminal.name, Terminal.checkpoint_code, counted.c.people)
        .join(Terminal, Terminal.id == Theft.terminal_id)
        .outerjoin(counted, counted.c.theft_id == Theft.id)
        .order_by(Theft.id.desc())
    )
    return [
        Line(theft.id, name, place, theft.reported_at, theft.reported_by, theft.protection, people or 0)
        for theft, name, place, people in rows
    ]


def counted(session: Session, theft_id: int) -> Counted:
    """How much was on the card."""
    rows = session.execute(
        select(TheftPerson.fingers, TheftPerson.certain).where(TheftPerson.theft_id == theft_id)
    ).all()
    officers = (
        select(TheftOfficer.login).where(TheftOfficer.theft_id == theft_id).order_by(TheftOfficer.login)
    )
    return Counted(
        people=len(rows),
        possible=sum(not row.certain for row in rows),
        fingers=sum(len(row.fingers.split()) for row in rows),
        officers=list(session.scalars(officers)),
    )


def concerned(session: Session, theft_id: int) -> list[Concerned]:
    """Everybody on the card, by name."""
    rows = session.execute(
        select(TheftPerson, Person)
        .join(Person, Person.id == TheftPerson.person_id)
        .where(TheftPerson.theft_id == theft_id)
        .order_by(Person.surname, Person.given, Person.id)
    )
    return [
        Concerned(
            person.number,
            person.surname,
            person.given,
            [int(code) for code in row.fingers.split()],
            row.impressions,
            row.certain,
        )
        for row, person in rows
    ]


def steps(session: Session, theft_id: int) -> list[TheftStep]:
    """What was done, in order."""
    wanted = select(TheftStep).where(TheftStep.theft_id == theft_id).order_by(TheftStep.id)
    return list(session.scalars(wanted))
