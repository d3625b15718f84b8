"""Facts about people in custody: what is refused, by field, and what is added."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.accounts.audit import OPERATOR
from hub.custody.actions import assign_home, open_booking, open_booking_of, record_order, register_person
from hub.custody.changes import note_change
from hub.custody.facts.actions import Statement, correct
from hub.custody.facts.records import Fact
from hub.custody.legal import ORDER
from hub.custody.queries import find_people, home_of, in_custody, orders_of, person_by_number
from hub.custody.records import Person, PersonChange
from hub.custody.rules import (
    OrderFacts,
    OrderKind,
    PersonFacts,
    Sex,
    clean_name,
    faults_of_order,
    faults_of_person,
)
from hub.database import session_scope
from hub.sentences import RefusedError

from .site_world import World

TODAY = date(2026, 11, 22)
ANA = PersonFacts("Novelo", "Ana", date(1990, 5, 1), Sex.FEMALE)
WARRANT = OrderFacts(OrderKind.WARRANT, "W 1/2026", date(2026, 1, 2))


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (OrderFacts(OrderKind.WARRANT, "  ", TODAY), "order_reference"),
        (OrderFacts(OrderKind.WARRANT, "x" * 81, TODAY), "order_reference"),
        (OrderFacts(OrderKind.WARRANT, "W", TODAY + timedelta(days=1)), "issued_on"),
        (OrderFacts(OrderKind.WARRANT, "W", date(1926, 1, 1)), "issued_on"),
        (OrderFacts(OrderKind.REMAND_ORDER, "W", date(2026, 3, 2), date(2026, 3, 1)), "expires_on"),
        (OrderFacts(OrderKind.REMAND_ORDER, "W", date(2026, 3, 2), date(2026, 11, 21)), "expires_on"),
    ],
)
def test_orders_that_give_no_authority(order: OrderFacts, field: str) -> None:
    assert list(faults_of_order(order, TODAY)) == [field]


def test_an_order_holds_through_its_last_day() -> None:
    assert faults_of_order(OrderFacts(OrderKind.REMAND_ORDER, "W", TODAY, TODAY), TODAY) == {}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (PersonFacts("", "Ana", None, Sex.UNKNOWN), "surname"),
        (PersonFacts("x" * 81, "Ana", None, Sex.UNKNOWN), "surname"),
        (PersonFacts("Nov\u0000elo", "Ana", None, Sex.UNKNOWN), "surname"),
        (PersonFacts("Novelo", "A\u202ena", None, Sex.UNKNOWN), "given"),
        (PersonFacts("Novelo", "Ana", TODAY + timedelta(days=1), Sex.UNKNOWN), "born_on"),
        (PersonFacts("Novelo", "Ana", date(1899, 12, 31), Sex.UNKNOWN), "born_on"),
    ],
)
def test_people_that_cannot_be(facts: PersonFacts, field: str) -> None:
    assert list(faults_of_person(facts, TODAY)) == [field]


def test_a_script_is_a_name_like_any_other() -> None:
    assert faults_of_person(PersonFacts("<script>", "O'Neil", None, Sex.UNKNOWN), TODAY) == {}


@given(st.text())
def test_cleaning_a_name_twice_changes_nothing_more(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)


def test_numbers_count_up_and_a_given_up_transaction_leaves_no_gap(world: World) -> None:
    first = world.person()
    with world.sessions() as session:
        assert register_person(session, ANA, actor=OPERATOR, at=world.at).number == "P-000002"
        session.rollback()
    assert (first.number, world.person().number) == ("P-000001", "P-000002")


def test_nobody_is_taken_in_twice(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        held = session.get_one(Person, person.id)
        with pytest.raises(RefusedError, match="P-000001 is in custody already"):
            open_booking(session, held, admitted_at=world.at, recorded_at=world.at, by="x")


def test_after_a_release_there_is_a_new_stay_for_the_same_person(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        booking.released_at = world.at
        session.flush()
        held = session.get_one(Person, person.id)
        second = open_booking(session, held, admitted_at=world.at, recorded_at=world.at, by="x")
        assert second.number == "B-000002"
    with session_scope(world.sessions, writes=False) as session:
        assert in_custody(session) == 1


def test_a_correction_stands_beside_what_it_corrects(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        wrong = orders_of(session, booking.id)[0]
        right = record_order(session, booking, WARRANT, recorded_at=world.at, actor=OPERATOR)
        value = msgspec.structs.replace(wrong.value, reference="W 2/2026")
        statement = Statement(ORDER, value, wrong.row.effective_at, "W 2/2026")
        late = correct(session, wrong.row, statement, reason="misread", actor=OPERATOR, at=world.at)
        assert [order.row.id for order in orders_of(session, booking.id)] == [late.id, right.id]
        assert len(session.scalars(select(Fact).where(Fact.kind == "order")).all()) == 3


@pytest.mark.parametrize("table", ["facts", "person_changes"])
def test_facts_are_never_overwritten(world: World, table: str) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        note_change(session, person.id, world.at)
        assign_home(session, booking, "block-a", effective_at=world.at, recorded_at=world.at, actor=OPERATOR)
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_the_latest_home_holds(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        later = world.at + timedelta(hours=1)
        assign_home(session, booking, "workshop", effective_at=later, recorded_at=later, actor=OPERATOR)
        assign_home(session, booking, "block-a", effective_at=world.at, recorded_at=later, actor=OPERATOR)
        session.flush()
        home = home_of(session, booking.id)
        assert home is not None
        assert home.zone == "workshop"


def test_a_change_is_noted_in_order(world: World) -> None:
    one, two = world.person(), world.person()
    with session_scope(world.sessions) as session:
        note_change(session, two.id, world.at)
        note_change(session, one.id, world.at)
        changes = session.scalars(select(PersonChange.person_id).order_by(PersonChange.id)).all()
    assert changes == [two.id, one.id]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("nov", 2), ("ana nov", 1), ("NOVELO luis", 1), ("p-000003", 1), ("%", 0), ("_", 0), ("\\", 0), ("", 3)],
)
def test_search_takes_words_as_written(world: World, typed: str, found: int) -> None:
    world.person("Novelo", "Ana")
    world.person("Novelo", "Luis")
    world.person("Coc", "Mar")
    with session_scope(world.sessions, writes=False) as session:
        assert find_people(session, typed).total == found


def test_a_number_is_found_however_it_was_typed(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions, writes=False) as session:
        found = person_by_number(session, " p-000001 ")
        assert found is not None
        assert found.id == person.id
        assert person_by_number(session, "P-1") is None
