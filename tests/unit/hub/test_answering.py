"""Answering a referral at the hub: what is refused, and what an officer's word brings about."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.custody.actions import open_booking_of
from hub.custody.records import Person
from hub.database import session_scope
from hub.movements.answering import Answer, answer
from hub.movements.duty_records import ReEnrolment
from hub.movements.orders.in_force import in_force
from hub.movements.records import FeedItem, Movement, Position
from hub.movements.referral_records import Attestation
from hub.movements.referral_rules import Outcome
from hub.sentences import RefusedError
from hub.terminals.records import Status, Terminal

from .duty_world import OLGA, SAM, allow, history, refer, row, staffed
from .site_world import World

KNOWN = "The photo shows the person"


def say(world: World, referral: int, said: Answer, actor: Actor = OLGA) -> None:
    with session_scope(world.sessions) as session:
        answer(session, referral, said, actor=actor, watches_all=False, now=world.at)


def refused(world: World, referral: int, said: Answer, actor: Actor = OLGA) -> str:
    with pytest.raises(RefusedError) as error:
        say(world, referral, said, actor)
    assert row(world, referral).outcome is None
    return error.value.code


@pytest.fixture
def ana(world: World) -> Person:
    staffed(world)
    world.terminal()
    person = world.person()
    allow(world, person)
    return person


def test_what_cannot_be_is_refused_and_leaves_it_open(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    attested = Outcome.ATTESTED
    assert refused(world, referral, Answer(attested, ana.number, "  ")) == "reason"
    assert refused(world, referral, Answer(attested, "", KNOWN)) == "who"
    assert refused(world, referral, Answer(attested, "P-000099", KNOWN)) == "no_person"
    assert refused(world, referral, Answer(attested, ana.number, KNOWN), Actor("otto", "x")) == "not_yours"
    stranger_here = world.person("Coc")
    assert refused(world, referral, Answer(attested, stranger_here.number, KNOWN)) == "zone_not_allowed"
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, ana.id)
        assert booking is not None
        booking.released_at = world.at
    assert refused(world, referral, Answer(attested, ana.number, KNOWN)) == "not_held"


def test_one_that_was_over_when_the_hub_heard_of_it_opens_nothing(world: World, ana: Person) -> None:
    referral = refer(world, [ana], late=True)
    assert refused(world, referral, Answer(Outcome.ATTESTED, ana.number, KNOWN)) == "past"
    with session_scope(world.sessions, writes=False) as session:
        assert in_force(session, world.at, with_let_through=True) == []


def test_an_answered_one_is_not_answered_again(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    say(world, referral, Answer(Outcome.TURNED_BACK, "", KNOWN))
    with pytest.raises(RefusedError, match="answered already"):
        say(world, referral, Answer(Outcome.ATTESTED, ana.number, KNOWN), SAM)


def test_an_attested_person_moves_is_let_through_once_and_is_asked_for_new_fingers(
    world: World, ana: Person
) -> None:
    referral = refer(world, [ana])
    world.later(seconds=20)
    say(world, referral, Answer(Outcome.ATTESTED, ana.number.lower(), KNOWN))
    found = row(world, referral)
    assert (found.outcome, found.answered_at) == (Outcome.ATTESTED, world.at)
    assert history(world, referral)[-1] == ("answered", "olga")
    with session_scope(world.sessions, writes=False) as session:
        movement = session.scalars(select(Movement)).one()
        position = session.scalars(select(Position)).one()
        word = session.scalars(select(Attestation)).one()
        task = session.scalars(select(ReEnrolment)).one()
        line = session.scalars(select(FeedItem).order_by(FeedItem.id.desc())).first()
        orders = in_force(session, world.at, with_let_through=True)
    assert (movement.method, movement.type, movement.occurred_at) == ("ATTESTED", "INTERNAL", world.at)
    assert (position.source, position.proven_at) == ("attested", world.at)
    assert (word.officer, word.reason, word.person_id, word.sequence) == ("olga", KNOWN, ana.id, None)
    assert (task.person_id, task.reason) == (ana.id, "attested")
    assert line is not None
    assert (line.payload["rule"], line.payload["officer"], line.payload["person"]) == (
        "attested",
        "olga",
        ana.number,
    )
    assert [(order.person, order.by) for order in orders] == [(ana.number, "olga")]


def test_somebody_turned_back_moves_nowhere_and_gets_no_order(world: World, ana: Person) -> None:
    referral = refer(world)
    say(world, referral, Answer(Outcome.TURNED_BACK, "", "Not the person they say"))
    assert row(world, referral).outcome == Outcome.TURNED_BACK
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Movement)).all() == []
        assert session.scalars(select(Position)).all() == []
        assert session.scalars(select(Attestation.decision)).all() == ["REFUSE"]
        assert in_force(session, world.at, with_let_through=True) == []


def test_nobody_there_needs_no_reason_and_says_nothing_of_anybody(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    say(world, referral, Answer(Outcome.GONE, "", ""))
    assert row(world, referral).outcome == Outcome.GONE
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Attestation)).all() == []
        assert session.scalars(select(ReEnrolment)).all() == []


def test_a_rule_traps_nobody_where_the_officer_says_so(world: World, ana: Person) -> None:
    other = world.person("Coc")
    referral = refer(world)
    say(world, referral, Answer(Outcome.ATTESTED, other.number, "Fetched by the nurse", although=True))
    assert row(world, referral).outcome == Outcome.ATTESTED


def test_at_a_terminal_that_was_cut_off_meanwhile_the_word_stands_without_an_order(
    world: World, ana: Person
) -> None:
    referral = refer(world, [ana])
    with session_scope(world.sessions) as session:
        terminal = session.scalars(select(Terminal)).one()
        terminal.status, terminal.cut_off_at = Status.CUT_OFF, world.at
    say(world, referral, Answer(Outcome.ATTESTED, ana.number, KNOWN))
    assert row(world, referral).outcome == Outcome.ATTESTED
    with session_scope(world.sessions, writes=False) as session:
        assert in_force(session, world.at, with_let_through=True) == []


def test_the_passage_that_the_word_lets_through_is_no_second_movement(world: World, ana: Person) -> None:
    referral = refer(world, [ana])
    say(world, referral, Answer(Outcome.ATTESTED, ana.number, KNOWN))
    world.later(seconds=15)
    world.passage(ana, rule="let_through")
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Movement.method)).all() == ["ATTESTED"]
        assert session.scalars(select(Position.proven_at)).all() == [world.at]
    world.later(minutes=10)
    world.passage(ana, rule="let_through")
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Movement.method)).all() == ["ATTESTED", "SCAN"]


def test_a_finger_that_matched_asks_for_no_new_ones(world: World, ana: Person) -> None:
    referral = refer(world, rule="needs_officer", person=ana)
    say(world, referral, Answer(Outcome.ATTESTED, ana.number, KNOWN))
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(ReEnrolment)).all() == []
