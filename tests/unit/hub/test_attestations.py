"""An officer's word from a terminal's journal: what quarantines it, what it brings about, and two words about one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.custody.records import Person
from hub.database import session_scope
from hub.ingest.records import Quarantined
from hub.movements.duty_records import ReEnrolment
from hub.movements.permitting import permit_zones
from hub.movements.records import Movement, Position
from hub.movements.referral_records import Attestation as Kept
from hub.movements.referral_records import Referral, ReferralChange
from hub.movements.standing import set_procedure
from wire.happenings import Attestation, Decision, EntryReference, SignIn
from wire.versions import Version

from .duty_world import SAM
from .ingest_world import NOON, Gate, World, make_template, open_world


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def gate(world: World) -> Gate:
    return world.grant(Gate("gate-1"))


def word(gate: Gate, referral: int | EntryReference | None, **changed: Any) -> int:
    """An officer's word at the gate; by default for P-000001."""
    key = referral if isinstance(referral, EntryReference) else None
    if isinstance(referral, int):
        key = EntryReference(terminal=gate.name, journal_id=gate.journal_id, sequence=referral)
    facts: dict[str, Any] = {
        "checkpoint": gate.checkpoint,
        "from_zone": "yard",
        "to_zone": gate.checkpoint,
        "decision": Decision.ADMIT,
        "person": "P-000001",
        "officer": "olga",
        "reason": "I know the person",
        "referral": key,
        "standing": False,
        "roll_version": Version(1, 1),
        "roll_age_s": 3,
    }
    return gate.says(Attestation(**{**facts, **changed}))


def refers(gate: Gate, **changed: Any) -> int:
    return gate.passes(
        None, Decision.REFER, **{"rule": "not_recognised", "candidates": ["P-000001"], **changed}
    )


def troubles(world: World) -> list[str]:
    return list(world.ask(lambda s: s.scalars(select(Quarantined.reason)).all()))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"person": "P-000099"}, "unknown_person"),
        ({"checkpoint": "moon"}, "unknown_checkpoint"),
        ({"to_zone": "moon"}, "unknown_zone"),
        ({"person": None}, "admitted_nobody"),
        ({"decision": Decision.REFER}, "bad_body"),
        ({"checkpoint": "workshop", "to_zone": "workshop"}, "other_place"),
    ],
)
def test_a_word_that_cannot_be_applied_waits_for_a_person(
    world: World, gate: Gate, changed: dict[str, Any], reason: str
) -> None:
    word(gate, None, **changed)
    world.take(gate.batch())
    assert troubles(world) == [reason]
    assert world.count(Kept) == world.count(Movement) == 0


def test_a_word_answers_its_referral_moves_the_person_and_asks_for_new_fingers(
    world: World, gate: Gate
) -> None:
    word(gate, refers(gate))
    world.take(gate.batch())
    referral = world.ask(lambda s: s.scalars(select(Referral)).one())
    assert (referral.outcome, referral.likely_id, referral.past) == ("ATTESTED", 1, False)
    assert world.zone_of("P-000001") == "block-a"
    assert world.ask(lambda s: s.scalars(select(Movement.method)).all()) == ["ATTESTED"]
    assert world.ask(lambda s: s.scalars(select(Position.source)).all()) == ["attested"]
    kept = world.ask(lambda s: s.scalars(select(Kept)).one())
    assert (kept.officer, kept.sequence, kept.referral_id) == ("olga", 2, referral.id)
    assert world.ask(lambda s: s.scalars(select(ReEnrolment.reason)).all()) == ["attested"]
    assert [line["rule"] for line in world.feed("passage")] == ["not_recognised", "attested"]


def test_it_is_the_same_however_often_the_entries_come(world: World, gate: Gate) -> None:
    word(gate, refers(gate))
    for _ in range(3):
        world.take(gate.batch())
    assert world.count(Movement) == world.count(Kept) == world.count(Referral) == 1


def test_somebody_turned_back_at_the_terminal(world: World, gate: Gate) -> None:
    word(gate, refers(gate), decision=Decision.REFUSE, person=None)
    world.take(gate.batch())
    assert world.ask(lambda s: s.scalars(select(Referral.outcome)).all()) == ["TURNED_BACK"]
    assert world.count(Movement) == world.count(ReEnrolment) == 0
    assert world.feed("passage")[-1]["rule"] == "turned_back"


def test_a_standing_procedure_asks_for_no_fingers(world: World, gate: Gate) -> None:
    with session_scope(world.sessions) as session:
        person = session.get_one(Person, 1)
        until = (NOON + timedelta(days=30)).date()
        set_procedure(session, person, "No ridges left", "Photo and date of birth", until, actor=SAM, at=NOON)
        permit_zones(session, 1, ["yard"], NOON)
    word(gate, None, standing=True)
    word(gate, refers(gate))
    world.take(gate.batch())
    assert world.count(Movement) == 2
    assert world.count(ReEnrolment) == 0


def test_another_terminals_referral_is_not_answered_by_a_word_from_here(world: World, gate: Gate) -> None:
    other = world.grant(Gate("gate-2", checkpoint="workshop", journal_id=b"k" * 16))
    theirs = refers(other)
    world.take(other.batch())
    key = EntryReference(terminal="gate-2", journal_id=other.journal_id, sequence=theirs)
    word(gate, key)
    world.take(gate.batch())
    assert world.ask(lambda s: s.scalars(select(Referral.outcome)).all()) == [None]


def test_two_words_alike_move_nobody_twice_and_two_that_differ_are_told(world: World, gate: Gate) -> None:
    first = refers(gate)
    word(gate, first)
    word(gate, first, officer="otto")
    world.take(gate.batch())
    assert world.count(Movement) == 1
    assert world.count(Kept) == 2
    assert world.alarms() == []
    word(gate, first, person="P-000002", officer="sam")
    world.take(gate.batch(4))
    assert world.count(Movement) == 2
    assert world.alarms() == ["answers_differ"]


def test_what_is_told_late_is_over_and_on_record(world: World, gate: Gate) -> None:
    word(gate, refers(gate))
    world.take(gate.batch(historical=True, at=NOON + timedelta(hours=5)))
    referral = world.ask(lambda s: s.scalars(select(Referral)).one())
    assert (referral.past, referral.outcome) == (True, "ATTESTED")
    assert world.zone_of("P-000001") == "block-a"


def test_a_terminal_that_shuts_an_officer_out_is_an_alarm_and_a_sign_in_is_none(
    world: World, gate: Gate
) -> None:
    for outcome in ("signed_in", "wrong_pin", "locked"):
        gate.says(SignIn(checkpoint=gate.checkpoint, officer="olga", outcome=outcome, wrong=3))
    world.take(gate.batch())
    assert world.alarms() == ["pin_locked"]
    assert troubles(world) == []


def test_a_terminal_that_tells_that_it_acted_by_the_same_officers_word_answers_nothing_again(
    world: World, gate: Gate
) -> None:
    first = refers(gate)
    word(gate, first)
    word(gate, first)
    word(gate, first, officer="oscar")
    world.take(gate.batch())
    told = world.ask(lambda s: s.scalars(select(ReferralChange.what).order_by(ReferralChange.id)).all())
    assert list(told).count("answered") == 1
    assert list(told).count("answered_again") == 1
    assert world.count(Movement) == 1
