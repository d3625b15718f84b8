"""The invented prison: plausible, the same for the same seed, and with its projections right."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from hub.__main__ import main
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import read_value
from hub.custody.facts.reading import current, one
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.legal import LEGAL_STATUS, LegalStatus
from hub.custody.records import Booking, Person
from hub.custody.records import Counter as NumberSeries
from hub.custody.search.projection import rebuild
from hub.custody.search.records import SearchEntry, SearchPosting
from hub.database import make_engine, make_sessions, session_scope
from hub.reception.seed.making import Made, Order, make
from hub.reception.seed.plan import Wrong, sketches
from hub.web.formats import SITE_ZONE

from ...databases import new_database
from .site_world import World

TODAY = date(2026, 11, 22)
PEOPLE = 60


def _make(world: World, seed: int = 3) -> Made:
    return make(world.sessions, Order(PEOPLE, 10, seed, TODAY, past=0.5), lambda _done, _all: None)


def test_it_is_a_prison_that_could_be(world: World) -> None:
    made = _make(world)
    with session_scope(world.sessions) as session:
        inside = session.scalars(select(Booking).where(Booking.released_at.is_(None))).all()
        assert len(inside) == made.inside == PEOPLE
        status = Counter(
            held.value.status
            for stay in inside
            if (held := one(current(session, LEGAL_STATUS, person_id=stay.person_id, booking_id=stay.id)))
        )
        assert status.total() == PEOPLE
        assert 0.2 < status[LegalStatus.REMAND] / PEOPLE < 0.6
        stays = session.scalars(select(Booking).order_by(Booking.person_id, Booking.admitted_at)).all()
        for before, after in pairwise(stays):
            if before.person_id == after.person_id:
                assert before.released_at is not None
                assert before.released_at < after.admitted_at


def test_every_fact_is_one_that_a_clerk_could_have_recorded(world: World) -> None:
    _make(world)
    with session_scope(world.sessions, writes=False) as session:
        for row in session.scalars(select(Fact)):
            kind = KINDS[row.kind]
            value = read_value(kind, row.value)
            day = row.recorded_at.astimezone(SITE_ZONE).date()
            assert day <= TODAY
            assert kind.check is None or not kind.check(value, day), (row.kind, row.value)
            assert row.source or not kind.legal


def test_rows_and_search_are_what_the_facts_say(world: World) -> None:
    made = _make(world)
    with session_scope(world.sessions) as session:
        for person in session.scalars(select(Person)):
            held = one(current(session, IDENTITY, person_id=person.id))
            assert held is not None
            assert (held.value.surname, held.value.born_on) == (person.surname, person.born_on)
        tables = (SearchEntry.__table__, SearchPosting.__table__)
        before = [sorted(map(tuple, session.execute(select(table)))) for table in tables]
        assert rebuild(session) == made.people
        assert [sorted(map(tuple, session.execute(select(table)))) for table in tables] == before
        series = {row.series: row.last for row in session.scalars(select(NumberSeries))}
        assert series == {"person": made.people, "booking": made.stays}
    # Whoever is admitted next gets the next number.
    assert world.person().number == f"P-{made.people + 1:06d}"


def test_the_same_seed_makes_the_same_people(world: World, tmp_path: Path) -> None:
    _make(world)
    (tmp_path / "again").mkdir()
    engine = make_engine(new_database(tmp_path / "again", migrated=True))
    again = World(tmp_path, engine, make_sessions(engine), world.passwords, world.vault)
    _make(again)
    assert _told(again) == _told(world)
    engine.dispose()


def _told(world: World) -> list[tuple[object, ...]]:
    with session_scope(world.sessions, writes=False) as session:
        rows = session.execute(
            select(Fact.person_id, Fact.kind, Fact.effective_at, Fact.recorded_at).order_by(Fact.id)
        )
        identities = session.scalars(select(Fact.value).where(Fact.kind == "identity").order_by(Fact.id))
        return [*map(tuple, rows), *((value,) for value in identities)]


def test_of_everything_that_can_be_wrong_there_is_some() -> None:
    found = Counter(sketch.wrong for sketch in sketches(Random(1), 1200))
    assert set(Wrong) <= found.keys()
    assert found[None] > 1000
    women = sum(sketch.sex.value == "F" for sketch in sketches(Random(1), 1200))
    assert women == 14


def test_invented_people_are_not_put_among_real_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    words = ["seed", "--data", str(tmp_path), "--people", "3", "--past", "0", "--accounts"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "3 of them inside" in said
    assert said.count("shown once") == 11
    assert main(words) == 2
    assert "has people already" in capsys.readouterr().err
    assert main(["seed", "--data", str(tmp_path), "--people", "0"]) == 2
