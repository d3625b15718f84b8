"""Who is out and who is to go: for the board, the roll and the control room. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from hub.custody.absence import Why
from hub.custody.away import people_away
from hub.custody.records import Person
from hub.movements.external.records import Authorisation, Convoy, Occurrence
from hub.movements.external.rules import ENDED, OUT, Consent, Going, consent_on
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Away:
    """Somebody who is out. `occurrence_id` None: only the file has it, nobody planned it here."""

    person_id: int
    number: str
    why: Why
    where: str
    left_at: datetime
    due_back_at: datetime
    overdue: bool
    escort: str
    occurrence_id: int | None
    convoy_id: int | None


@dataclass(frozen=True)
class Trip:
    """One time of going out, with its person and what allows it."""

    id: int
    person_id: int
    number: str
    surname: str
    given: str
    why: Why
    where: str
    reference: str
    conditions: str
    consent: Consent
    authorisation_id: int
    convoy_id: int | None
    leave_at: datetime
    due_back_at: datetime
    escort: str
    papers: str
    state: str
    left_at: datetime | None
    back_at: datetime | None
    made_by: str

    @property
    def is_out(self) -> bool:
        return self.state in OUT

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    def __repr__(self) -> str:
        return f"Trip({self.id}, {self.number}, {self.state})"


def away(session: Session, now: datetime, known_at: datetime | None = None) -> dict[int, Away]:
    """Everybody who is out by the record of law, by person, as it is or was known."""
    found = people_away(session, now, known_at)
    rows = session.execute(
        select(Occurrence.fact_item, Occurrence.id, Occurrence.convoy_id).where(
            Occurrence.fact_item.in_([one.held.item for one in found])
        )
    )
    planned = {item: (number, convoy) for item, number, convoy in rows}
    return {
        one.person.id: Away(
            person_id=one.person.id,
            number=one.person.number,
            why=one.value.why,
            where=one.value.where,
            left_at=one.left_at,
            due_back_at=one.value.due_back_at,
            overdue=one.overdue,
            escort=one.value.escort,
            occurrence_id=planned.get(one.held.item, (None, None))[0],
            convoy_id=planned.get(one.held.item, (None, None))[1],
        )
        for one in reversed(found)
    }


def goings(
    session: Session,
    now: datetime,
    *,
    until_at: datetime | None = None,
    since_at: datetime | None = None,
    people: Collection[int] | None = None,
) -> list[Trip]:
    """Open occurrences, leaving by `until_at`; with `since_at` those that ended since then. By time and name."""
    wanted = _wanted()
    wanted = wanted.where(
        Occurrence.closed_at.is_(None) if since_at is None else Occurrence.closed_at >= since_at
    )
    if until_at is not None:
        wanted = wanted.where(Occurrence.leave_at < until_at)
    if people is not None:
        wanted = wanted.where(Occurrence.person_id.in_(people))
    return _goings(session.execute(wanted), now)


def going_with(session: Session, number: int, now: datetime) -> Trip | None:
    """One occurrence; None where there is none."""
    return next(iter(_goings(session.execute(_wanted().where(Occurrence.id == number)), now)), None)


def goings_of_convoy(session: Session, convoy_id: int, now: datetime) -> list[Trip]:
    """Who travels in a convoy, or did."""
    return _goings(session.execute(_wanted().where(Occurrence.convoy_id == convoy_id)), now)


def waiting_consents(session: Session, now: datetime) -> list[tuple[Authorisation, Person]]:
    """What nobody has decided yet, and what is paused or comes again; by name."""
    today = now.astimezone(SITE_ZONE).date()
    wanted = (
        select(Authorisation, Person)
        .join(Person, Person.id == Authorisation.person_id)
        .where(
            Authorisation.until_on >= today,
            (Authorisation.state.in_([Consent.PENDING.value, Consent.PAUSED.value]))
            | ((Authorisation.state == Consent.APPROVED.value) & (Authorisation.weekdays != "")),
        )
    )
    rows = session.execute(wanted.order_by(Authorisation.state.desc(), Person.surname, Authorisation.id))
    return [(row, person) for row, person in rows]


@dataclass(frozen=True)
class ConvoyLine:
    """A convoy with who is in it."""

    row: Convoy
    people: tuple[Trip, ...]

    @property
    def out(self) -> int:
        return sum(one.is_out for one in self.people)


def convoys(session: Session, now: datetime) -> list[ConvoyLine]:
    """Convoys of which somebody has not come back, or has yet to leave; by time."""
    held: dict[int, list[Trip]] = {}
    for one in goings(session, now):
        if one.convoy_id is not None:
            held.setdefault(one.convoy_id, []).append(one)
    rows = session.scalars(select(Convoy).where(Convoy.id.in_(held)).order_by(Convoy.leave_at, Convoy.id))
    return [ConvoyLine(row, tuple(held[row.id])) for row in rows]


def _wanted() -> Select[Occurrence, Authorisation, Person]:
    return (
        select(Occurrence, Authorisation, Person)
        .join(Authorisation, Authorisation.id == Occurrence.authorisation_id)
        .join(Person, Person.id == Occurrence.person_id)
        .order_by(Occurrence.leave_at, Person.surname, Person.given, Occurrence.id)
    )


def _goings(rows: Iterable[Row[Occurrence, Authorisation, Person]], now: datetime) -> list[Trip]:
    today = now.astimezone(SITE_ZONE).date()
    return [
        Trip(
            id=row.id,
            person_id=person.id,
            number=person.number,
            surname=person.surname,
            given=person.given,
            why=Why(held.why),
            where=held.where_to,
            reference=held.reference,
            conditions=held.conditions,
            consent=consent_on(Consent(held.state), held.until_on, today),
            authorisation_id=held.id,
            convoy_id=row.convoy_id,
            leave_at=row.leave_at,
            due_back_at=row.due_back_at,
            escort=row.escort,
            papers=row.papers,
            state=Going(row.state).value,
            left_at=row.left_at,
            back_at=row.back_at,
            made_by=row.made_by,
        )
        for row, held, person in rows
    ]
