"""One finger at a desk: whose it is, or whether it is that person's. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_finger
from hub.biometrics.records import Finger
from hub.custody.records import Person
from hub.database import session_scope
from hub.reception.desk.look_records import DeskLook
from hub.reception.desk.looks import ask_look
from hub.sentences import RefusedError
from hub.terminals.records import Terminal
from wire.enrolment import Unusable

from .desk_world import ADA, Desk, Hub, receipts
from .ingest_world import Gate, World, make_template, open_world

Prints = dict[tuple[int, int], bytes]
TASK = "b" * 32


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def hub(world: World, prints: Prints) -> Hub:
    """P-000001 has finger 1."""
    made = Hub(world)
    with session_scope(world.sessions) as session:
        person = session.scalars(select(Person).where(Person.number == "P-000001")).one()
        finger = prepare_finger(2, [prints[1, 1]])
        search = DuplicateSearch(made.vault, world.sessions)
        enrol_finger(session, made.vault, search, person.id, finger, at=made.at, by="test")
    return made


def ask(hub: Hub, desk: Desk, person: str = "", name: str = TASK) -> None:
    with session_scope(hub.world.sessions) as session:
        terminal = session.scalars(select(Terminal.id).where(Terminal.name == desk.gate.name)).one()
        who = session.scalar(select(Person).where(Person.number == person))
        ask_look(session, terminal, subject="s" * 32, person=who, position=2, name=name, actor=ADA, at=hub.at)


def answer(hub: Hub, name: str = TASK) -> DeskLook:
    assert hub.work.step()
    with session_scope(hub.world.sessions, writes=False) as session:
        return session.scalars(select(DeskLook).where(DeskLook.task == name)).one()


@pytest.fixture
def desk(hub: Hub) -> Desk:
    made = Desk(hub.world.grant(Gate("desk-1")), hub)
    made.arrive()
    return made


def test_without_a_desk_nothing_is_asked(hub: Hub, world: World) -> None:
    with pytest.raises(RefusedError, match="not there any more"):
        ask(hub, Desk(world.grant(Gate("gate-1")), hub))


@pytest.mark.parametrize(
    ("person", "seed", "outcome", "numbers"),
    [
        ("", 1, "known", "P-000001"),
        ("", 3, "nobody", ""),
        ("P-000001", 1, "same", "P-000001"),
        ("P-000001", 3, "other", ""),
    ],
)
def test_what_a_finger_says(
    hub: Hub, desk: Desk, prints: Prints, person: str, seed: int, outcome: str, numbers: str
) -> None:
    ask(hub, desk, person)
    assert hub.tick() == 1
    (task,) = desk.hears()
    assert (task.task, task.positions, task.impressions, task.person) == (TASK, [2], 1, person or "?")
    taken = hub.take(desk.finger(2, [prints[seed, 2]], task=TASK, parts=[2]))
    assert [receipt.settled for receipt in receipts(taken)] == [False]
    found = answer(hub)
    assert (found.status, found.outcome, found.numbers, found.sealed) == ("DONE", outcome, numbers, None)
    with session_scope(hub.world.sessions, writes=False) as session:
        assert len(session.scalars(select(Finger)).all()) == 1  # nothing was enrolled
    assert [receipt.settled for receipt in receipts(hub.take(desk.report(kept=[TASK])))] == [True]


def test_a_finger_that_cannot_be_taken_is_said(hub: Hub, desk: Desk) -> None:
    ask(hub, desk)
    taken = desk.taken(2, [], task=TASK, unusable=Unusable.BANDAGED, note="by hand")
    hub.take(desk.part(taken, parts=[2]))
    assert answer(hub).outcome == "unusable"


def test_asking_again_takes_the_first_back_and_nobody_waits_for_ever(hub: Hub, desk: Desk) -> None:
    ask(hub, desk)
    ask(hub, desk, name="c" * 32)
    hub.tick()
    assert [task.task for task in desk.hears()] == ["c" * 32]
    hub.later(minutes=31)
    hub.tick()
    with session_scope(hub.world.sessions, writes=False) as session:
        assert session.scalars(select(DeskLook.status).order_by(DeskLook.id)).all() == [
            "CANCELLED",
            "EXPIRED",
        ]
