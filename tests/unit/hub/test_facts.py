"""Facts are added and corrected, never overwritten; what holds is reckoned for any time, as known at any time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.accounts.audit import Actor
from hub.accounts.records import AuditEntry
from hub.custody.actions import open_booking_of
from hub.custody.catalogue import KINDS
from hub.custody.facts.actions import (
    ChangedMeanwhileError,
    FactFaultsError,
    Statement,
    correct,
    end,
    newest,
    state,
    withdraw,
)
from hub.custody.facts.kinds import Kind, read_value, write_value
from hub.custody.facts.reading import current, one, read_once, rows_of, steps
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import CHARGE, LEGAL_STATUS, Charge, LegalStatus, Status
from hub.custody.records import Person, PersonChange
from hub.database import session_scope
from hub.sentences import RefusedError

from .site_world import World

CLERK = Actor("clerk", "10.0.0.5")
THEFT = Charge(iccs="0502", offence="Theft")
ARSON = Charge(iccs="0504", offence="Arson")


def booking_of(world: World, person: Person) -> int:
    with session_scope(world.sessions, writes=False) as session:
        booking = open_booking_of(session, person.id)
        assert booking is not None
        return booking.id


def status(
    world: World, person: Person, code: LegalStatus, days: int, *, wrong: int | None = None, **more: object
) -> int:
    """Record a status in effect `days` from now; gives the row's number."""
    statement = Statement(
        LEGAL_STATUS,
        Status(status=code),
        world.at + timedelta(days=days),
        "Order 7",
        booking_id=booking_of(world, person),
    )
    with session_scope(world.sessions) as session:
        if wrong is not None:
            row = session.get_one(Fact, wrong)
            return correct(session, row, statement, reason="misread", actor=CLERK, at=world.at).id
        return state(session, person.id, statement, actor=CLERK, at=world.at, **more).id  # type: ignore[arg-type]


def statuses(world: World, person: Person, **times: object) -> list[LegalStatus]:
    with session_scope(world.sessions, writes=False) as session:
        held = current(session, LEGAL_STATUS, person_id=person.id, **times)  # type: ignore[arg-type]
        return [one.value.status for one in held]


def test_a_legal_fact_without_a_paper_is_refused(world: World) -> None:
    person = world.person()
    statement = Statement(
        LEGAL_STATUS, Status(status=LegalStatus.REMAND), world.at, booking_id=booking_of(world, person)
    )
    with (
        pytest.raises(FactFaultsError) as refused,
        session_scope(world.sessions) as session,
    ):
        state(session, person.id, statement, actor=CLERK, at=world.at)
    assert list(refused.value.faults) == ["source"]


def test_a_fact_of_a_stay_needs_a_stay(world: World) -> None:
    person = world.person()
    statement = Statement(CHARGE, THEFT, world.at, "Charge sheet 4")
    with pytest.raises(RefusedError, match="Admit them first"), session_scope(world.sessions) as session:
        state(session, person.id, statement, actor=CLERK, at=world.at)


def test_the_latest_in_effect_holds_and_an_earlier_one_can_be_asked_for(world: World) -> None:
    person = world.person()
    status(world, person, LegalStatus.SENTENCED, 10)
    status(world, person, LegalStatus.REMAND, -10)
    assert statuses(world, person) == [LegalStatus.SENTENCED]
    assert statuses(world, person, effective_at=world.at) == [LegalStatus.REMAND]
    assert statuses(world, person, effective_at=world.at - timedelta(days=11)) == []


def test_as_it_was_known_a_correction_is_not_seen_before_it_was_made(world: World) -> None:
    person = world.person()
    wrong = status(world, person, LegalStatus.SENTENCED, 0)
    before = world.at
    world.later(days=3)
    status(world, person, LegalStatus.REMAND, -3, wrong=wrong)
    assert statuses(world, person) == [LegalStatus.REMAND]
    assert statuses(world, person, known_at=before) == [LegalStatus.SENTENCED]


def test_withdrawing_brings_back_what_was_before_and_can_itself_be_undone(world: World) -> None:
    person = world.person()
    first = status(world, person, LegalStatus.REMAND, 0)
    second = status(world, person, LegalStatus.SENTENCED, 0, wrong=first)
    undone = withdraw_row(world, second)
    assert statuses(world, person) == [LegalStatus.REMAND]
    withdraw_row(world, undone)
    assert statuses(world, person) == [LegalStatus.SENTENCED]


def withdraw_row(world: World, number: int, kind: Kind[Status] = LEGAL_STATUS) -> int:
    with session_scope(world.sessions) as session:
        row = session.get_one(Fact, number)
        return withdraw(session, row, kind, reason="never so", actor=CLERK, at=world.at).id


def test_only_the_first_of_two_corrections_is_taken(world: World) -> None:
    person = world.person()
    wrong = status(world, person, LegalStatus.REMAND, 0)
    theirs = status(world, person, LegalStatus.SENTENCED, 0, wrong=wrong)
    with pytest.raises(ChangedMeanwhileError) as refused:
        status(world, person, LegalStatus.RECALL, 0, wrong=wrong)
    assert refused.value.theirs == theirs


def test_a_form_opened_before_somebody_elses_change_is_refused(world: World) -> None:
    person = world.person()
    with session_scope(world.sessions, writes=False) as session:
        seen = newest(session, person.id, LEGAL_STATUS.name)
    theirs = status(world, person, LegalStatus.REMAND, 0)
    with pytest.raises(ChangedMeanwhileError) as refused:
        status(world, person, LegalStatus.RECALL, 0, seen=seen)
    assert refused.value.theirs == theirs
    assert statuses(world, person) == [LegalStatus.REMAND]


def test_things_of_one_kind_are_opened_continued_and_ended_apart(world: World) -> None:
    person = world.person()
    booking = booking_of(world, person)
    with session_scope(world.sessions) as session:

        def charge(value: Charge, item: int | None = None) -> Fact:
            statement = Statement(CHARGE, value, world.at, "Charge sheet 4", booking_id=booking)
            return state(session, person.id, statement, actor=CLERK, at=world.at, item=item)

        theft, arson = charge(THEFT), charge(ARSON)
        charge(Charge(iccs="0502", offence="Theft", outcome="dismissed"), theft.id)
        held = current(session, CHARGE, person_id=person.id)
        assert [(one.item, one.value.outcome) for one in held] == [(theft.id, "dismissed"), (arson.id, "")]
        end(session, theft, CHARGE, effective_at=world.at, reason="done", actor=CLERK, at=world.at)
        assert [one.item for one in current(session, CHARGE, person_id=person.id)] == [arson.id]


def test_the_history_keeps_every_row_and_says_what_overtook_it(world: World) -> None:
    person = world.person()
    first = status(world, person, LegalStatus.REMAND, 0)
    second = status(world, person, LegalStatus.SENTENCED, 0, wrong=first)
    with session_scope(world.sessions, writes=False) as session:
        told = steps(rows_of(session, [person.id], LEGAL_STATUS))
    assert [(one.row.id, one.overtaken_by) for one in told] == [(first, second), (second, None)]


def test_a_corrected_name_is_the_persons_name_and_terminals_hear_of_it(world: World) -> None:
    person = world.person("Novello", "Ana")
    with session_scope(world.sessions) as session:
        held = one(current(session, IDENTITY, person_id=person.id))
        assert held is not None
        value = Identity(surname="Novelo", given="Ana", born_on=date(1990, 5, 1))
        statement = Statement(IDENTITY, value, world.at)
        correct(session, held.row, statement, reason="spelt as on the passport", actor=CLERK, at=world.at)
        assert session.get_one(Person, person.id).surname == "Novelo"
        assert session.scalars(select(PersonChange.person_id)).all() == [person.id]


def test_the_trail_tells_of_a_fact_without_its_value(world: World) -> None:
    person = world.person()
    status(world, person, LegalStatus.REMAND, 0)
    with session_scope(world.sessions, writes=False) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.act, entry.subject) == ("clerk", "fact.states", "P-000001")
    assert "REMAND" not in entry.detail


@pytest.mark.parametrize("verb", ["UPDATE facts SET value = '{}'", "DELETE FROM facts"])
def test_rows_are_never_changed(world: World, verb: str) -> None:
    world.person()
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text(verb))


@pytest.mark.sqlite
@pytest.mark.parametrize("table", ["facts", "audit_entries"])
def test_a_row_is_not_put_in_the_place_of_another(world: World, table: str) -> None:
    world.person()
    again = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text(again))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_on_a_form_is_one_of_the_value(kind: Kind[Identity]) -> None:
    named = {field.name for field in kind.fields}
    assert named <= set(kind.form.__struct_fields__)
    assert kind.by_hand <= bool(named)


def test_equal_values_are_written_alike() -> None:
    value = Identity(surname="Coc", given="Mar", born_on=date(1980, 1, 2))
    assert read_value(IDENTITY, write_value(value)) == value


def test_a_correction_of_a_correction_does_not_bring_back_what_the_first_one_struck(world: World) -> None:
    person = world.person()
    first = status(world, person, LegalStatus.REMAND, 0)
    second = status(world, person, LegalStatus.SENTENCED, -1, wrong=first)
    third = status(world, person, LegalStatus.RECALL, -2, wrong=second)
    assert statuses(world, person) == [LegalStatus.RECALL]
    undone = withdraw_row(world, third)
    assert statuses(world, person) == [LegalStatus.SENTENCED]
    withdraw_row(world, undone)
    withdraw_row(world, withdraw_row(world, third))
    assert statuses(world, person) == [LegalStatus.RECALL]


def test_within_one_look_rows_read_whole_are_not_read_again(world: World) -> None:
    person, other = world.person("Coe"), world.person("Doe")
    for one_of_them in (person, person, other):
        status(world, one_of_them, LegalStatus.REMAND, 0)
    with world.sessions() as session:
        with read_once(session):
            every = rows_of(session, [person.id, other.id])
            own = [row for row in every if row.person_id == person.id and row.kind == LEGAL_STATUS.name]
            session.commit()
            assert rows_of(session, [person.id], LEGAL_STATUS) == own
            assert {row.person_id for row in rows_of(session, [other.id])} == {other.id}
            assert not session.in_transaction()  # what was asked came from what was read
        assert len(rows_of(session, [person.id], LEGAL_STATUS)) == len(own) == 2
        assert session.in_transaction()
