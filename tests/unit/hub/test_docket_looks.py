"""Everybody is looked at, by whichever process, however strange a file is; and whoever changed is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.permissions import Role
from hub.custody.facts.records import Act, Fact
from hub.custody.legal import HEARING
from hub.custody.merging.records import Joined, JoinedStay
from hub.custody.records import Booking, Person
from hub.custody.who.origin import CONSULATE, NATIONALITY, Nationality
from hub.database import session_scope
from hub.docket import looking, processes, reading
from hub.docket.evidence import dossier
from hub.docket.judging import Found, Key, judge
from hub.docket.looking import marks_of
from hub.docket.processes import looks
from hub.docket.queue import looked_at, waiting
from hub.docket.reading import in_custody
from hub.docket.records import CloseKind, Finding
from hub.docket.rules import CHECKS
from hub.docket.runs import run_all
from hub.docket.snapshot import Snapshot
from hub.docket.surroundings import Surroundings, look_around
from hub.reception.seed.making import Order, make
from hub.web.kept_sentences import read_sentence

from .docket_reference import plain_snapshot
from .docket_world import finding, look, record, remanded, standing
from .site_world import World

PEOPLE = 40


@pytest.fixture
def officers(world: World) -> None:
    world.site()
    world.account("rita", Role.RECORDS_OFFICER)


def test_in_bulk_one_by_one_or_by_other_processes_the_same_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(world.sessions, Order(PEOPLE, 10, 5, world.at.date(), past=0.5), lambda _done, _all: None)
    with session_scope(world.sessions) as session:
        _disturb(session, Random(7), world.at)
    with session_scope(world.sessions, writes=False) as session:
        around, marks, people = look_around(session, world.at), marks_of(session), in_custody(session)
        files = [plain_snapshot(session, around, person_id) for person_id in people]
    plain = {one.key: one for file in files for one in judge(file, around.limits).found}
    left_out = [
        (check, file)
        for file in files
        for check in CHECKS.values()
        if check.needs and not any(kind.name in file.facts for kind in check.needs)
    ]
    assert left_out
    assert [check.code for check, file in left_out if list(check.find(file, around.limits))] == []
    assert len({code for code, _, _ in plain}) > 6, "too orderly a prison proves nothing"
    assert _found(looks(world.sessions, around, marks, people, 1)) == _told(plain)
    monkeypatch.setattr(reading, "PART", 9)
    assert _found(looks(world.sessions, around, marks, people, 2)) == _told(plain)
    assert run_all(world.sessions, world.at, processes=1).tally.opened >= len(plain)
    assert not run_all(world.sessions, world.at, processes=1).tally.changed


def test_where_no_further_process_can_be_had_nobody_is_left_out(
    world: World, officers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_to_be_had(*_args: Any, **_more: Any) -> None:
        raise OSError("no semaphores here")

    for given in ("Ana", "Rosa"):
        remanded(world, "Cal", given, next_in_days=1)
    world.later(days=2)
    monkeypatch.setattr(processes, "ProcessPoolExecutor", none_to_be_had)
    monkeypatch.setattr(reading, "PART", 1)
    run_all(world.sessions, world.at, processes=2)
    assert len(standing(world, "no_outcome")) == 2


def test_a_second_process_is_started_only_for_many() -> None:
    assert processes.processes_for(processes.WORTH_IT - 1) == 1
    assert processes.processes_for(processes.WORTH_IT) >= 1


def test_an_entry_that_cannot_be_read_stands_on_the_docket_and_hides_nothing(
    world: World, officers: None
) -> None:
    ana, rosa = remanded(world), remanded(world, "Cal", "Rosa", next_in_days=1)
    record(world, ana, NATIONALITY, Nationality(country="GT"))
    world.later(days=4)
    look(world)
    (consulate,) = standing(world, "consulate_not_notified")
    bad = _write(world, ana, CONSULATE.name, '{"country": 17}', world.at)
    for _ in range(2):
        look(world)
        (stuck,) = standing(world, "not_checked")
        assert (stuck.person_id, stuck.version, stuck.band) == (ana.id, 1, 0)
        assert {row.person_id for row in standing(world, "no_outcome")} == {rosa.id}
        assert finding(world, consulate.id).closed_at is None, "its check could not be made: it stays"
    words = str(read_sentence(stuck.what))
    assert "could not be checked" in words
    assert f"number {bad}" in words
    assert "17: " not in words.replace(f"number {bad}: ", "")
    with session_scope(world.sessions, writes=False) as session:
        shown = dossier(session, session.get_one(Finding, stuck.id), lambda _permission: True, world.at)
    assert [str(one.says) for one in shown.evidence] == ["Cannot be read by this version."]
    _write(world, ana, CONSULATE.name, '{"country": 17}', world.at, act=Act.WITHDRAWS, corrects=bad)
    look(world)
    assert finding(world, stuck.id).close_kind == CloseKind.FACTS_CHANGED
    assert finding(world, consulate.id).closed_at is None


def test_a_time_that_nothing_can_be_reckoned_from_stops_one_check_of_one_person(
    world: World, officers: None
) -> None:
    ana, rosa = remanded(world), remanded(world, "Cal", "Rosa", next_in_days=1)
    world.later(days=2)
    told = '{"case":"C 9","court":"Belize City","hearing_at":"0001-01-01T00:00:00Z","purpose":"mention"}'
    _write(world, ana, HEARING.name, told, world.at)
    look(world)
    (stuck,) = standing(world, "not_checked")
    assert stuck.person_id == ana.id
    assert "too far off" in str(read_sentence(stuck.what))
    assert [row.person_id for row in standing(world, "no_outcome")] == [rosa.id]


def test_a_file_of_which_nothing_can_be_read_is_on_the_docket_and_keeps_what_was_found(
    world: World, officers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, rosa = (remanded(world, "Cal", given, next_in_days=1) for given in ("Ana", "Rosa"))
    world.later(days=2)
    look(world)
    real = looking.snapshots

    def stumbling(session: Session, around: Surroundings, person_ids: Sequence[int]) -> Iterator[Snapshot]:
        if ana.id in person_ids:
            raise ValueError("month must be in 1..12")
        yield from real(session, around, person_ids)

    monkeypatch.setattr(looking, "snapshots", stumbling)
    luz = remanded(world, "Cal", "Luz", next_in_days=1)
    world.later(days=2)
    look(world)
    assert [row.person_id for row in standing(world, "not_checked")] == [ana.id]
    assert {row.person_id for row in standing(world, "no_outcome")} == {ana.id, rosa.id, luz.id}
    monkeypatch.undo()
    look(world)
    assert standing(world, "not_checked") == []


def test_who_changes_during_a_look_waits_for_the_next(world: World, officers: None) -> None:
    ana, rosa = remanded(world), remanded(world, "Cal", "Rosa")
    with session_scope(world.sessions, writes=False) as session:
        queue = waiting(session)
    assert queue.person_ids == {ana.id, rosa.id}
    record(world, rosa, NATIONALITY, Nationality(country="GT"))
    with session_scope(world.sessions) as session:
        looked_at(session, queue)
    with session_scope(world.sessions, writes=False) as session:
        assert waiting(session).person_ids == {rosa.id}


def _found(of_all: Iterator[looking.Look]) -> dict[Key, tuple[object, ...]]:
    return _told({key: one for each in of_all for key, one in each.found.items()})


def _told(found: dict[Key, Found]) -> dict[Key, tuple[object, ...]]:
    return {
        key: (one.booking_id, one.rule, one.inputs, one.doubt.since_at, str(one.doubt.what), one.doubt.rows)
        for key, one in found.items()
    }


def _disturb(session: Session, rng: Random, at: datetime) -> None:
    """Corrections, ends and withdrawals without sense or order, entries from nowhere, and two joined files."""
    facts = list(session.scalars(select(Fact).order_by(Fact.id)))
    for _ in range(3):  # the second time what was disturbed is disturbed again
        chosen = rng.sample(facts, 120)
        facts = [_follow(session, rng, row, at) for row in chosen] + chosen
    stays = list(session.scalars(select(Booking).order_by(Booking.id)))
    gone = next(stay for stay in stays if stay.released_at is not None and not _inside(stay, stays))
    here = next(stay for stay in stays if stay.released_at is None)
    session.add(Joined(person_id=gone.person_id, lead_id=here.person_id))
    session.add(JoinedStay(booking_id=gone.id, into_id=here.id))


def _inside(stay: Booking, stays: list[Booking]) -> bool:
    return any(one.released_at is None for one in stays if one.person_id == stay.person_id)


def _follow(session: Session, rng: Random, row: Fact, at: datetime) -> Fact:
    act = rng.choice((Act.STATES, Act.STATES, Act.ENDS, Act.WITHDRAWS))
    shaken = Fact(
        person_id=row.person_id, booking_id=row.booking_id, kind=row.kind, act=act.value, value=row.value,
        item=row.id if row.item is None else row.item,
        effective_at=row.effective_at + timedelta(days=rng.choice((-90, 0, 0, 20, 4_000))),
        recorded_at=at, recorded_by="rita", source="", document_id=None, reason="",
        corrects_id=row.id if act is Act.WITHDRAWS or rng.random() < 0.5 else None,
    )  # fmt: skip
    session.add(shaken)
    session.flush()
    return shaken


def _write(
    world: World,
    person: Person,
    kind: str,
    value: str,
    at: datetime,
    *,
    act: Act = Act.STATES,
    corrects: int | None = None,
) -> int:
    """A row as another version, or another program, may have left it."""
    with session_scope(world.sessions) as session:
        stay = session.scalars(select(Booking.id).where(Booking.person_id == person.id)).one()
        row = Fact(
            person_id=person.id, booking_id=stay, kind=kind, item=corrects, act=act.value, value=value,
            effective_at=at, recorded_at=at, recorded_by="rita", source="", document_id=None, reason="",
            corrects_id=corrects,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id
