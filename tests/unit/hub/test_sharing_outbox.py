"""Facts become events and deliveries: each once, in order, for whoever an agreement names, and nothing is flooded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.custody.facts.actions import Statement, correct, withdraw
from hub.custody.legal import LegalStatus
from hub.custody.stays import ADMISSION, RELEASE, Admission
from hub.database import session_scope
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.records import Delivery, SharingEvent
from hub.sharing.outbox.spreading import enqueue

from .outbox_world import RITA, Outbox
from .site_world import World


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    made.agree("courts")
    yield made.begin()
    made.close()


def test_what_was_recorded_before_anybody_could_be_told_is_history(world: World) -> None:
    made = Outbox(world)
    made.admit(world.person())
    made.agree("police")
    made.begin().exchange().gather()
    assert made.deliveries() == []


def test_an_admission_is_told_to_whom_the_agreement_names_and_to_nobody_else(outbox: Outbox) -> None:
    outbox.admit(outbox.world.person())
    assert outbox.exchange().gather() > 0
    assert [one[2] for one in outbox.deliveries("police")] == ["admitted"]
    assert outbox.deliveries("courts") == []


def test_a_status_is_told_to_the_courts_alone(outbox: Outbox) -> None:
    outbox.status(outbox.world.person(), LegalStatus.SENTENCED)
    outbox.exchange().gather()
    assert [one[2] for one in outbox.deliveries("courts")] == ["status_changed"]
    assert outbox.deliveries("police") == []


def test_reading_again_or_by_two_makes_nothing_twice(outbox: Outbox) -> None:
    outbox.admit(outbox.world.person())
    first, second = outbox.exchange(), outbox.exchange()
    first.gather()
    assert second.gather() == 0
    outbox.release(outbox.world.person("Cal"))
    second.gather()
    first.gather()
    assert [one[2] for one in outbox.deliveries()] == ["admitted", "released"]


def test_a_stay_from_before_the_agreement_floods_nobody(outbox: Outbox) -> None:
    old = outbox.world.at - timedelta(days=400)
    outbox.admit(outbox.world.person(), at=old)
    outbox.exchange().gather()
    assert outbox.deliveries() == []


def test_what_is_recorded_late_but_happened_since_is_told(outbox: Outbox) -> None:
    outbox.admit(outbox.world.person(), at=outbox.world.at - timedelta(days=2))
    outbox.exchange().gather()
    assert [one[2] for one in outbox.deliveries()] == ["admitted"]


def test_without_address_it_lies_ready_and_is_never_tried(outbox: Outbox) -> None:
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    assert outbox.deliveries() == [("offered", "no_address", "admitted", 0)]


def test_a_correction_goes_to_those_who_were_told(outbox: Outbox) -> None:
    person = outbox.world.person()
    wrong = outbox.admit(person)
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions) as session:
        at = outbox.world.at - timedelta(hours=1)
        said = Statement(ADMISSION, Admission(admitted_at=at), at, "Book 2")
        correct(
            session,
            session.get_one(type(wrong), wrong.id),
            said,
            reason="hour",
            actor=RITA,
            at=outbox.world.at,
        )
    outbox.exchange().gather()
    assert [one[2] for one in outbox.deliveries()] == ["admitted", "corrected"]
    assert outbox.deliveries("courts") == []


def test_what_is_corrected_before_it_was_read_is_told_with_its_correction(outbox: Outbox) -> None:
    person = outbox.world.person()
    wrong = outbox.release(person)
    with session_scope(outbox.world.sessions) as session:
        row = session.get_one(type(wrong), wrong.id)
        withdraw(session, row, RELEASE, reason="not he", actor=RITA, at=outbox.world.at)
    outbox.exchange().gather()
    assert [one[2] for one in outbox.deliveries()] == ["released", "corrected"]


def test_a_release_taken_back_is_a_correction(outbox: Outbox) -> None:
    person = outbox.world.person()
    wrong = outbox.release(person)
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions) as session:
        withdraw(
            session,
            session.get_one(type(wrong), wrong.id),
            RELEASE,
            reason="not he",
            actor=RITA,
            at=outbox.world.at,
        )
    outbox.exchange().gather()
    assert [one[2] for one in outbox.deliveries()] == ["released", "corrected"]


def test_after_the_end_of_an_agreement_nothing_more_is_written_for_it(world: World) -> None:
    made = Outbox(world)
    made.agree("police", ends_on=date(2026, 11, 10))
    made.begin()
    made.admit(world.person())
    made.exchange().gather()
    assert made.deliveries() == []


def test_an_event_names_nobody(outbox: Outbox) -> None:
    person = outbox.world.person()
    outbox.admit(person)
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions, writes=False) as session:
        event = session.scalars(select(SharingEvent)).one()
        assert event.reference.startswith("B-")
        assert person.surname not in f"{event.type} {event.reference} {event.data}"


def test_answers_stand_in_the_same_line_with_numbers_without_a_gap(outbox: Outbox) -> None:
    outbox.admit(outbox.world.person())
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions) as session:
        enqueue(
            session,
            agency="police",
            type=EventType.IDENTITY_ANSWERED,
            exchange="identity_answer",
            reference="REQ-1",
            at=outbox.world.at,
        )
    outbox.release(outbox.world.person("Cal"))
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions, writes=False) as session:
        numbers = session.scalars(select(Delivery.sequence).where(Delivery.agency == "police")).all()
    assert list(numbers) == [1, 2, 3]
