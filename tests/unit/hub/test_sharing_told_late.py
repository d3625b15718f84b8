"""A notice that is fetched when its matter is over still says what it is about, and nothing of another matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from hub.accounts.audit import Actor
from hub.custody.absence import ABSENCE, Absence, Why
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.facts.actions import Statement, correct, end, withdraw
from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.records import Fact
from hub.custody.legal import HEARING, Hearing
from hub.custody.records import Person
from hub.database import session_scope
from hub.sharing.catalogue import EXCHANGES, Way
from hub.sharing.gate import share

from .docket_world import RITA, record
from .sharing_world import COURTS, POLICE, PURPOSE, SharingWorld, sharing_world
from .site_world import World

CLIENT = Actor("agency:test", "10.1.0.1")


@pytest.fixture
def who(world: World) -> SharingWorld:
    return sharing_world(world)


def test_a_transfer_that_is_over_is_told_with_its_day_and_place(world: World, who: SharingWorld) -> None:
    left_at = world.at
    moved = said(world, who, ABSENCE, transfer(world, "Belmopan"))
    later(world)
    over(world, moved, ABSENCE)
    other = said(world, who, ABSENCE, replaced(world, Why.HOSPITAL, "Clinic"))
    told = notice(world, who, "transfer_notice", moved)
    assert told["pims:TransferDepartureDate"] == stamp(left_at)
    assert told["pims:TransferDestinationFacility"] == "Belmopan"
    assert "Clinic" not in str(notice(world, who, "transfer_notice", other))


def test_of_two_escapes_each_notice_tells_its_own(world: World, who: SharingWorld) -> None:
    first_at = world.at
    first = said(world, who, AT_LARGE, escape(world, "R 1"))
    later(world)
    first_back = over(world, first, AT_LARGE)
    back_at = world.at
    later(world)
    second = said(world, who, AT_LARGE, escape(world, "R 2"))
    later(world)
    second_back = over(world, second, AT_LARGE)
    told = notice(world, who, "escape_notice", first)
    assert (told["pims:EscapeDate"], told["pims:EscapeReportIdentification"]) == (stamp(first_at), "R 1")
    assert told["pims:EscapeCategoryCode"] == "escaped"
    told = notice(world, who, "recapture_notice", first_back)
    assert (told["pims:RecaptureDate"], told["pims:EscapeReportIdentification"]) == (stamp(back_at), "R 1")
    assert notice(world, who, "recapture_notice", second_back)["pims:EscapeReportIdentification"] == "R 2"


def test_what_was_put_right_since_is_told_right_and_what_never_was_is_not(
    world: World, who: SharingWorld
) -> None:
    moved = said(world, who, ABSENCE, transfer(world, "Belmopan"))
    later(world)
    with session_scope(world.sessions) as session:
        better = Statement(ABSENCE, transfer(world, "Orange Walk"), world.at, source="paper 2")
        row = correct(
            session, session.get_one(Fact, moved.id), better, reason="typed", actor=RITA, at=world.at
        )
    told = notice(world, who, "transfer_notice", moved)
    assert told["pims:TransferDestinationFacility"] == "Orange Walk"
    with session_scope(world.sessions) as session:
        for number in (row.id, moved.id):
            held = session.get_one(Fact, number)
            withdraw(session, held, ABSENCE, reason="never was", actor=RITA, at=world.at)
    told = notice(world, who, "transfer_notice", moved)
    assert not {"pims:TransferDestinationFacility", "pims:TransferDepartureDate"} & told.keys()


def test_an_outcome_that_was_withdrawn_is_not_told_of_another_date(world: World, who: SharingWorld) -> None:
    held = said(world, who, HEARING, hearing(world, "Corozal"))
    said(world, who, HEARING, hearing(world, "Punta Gorda"))
    with session_scope(world.sessions) as session:
        row = session.get_one(Fact, held.id)
        withdraw(session, row, HEARING, reason="never was", actor=RITA, at=world.at)
    told = notice(world, who, "production_outcome", held, COURTS)
    assert "j:CourtName" not in told


def said(world: World, who: SharingWorld, kind: Kind[V], value: V) -> Fact:
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, who.person)
    return record(world, person, kind, value)


def over(world: World, fact: Fact, kind: Kind[V]) -> Fact:
    with session_scope(world.sessions) as session:
        held = session.get_one(Fact, fact.id)
        return end(session, held, kind, effective_at=world.at, reason="back", actor=RITA, at=world.at)


def later(world: World) -> None:
    world.at += timedelta(hours=3)


def transfer(world: World, where: str) -> Absence:
    return replaced(world, Why.TRANSFER, where)


def replaced(world: World, why: Why, where: str) -> Absence:
    return Absence(why=why, where=where, due_back_at=world.at + timedelta(days=1))


def escape(world: World, police: str) -> AtLarge:
    return AtLarge(how=How.ESCAPED, since_at=world.at, police=police)


def hearing(world: World, court: str) -> Hearing:
    return Hearing(court=court, hearing_at=world.at, purpose="mention", outcome="adjourned", produced=True)


def stamp(at: Any) -> str:
    return str(at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def notice(
    world: World, who: SharingWorld, exchange: str, about: Fact, agency: str = POLICE
) -> Mapping[str, Any]:
    """Values of the fields of a notice about one fact, by name."""
    with session_scope(world.sessions) as session:
        shared = share(
            session, agency=agency, exchange=exchange, purpose=PURPOSE[exchange], person=who.person,
            booking=who.booking, fact=about.id, at=world.at, actor=CLIENT, way=Way.PULL,
        )  # fmt: skip
        assert set(shared.values) <= set(EXCHANGES[exchange].names)
        return shared.values
