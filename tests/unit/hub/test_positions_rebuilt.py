"""Positions made anew from the journals are those that are held, however entries came."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.__main__ import main
from hub.accounts.audit import Actor
from hub.custody.merging.actions import confirm, propose
from hub.custody.merging.checks import Proposal
from hub.custody.records import Person
from hub.database import session_scope
from hub.ingest.doorkeeper import Delivery
from hub.ingest.rebuilding import differences, rebuild, write_rebuilt
from hub.ingest.records import StoredEntry
from hub.movements.alarms.records import Alarm
from hub.movements.on_paper import Crossing, enter_crossings, take_back_crossings
from hub.movements.passages import Place, Somebody
from hub.movements.records import MovementReversal, Position, Zone
from hub.movements.whereabouts import holding
from hub.movements.whereabouts.places import places
from hub.movements.whereabouts.proofs import Key, NewProof, Source
from hub.movements.whereabouts.prove import prove, refold, withdraw
from hub.movements.whereabouts.records import ProofRow
from hub.settings import write_first
from wire.happenings import Attestation, Decision
from wire.journal import Clock
from wire.versions import Version

from .ingest_world import NOON, Gate, World, make_template, open_world

PEOPLE = ("P-000001", "P-000002", "P-000003")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


def agree(world: World) -> None:
    """What is held is what the journals and everything else say, and something is held."""
    with session_scope(world.sessions, writes=False) as session:
        rebuilt = rebuild(session)
        assert differences(session, rebuilt) == []
        assert rebuilt.held == dict(holding.everybody(session))
        assert rebuilt.held


def _day(seed: int) -> tuple[list[Gate], list[Delivery]]:
    """Three terminals, one of which knows no time, and what they send: split, doubled, shuffled, some of it late."""
    rng = random.Random(seed)
    gates = [
        Gate("gate-1"),
        Gate("gate-2", "workshop", b"k" * 16, boot_id="1" * 32),
        Gate("gate-3", "workshop", b"m" * 16, sure=Clock.UNSURE, boot_id="2" * 32),
    ]
    for _ in range(40):
        gate = rng.choice(gates)
        gate.clock += timedelta(seconds=rng.choice([0, 1, 30, 400]))
        decision = rng.choice([Decision.ADMIT, Decision.ADMIT, Decision.REFUSE, Decision.REFER])
        kind = rng.random()
        if kind < 0.1:
            gate.tries()
        elif kind < 0.25:
            gate.says(_vouched(gate, rng.choice(PEOPLE)))
        else:
            gate.passes(rng.choice(PEOPLE), decision)
    sent: list[Delivery] = []
    for gate in gates:
        first, last = 1, len(gate.raws)
        while first <= last:
            until = min(last, first + rng.randrange(6))
            heard = gate.clock + timedelta(minutes=rng.choice([0, 0, 90]))
            sent.append(gate.batch(first, until, historical=rng.random() < 0.5, at=heard))
            first = until + 1
    sent += rng.sample(sent, len(sent) // 2)
    rng.shuffle(sent)
    return gates, sent


def _vouched(gate: Gate, person: str) -> Attestation:
    return Attestation(
        checkpoint=gate.checkpoint,
        from_zone="yard",
        to_zone=gate.checkpoint,
        decision=Decision.ADMIT,
        person=person,
        officer="olga",
        reason="known to me",
        referral=None,
        standing=False,
        roll_version=Version(1, 1),
        roll_age_s=3,
    )


@pytest.mark.parametrize("seed", range(4))
def test_reordered_late_and_doubled_deliveries_rebuild_to_what_is_held(world: World, seed: int) -> None:
    gates, sent = _day(seed)
    for gate in gates:
        world.grant(gate)
    rng = random.Random(seed)
    while sent:
        much = 1 + rng.randrange(5)
        part, sent = sent[:much], sent[much:]
        world.take(*part, now=NOON + timedelta(hours=3))
    agree(world)


def test_somebody_in_two_places_is_rung_for_at_once_and_not_when_it_is_long_over(world: World) -> None:
    gates = [
        world.grant(Gate("gate-1")),
        world.grant(Gate("gate-2", "workshop", b"k" * 16, boot_id="1" * 32)),
    ]
    for number, heard in (("P-000001", timedelta(minutes=1)), ("P-000002", timedelta(hours=9))):
        for gate in gates:
            gate.passes(number)
            world.take(gate.batch(len(gate.raws)), now=gate.clock + heard)
    with session_scope(world.sessions, writes=False) as session:
        assert [(one.code, one.person_id) for one in session.scalars(select(Alarm))] == [("two_places", 1)]
        doubts = [one.doubts[0].code for one in places(session, NOON, people=[1, 2]).values()]
    assert doubts == ["two_places", "two_places"], "what rings for nobody is shown all the same"


def test_entries_from_before_their_time_was_kept_are_reckoned_again(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    gate.passes("P-000002", Decision.REFUSE)
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        session.execute(update(StoredEntry).values(happened_at=None, early_ms=None, late_ms=None, sure=None))
    agree(world)


def test_what_a_branch_said_that_does_not_hold_is_taken_back(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    copy = gate.twin(1)
    copy.clock += timedelta(hours=1)
    copy.passes("P-000002")
    copy.passes("P-000001", Decision.REFUSE)
    gate.passes("P-000003")
    gate.passes("P-000003", Decision.REFUSE)
    world.take(copy.batch(3, 3))  # beyond a gap it is believed
    assert world.zone_of("P-000001") == "yard"
    world.take(gate.batch())
    assert world.zone_of("P-000001") == "block-a"
    agree(world)


def _crossing(session: Session, number: str, after: timedelta, line: int) -> Crossing:
    person = session.scalars(select(Person).where(Person.number == number)).one()
    zones = {zone.code: Place(zone.id, zone.code) for zone in session.scalars(select(Zone))}
    who = Somebody(person.id, person.number, "ASH, Test")
    return Crossing(who, zones["yard"], zones["workshop"], NOON + after, line)


def test_paper_and_its_way_back_leave_what_the_journals_say(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        rows = [
            _crossing(session, number, timedelta(hours=1), line)
            for line, number in enumerate(("P-000001", "P-000002"), 1)
        ]
        enter_crossings(session, b"p" * 16, rows, officer="rita", at=NOON + timedelta(hours=2))
    assert (world.zone_of("P-000001"), world.zone_of("P-000002")) == ("workshop", "workshop")
    agree(world)
    with session_scope(world.sessions) as session:
        took = take_back_crossings(
            session, b"p" * 16, by="rita", reason="wrong book", at=NOON + timedelta(hours=3)
        )
    assert took == 2
    assert (world.zone_of("P-000001"), world.zone_of("P-000002")) == ("block-a", None)
    assert world.count(MovementReversal) == 2
    agree(world)


def _count(session: Session, number: str, zone: str, after: timedelta, sequence: int = 1) -> NewProof:
    person = session.scalars(select(Person.id).where(Person.number == number)).one()
    zone_id = session.scalars(select(Zone.id).where(Zone.code == zone)).one()
    key = Key("hub", b"c" * 16, sequence)
    return NewProof(person, zone_id, Source.COUNT, NOON + after, key, evidence="count 1")


def test_a_proof_of_a_count_moves_somebody_once_and_can_be_taken_back(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        seen = _count(session, "P-000001", "workshop", timedelta(hours=1))
        prove(session, [seen, seen], NOON)
        prove(session, [seen], NOON)
    assert world.zone_of("P-000001") == "workshop"
    assert world.count(ProofRow) == 2
    agree(world)
    with session_scope(world.sessions) as session:
        assert withdraw(session, [seen.person_id], "hub", b"c" * 16, [2], NOON, "never so") == 0
        assert withdraw(session, [seen.person_id], "hub", b"c" * 16, [1], NOON, "a slip") == 1
    assert world.zone_of("P-000001") == "block-a"
    agree(world)


def test_two_who_are_one_have_one_place_and_part_with_their_own(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    gate.passes("P-000002", Decision.REFUSE)
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        one, two = (
            session.scalars(select(Person).where(Person.number == number)).one() for number in PEOPLE[:2]
        )
        case = propose(session, Proposal(one.id, two.id, "same man", True), actor=Actor("rita", "1"), at=NOON)
        confirm(session, case.id, seen=1, actor=Actor("rosa", "1"), at=NOON)
        refold(session, [two.id])
        assert session.scalars(select(Position.person_id)).all() == [one.id]
        found = places(session, NOON, people=[one.id, two.id])
        assert found[one.id].zone_id == found[two.id].zone_id
    assert world.zone_of("P-000001") == "yard"
    agree(world)
    gate.passes("P-000002")
    world.take(gate.batch(3))
    assert world.zone_of("P-000001") == "block-a"
    agree(world)


def test_the_command_finds_a_difference_names_it_and_mends_it(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_first(tmp_path, database=world.engine.url.render_as_string(hide_password=False))
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    world.take(gate.batch())
    assert main(["positions", "check", "--data", str(tmp_path)]) == 0
    assert "Nothing differs." in capsys.readouterr().out
    with session_scope(world.sessions) as session:
        session.execute(update(Position).values(zone_id=1))
    assert main(["positions", "rebuild", "--check", "--data", str(tmp_path)]) == 1
    assert "P-000001: held yard" in capsys.readouterr().out
    assert main(["positions", "rebuild", "--data", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["positions", "check", "--data", str(tmp_path)]) == 0
    assert world.zone_of("P-000001") == "block-a"


def test_somebody_whom_no_evidence_knows_is_nowhere_after_a_rebuild(world: World) -> None:
    gate = world.grant(Gate("gate-1"))
    gate.passes("P-000001")
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        session.add(
            Position(
                person_id=2, zone_id=1, source="scan", proven_at=NOON, clock_sure=True, terminal="gate-9",
                journal_id=b"x" * 16, sequence=1,
            )
        )  # fmt: skip
    with session_scope(world.sessions) as session:
        rebuilt = rebuild(session)
        assert [(one.held_zone, one.rebuilt_zone) for one in differences(session, rebuilt)] == [
            ("yard", None)
        ]
        write_rebuilt(session, rebuilt)
    agree(world)
