"""A person in custody on a file in order, and changes of one thing at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.accounts.audit import Actor
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.records import Fact
from hub.custody.legal import HEARING, LEGAL_STATUS, Hearing, LegalStatus, Status
from hub.custody.records import Booking, Person
from hub.custody.stays import HOME, Home
from hub.database import session_scope
from hub.docket.records import Finding, FindingStep
from hub.docket.runs import Report, recompute

from .site_world import World

RITA = Actor("rita", "10.0.0.1")


def record(
    world: World,
    person: Person,
    kind: Kind[V],
    value: V,
    *,
    effective_at: datetime | None = None,
    item: int | None = None,
) -> Fact:
    """State a fact of the open stay."""
    with session_scope(world.sessions) as session:
        booking = session.query(Booking).filter_by(person_id=person.id).order_by(Booking.id.desc()).first()
        assert booking is not None
        statement = Statement(kind, value, effective_at or world.at, source="paper 1", booking_id=booking.id)
        return state(session, person.id, statement, actor=RITA, at=world.at, item=item)


def remanded(
    world: World, surname: str = "Novelo", given: str = "Ana", *, next_in_days: float = 30
) -> Person:
    """Somebody on remand with an order, a cell and a next date."""
    person = world.person(surname, given)
    record(world, person, LEGAL_STATUS, Status(status=LegalStatus.REMAND))
    record(world, person, HOME, Home(zone="block-a", cell="a-1"))
    hearing_at = world.at + timedelta(days=next_in_days)
    record(
        world,
        person,
        HEARING,
        Hearing(court="Belize City", hearing_at=hearing_at, purpose="mention", case="C 7"),
    )
    return person


def look(world: World) -> Report:
    with session_scope(world.sessions) as session:
        return recompute(session, world.at)


def standing(world: World, check: str | None = None) -> list[Finding]:
    """Open findings, of one check or of all but the gauge of the file, which is never full in these tests."""
    with session_scope(world.sessions, writes=False) as session:
        rows = session.query(Finding).filter(Finding.closed_at.is_(None)).order_by(Finding.id)
        return [
            row
            for row in rows
            if row.check_code == check or (check is None and row.check_code != "file_incomplete")
        ]


def finding(world: World, number: int) -> Finding:
    with session_scope(world.sessions, writes=False) as session:
        return session.get_one(Finding, number)


def acts(world: World, number: int) -> list[str]:
    """What happened to a finding, oldest first."""
    with session_scope(world.sessions, writes=False) as session:
        rows = session.query(FindingStep).filter_by(finding_id=number).order_by(FindingStep.id)
        return [row.act for row in rows]
