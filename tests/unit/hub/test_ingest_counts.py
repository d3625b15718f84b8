"""Slips, marks and out-counts as terminals write them: once, in any order, days late, and of their own unit alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.accounts.audit import OPERATOR
from hub.custody.actions import assign_home
from hub.custody.records import Booking, Person
from hub.database import session_scope
from hub.headcount.leading import Asked, announce, begin, clear, freeze
from hub.headcount.loading import facts_of
from hub.headcount.records import Headcount, HeadcountMark, HeadcountSlip
from hub.headcount.rules import reckon
from hub.headcount.turning import SCHEDULE
from hub.movements.records import Zone
from tests.unit.hub.ingest_world import NOON, Gate, World, make_template, open_world
from wire.happenings import CountKind, CountMark, CountMethod, OutCount, OutCountStep, Slip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("counts"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    with session_scope(world.sessions) as session:
        session.execute(update(Zone).where(Zone.code.in_(("block-a", "workshop"))).values(is_unit=True))
        for booking in session.scalars(select(Booking)):
            before = NOON - timedelta(hours=20)
            assign_home(session, booking, "block-a", effective_at=before, recorded_at=before, actor=OPERATOR)
    yield world
    world.engine.dispose()


def counting(world: World) -> int:
    with session_scope(world.sessions) as session:
        count = announce(session, Asked(CountKind.FORMAL), actor=SCHEDULE, at=NOON - timedelta(minutes=30))
        freeze(session, count, actor=SCHEDULE, at=NOON - timedelta(minutes=2))
        begin(session, count, actor=SCHEDULE, at=NOON - timedelta(minutes=1))
        return count.id


def numbers(world: World) -> list[str]:
    return list(world.ask(lambda session: session.scalars(select(Person.number).order_by(Person.id)).all()))


def slip(number: int, observed: int, unit: str = "block-a", **more: object) -> Slip:
    facts: dict[str, object] = {
        "checkpoint": "block-a", "session": number, "unit": unit, "recount": 0, "method": CountMethod.NUMBER,
        "counters": ["ann", "bob"], "observed": observed, "took_s": 30, "signs_of_life": True,
    }  # fmt: skip
    return Slip(**{**facts, **more})  # type: ignore[arg-type]


def mark(number: int, person: str | None, *, back: bool = False) -> CountMark:
    return CountMark(
        checkpoint="block-a", session=number, unit="block-a", recount=1, person=person,
        method=CountMethod.BY_NAME, officer="ann", taken_back=back,
    )  # fmt: skip


def test_a_recount_by_name_whole_and_again_and_its_end_before_its_beginning(world: World) -> None:
    number, people = counting(world), numbers(world)
    gate = world.grant(Gate("gate-1"))
    gate.says(slip(number, 3))
    for one in people[:2]:
        gate.says(mark(number, one))
    gate.says(mark(number, people[2]))
    gate.says(mark(number, people[2], back=True))
    gate.says(slip(number, 2, recount=1, method=CountMethod.BY_NAME))
    world.take(gate.batch())
    world.take(gate.batch())
    assert (world.count(HeadcountSlip), world.count(HeadcountMark)) == (2, 4)
    with session_scope(world.sessions, writes=False) as session:
        found = reckon(facts_of(session, session.get_one(Headcount, number), gate.clock)).unit("block-a")
        missing = [session.get_one(Person, one.person).number for one in found.missing]
    assert missing == [people[2]]
    assert (world.zone_of(people[0]), world.zone_of(people[2])) == ("block-a", None), (
        "what was taken back proves nothing"
    )


def test_a_slip_of_a_terminal_that_was_away_opens_the_cleared_count_again(world: World) -> None:
    number = counting(world)
    gate, other = world.grant(Gate("gate-1")), world.grant(Gate("gate-2", "workshop", b"k" * 16))
    other.says(slip(number, 0, "workshop", checkpoint="workshop", counters=["cy", "dee"], took_s=1))
    world.take(other.batch())
    gate.says(slip(number, 2))
    gate.says(slip(number, 3, recount=1))
    day = timedelta(days=1)
    late = Gate("gate-3", "block-a", b"l" * 16)
    world.grant(late)
    late.clock = gate.clock
    late.says(slip(number, 2))
    world.take(gate.batch())
    with session_scope(world.sessions) as session:
        clear(session, session.get_one(Headcount, number), actor=SCHEDULE, at=gate.clock)
    world.take(late.batch(historical=True, at=gate.clock + day), now=gate.clock + day)
    state = world.ask(lambda session: session.get_one(Headcount, number).state)
    assert state == "REVISED"
    assert "count_revised" in world.alarms()
    assert (
        world.ask(lambda s: s.scalars(select(HeadcountSlip.late).order_by(HeadcountSlip.id.desc())).first())
        is True
    )


def test_a_terminal_signs_for_the_units_at_its_own_checkpoint_alone(world: World) -> None:
    number, people = counting(world), numbers(world)
    gate = world.grant(Gate("gate-1"))
    gate.says(slip(number, 0, "workshop"))
    gate.says(slip(number, 3, "nowhere"))
    out = OutCount(
        checkpoint="block-a", session=number, person=people[0], unit="block-a", place="workshop",
        step=OutCountStep.ACCEPTED, officer="ann",
    )  # fmt: skip
    gate.says(out)
    gate.says(mark(number, "P-999999"))
    world.take(gate.batch())
    assert world.count(HeadcountSlip) == 0
    reasons = [line.get("reason") for line in world.feed("alarm") if line["what"] == "count_flagged"]
    assert reasons == ["other_place", "other_place", "other_place", "unknown_person"]
    assert world.count(HeadcountMark) == 1, "somebody was seen, whoever that is"
