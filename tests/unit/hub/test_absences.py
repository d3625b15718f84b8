"""Out with permission: never a release, never forgotten, and over when the person is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.actions import open_booking_of
from hub.custody.facts.actions import FactFaultsError, Statement, end, state
from hub.custody.facts.reading import current
from hub.custody.records import Person
from hub.database import session_scope
from hub.docket.records import Finding
from hub.docket.runs import run_all

from .site_world import World

SAM = Actor("sam", "10.0.0.7")


def leave(
    session: Session,
    world: World,
    person: Person,
    where: str = "Belmopan",
    source: str = "Pass 7",
    hours: int = 6,
) -> int:
    booking = open_booking_of(session, person.id)
    assert booking is not None
    value = Absence(why=Why.COURT, where=where, due_back_at=world.at + timedelta(hours=hours))
    said = Statement(ABSENCE, value, world.at, source, booking_id=booking.id)
    return state(session, person.id, said, actor=SAM, at=world.at).id


@pytest.mark.parametrize(("where", "source", "field"), [("", "Pass 7", "where"), ("Belmopan", "", "source")])
def test_nobody_goes_out_to_nowhere_or_on_no_paper(world: World, where: str, source: str, field: str) -> None:
    person = world.person()
    with session_scope(world.sessions) as session, pytest.raises(FactFaultsError) as refused:
        leave(session, world, person, where, source)
    assert field in refused.value.faults


def test_nobody_goes_out_for_so_long_that_they_are_never_looked_for(world: World) -> None:
    """A year mistyped: unseen is nobody who is out, and overdue nobody before the day."""
    person = world.person()
    with session_scope(world.sessions) as session, pytest.raises(FactFaultsError) as refused:
        leave(session, world, person, hours=24 * 365 * 10)
    assert "within three months" in refused.value.faults["due_back_at"].text


def overdue(world: World) -> int:
    run_all(world.sessions, world.at)
    wanted = select(Finding.id).where(Finding.check_code == "absence_overdue", Finding.closed_at.is_(None))
    with session_scope(world.sessions, writes=False) as session:
        return len(session.scalars(wanted).all())


def test_the_stay_goes_on_and_whoever_does_not_come_back_is_found_until_they_do(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        leave(session, world, person)
        assert open_booking_of(session, person.id) is not None
    assert overdue(world) == 0
    world.later(hours=7)
    assert overdue(world) == 1
    with session_scope(world.sessions) as session:
        (held,) = current(session, ABSENCE, person_id=person.id)
        end(
            session,
            held.row,
            ABSENCE,
            effective_at=world.at,
            reason="back at the gate",
            actor=SAM,
            at=world.at,
        )
        assert open_booking_of(session, person.id) is not None
    with session_scope(world.sessions, writes=False) as session:
        assert current(session, ABSENCE, person_id=person.id) == []
    assert overdue(world) == 0
