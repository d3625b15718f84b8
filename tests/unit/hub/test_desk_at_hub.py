"""Fingers taken at a desk, at the hub: asked for, received, looked at, stored or put before a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from edge.enrolment.judging import pack
from hub.accounts.actions import add_account
from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.accounts.pins import set_pin
from hub.accounts.records import AuditEntry
from hub.biometrics import enrolment
from hub.biometrics.actions import enrol_finger, fingers_of
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_finger
from hub.biometrics.images import read_image
from hub.biometrics.officers import consent, logins_with_fingers
from hub.biometrics.packed_images import unpack
from hub.biometrics.records import Finger, PersonKey
from hub.custody.merging.reading import all_cases
from hub.custody.records import Person
from hub.database import session_scope
from hub.ingest.doorkeeper import Delivery
from hub.movements.re_enrolment import Why, open_task, task_of
from hub.reception.desk import asking, officer_tasks, readying
from hub.reception.desk.book import PATIENCE
from hub.reception.desk.officer_records import OfficerPart
from hub.reception.desk.records import FingerTask, Part, Taking, TaskEvent, UnusableFinger
from hub.reception.desk.rules import FIRST_POSITIONS, GOOD_FOR, MOST_TASKS, Status, in_order
from hub.sentences import RefusedError
from hub.terminals.errors import KeysError
from hub.terminals.key_files import RECEIVING_KEY, read_receiving_key, write_private
from hub.terminals.records import Terminal
from wire.enrolment import Stage, Unusable
from wire.errors import Refusal
from wire.keys import SigningKey

from .desk_world import ADA, Desk, Hub, Prints, progress, receipts
from .ingest_world import NOON, Gate, World, make_template, open_world
from .site_world import cheap_passwords

TASK = "a" * 32


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """The engine's real answers, reckoned once for each image."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readying, "prepare_impression", lru_cache(enrolment.prepare_impression))
        yield


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    world = open_world(template, tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def hub(world: World) -> Hub:
    return Hub(world)


@pytest.fixture
def desk(world: World, hub: Hub) -> Desk:
    desk = Desk(world.grant(Gate("desk-1")), hub)
    desk.arrive()
    return desk


def both(desk: Desk, prints: Prints) -> None:
    """Both index fingers arrive."""
    desk.hub.take(desk.finger(2, [prints[1, 1], prints[1, 2]]), desk.finger(7, [prints[2, 1], prints[2, 2]]))


def test_a_terminal_that_never_said_so_is_no_desk(world: World, hub: Hub) -> None:
    gate = Desk(world.grant(Gate("gate-1")), hub)
    hub.take(gate.gate.state())
    with pytest.raises(RefusedError, match="not there any more"):
        hub.ask(gate)


def test_nobody_is_asked_twice(desk: Desk, hub: Hub) -> None:
    hub.ask(desk)
    with pytest.raises(RefusedError, match="asked for already"):
        hub.ask(desk, name="b" * 32)


@pytest.mark.parametrize("positions", [(), (0,), (11,), (2, 2)])
def test_only_fingers_are_asked_for(desk: Desk, hub: Hub, positions: tuple[int, ...]) -> None:
    with pytest.raises(RefusedError):
        hub.ask(desk, positions=positions)


def test_somebody_who_was_released_is_not_asked(desk: Desk, hub: Hub, world: World) -> None:
    with session_scope(world.sessions) as session:
        session.execute(text("UPDATE bookings SET released_at = admitted_at"))
    with pytest.raises(RefusedError, match="not in custody"):
        hub.ask(desk)


def test_a_full_desk_is_not_asked(desk: Desk, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_TASKS", 1)
    assert MOST_TASKS > 1
    hub.ask(desk)
    with pytest.raises(RefusedError, match="enough to do"):
        hub.ask(desk, "P-000002", name="b" * 32)


def test_fingers_are_asked_for_in_the_usual_order() -> None:
    assert in_order([10, 8, 1, 2]) == [2, 1, 8, 10]
    assert in_order(range(1, 11))[:6] == list(FIRST_POSITIONS)


def test_a_desk_is_told_until_it_says_that_it_holds_the_book(desk: Desk, hub: Hub) -> None:
    hub.ask(desk)
    assert hub.tick() == 1
    assert hub.tick() == 0
    hub.later(seconds=PATIENCE.total_seconds())
    assert hub.tick() == 1
    (task,) = desk.hears()
    assert (task.person, task.name, task.positions, task.created_by) == (
        "P-000001",
        "ASH, Test",
        [2, 7],
        "ada",
    )
    hub.take(desk.report(progress(Stage.WAITING)))
    hub.later(seconds=60)
    assert hub.tick() == 0


def test_a_desk_that_is_away_or_cut_off_is_told_nothing(desk: Desk, hub: Hub, world: World) -> None:
    hub.ask(desk)
    hub.take(desk.gate.state(2, online=False))
    assert hub.tick() == 0
    hub.take(desk.gate.state(3))
    world.cut_off(desk.gate)
    assert hub.tick() == 0


def test_a_task_that_was_taken_back_leaves_the_book(desk: Desk, hub: Hub, world: World) -> None:
    hub.ask(desk)
    hub.tick()
    desk.hears()
    with session_scope(world.sessions) as session:
        asking.cancel(session, session.get_one(FingerTask, 1), actor=ADA, at=hub.at)
    hub.take(desk.report(progress(Stage.WAITING)))
    hub.tick()
    assert desk.hears() == []


def test_a_task_that_nobody_began_ends_and_one_that_was_begun_does_not(desk: Desk, hub: Hub) -> None:
    hub.ask(desk)
    hub.ask(desk, "P-000002", name="b" * 32)
    hub.take(desk.report(progress(Stage.CAPTURING, 1, position=7)))
    hub.later(seconds=GOOD_FOR.total_seconds())
    hub.tick()
    assert (hub.task().status, hub.task("b" * 32).status) == (Status.OPEN, Status.EXPIRED)


def test_progress_is_seen_and_each_step_of_it_is_on_record(desk: Desk, hub: Hub, world: World) -> None:
    hub.ask(desk)
    for stage in (Stage.WAITING, Stage.CAPTURING, Stage.CAPTURING):
        hub.take(desk.report(progress(stage, 1, position=7)))
    assert (hub.task().stage, hub.task().done, hub.task().now_position) == (Stage.CAPTURING, 1, 7)
    assert world.ask(lambda s: s.scalars(select(TaskEvent.what)).all()) == ["OPEN", "seen", "begun"]


def test_a_forged_finger_changes_nothing(desk: Desk, hub: Hub, prints: Prints, world: World) -> None:
    hub.ask(desk)
    forged = desk.part(desk.taken(2, []), key=SigningKey.generate())
    taken = hub.take(forged)
    assert [reason for _, reason in taken.refused] == [Refusal.FORGED]
    assert world.count(Part) == 0


def test_a_finger_for_the_task_of_another_desk_is_refused(
    desk: Desk, hub: Hub, prints: Prints, world: World
) -> None:
    other = Desk(world.grant(Gate("desk-2")), hub)
    other.arrive()
    hub.ask(desk)
    taken = hub.take(other.finger(2, [prints[1, 1]]))
    assert [reason for _, reason in taken.refused] == [Refusal.WRONG_SENDER]
    assert (world.count(Part), hub.task().parts) == (0, "")


def test_a_finger_that_was_not_asked_for_is_refused(desk: Desk, hub: Hub, prints: Prints) -> None:
    hub.ask(desk)
    taken = hub.take(desk.finger(9, [prints[1, 1]], parts=[2, 9]))
    assert [reason for _, reason in taken.refused] == [Refusal.MALFORMED]


def test_a_part_beyond_the_message_limit_is_refused_whole(desk: Desk, hub: Hub, world: World) -> None:
    hub.ask(desk)
    noise = np.random.default_rng(1).integers(0, 256, (399, 400), dtype=np.uint8)
    many = [pack(noise, dpi=500, sensor="zfm", at=NOON, quality=1)] * 6
    assert hub.take(desk.part(desk.taken(2, many))).refused == []
    more = [*many, many[0]]
    taken = hub.take(desk.part(desk.taken(7, more)))
    assert [reason for _, reason in taken.refused] == [Refusal.OVERSIZE]
    assert world.count(Part) == 1


def test_a_part_that_comes_twice_is_held_once(desk: Desk, hub: Hub, prints: Prints, world: World) -> None:
    hub.ask(desk)
    again = desk.finger(2, [prints[1, 1]])
    first, second = hub.take(again), hub.take(again)
    assert [one.parts for one in (*receipts(first), *receipts(second))] == [[2], [2]]
    assert (world.count(Part), hub.task().status) == (1, Status.OPEN)


def test_nothing_is_looked_at_while_a_part_is_missing(desk: Desk, hub: Hub, prints: Prints) -> None:
    hub.ask(desk)
    hub.take(desk.finger(2, [prints[1, 1]]))
    assert not hub.work.step()
    taken = hub.take(desk.finger(7, [prints[2, 1]]))
    assert [(one.parts, one.settled) for one in receipts(taken)] == [([2, 7], False)]
    assert hub.task().status == Status.RECEIVED


def test_fingers_are_stored_with_their_images_and_where_they_are_from(
    desk: Desk, hub: Hub, prints: Prints, world: World
) -> None:
    hub.ask(desk)
    both(desk, prints)
    hub.later(minutes=1)
    assert hub.work.step()
    assert (hub.task().status, hub.findings()) == (Status.STORED, {2: "stored", 7: "stored"})
    with session_scope(world.sessions, writes=False) as session:
        taking = session.scalars(select(Taking).order_by(Taking.id)).first()
        assert taking is not None
        assert (taking.terminal, taking.sensor, taking.operator, taking.keep) == (
            "desk-1",
            "zfm",
            "officer-7",
            "with_file",
        )
        row = session.get_one(Finger, taking.finger_id)
        lock = hub.vault.open_key(session.get_one(PersonKey, row.person_id))
        image = lock.unlock(row.sealed_image, "image", row.position, row.impression)
        assert (read_image(image) == read_image(prints[1, 1])).all()
        assert [(one.position, one.impressions) for one in fingers_of(session, row.person_id)] == [
            (2, 2),
            (7, 2),
        ]
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("fingers.%"))).all()
    assert acts == ["fingers.ask", "fingers.stored"]
    assert world.count(Part) == 0


def test_the_desk_is_told_to_let_go_only_when_the_fingers_are_settled(
    desk: Desk, hub: Hub, prints: Prints
) -> None:
    hub.ask(desk)
    both(desk, prints)
    assert [one.settled for one in receipts(hub.take(desk.report(kept=[TASK])))] == [False]
    hub.work.step()
    assert [one.settled for one in receipts(hub.take(desk.report(kept=[TASK])))] == [True]
    late = hub.take(desk.finger(2, [prints[1, 1]]))
    assert [one.settled for one in receipts(late)] == [True]
    assert not hub.work.step()


def test_a_finger_that_cannot_be_taken_is_a_fact_with_its_reason(
    desk: Desk, hub: Hub, prints: Prints, world: World
) -> None:
    hub.ask(desk)
    hub.take(desk.finger(2, [prints[1, 1]]), desk.left_out(7, Unusable.BANDAGED))
    hub.work.step()
    assert (hub.task().status, hub.findings()) == (Status.STORED, {2: "stored", 7: "unusable"})
    row = world.ask(lambda s: s.scalars(select(UnusableFinger)).one())
    assert (row.position, row.reason, row.note, row.recorded_by) == (7, "bandaged", "by hand", "officer-7")
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text("DELETE FROM unusable_fingers"))


def test_a_part_sealed_for_another_place_is_not_taken_for_a_finger(
    desk: Desk, hub: Hub, prints: Prints, world: World
) -> None:
    """A right-index finger pushed into the left one's place by whoever holds the card."""
    hub.ask(desk)
    image = pack(read_image(prints[1, 1]), dpi=500, sensor="zfm", at=NOON, quality=60)
    hub.take(desk.finger(2, [prints[1, 1]]), desk.part(desk.taken(2, [image]), position=7))
    hub.work.step()
    assert hub.findings() == {2: "stored", 7: "damaged"}
    assert world.count(Finger) == 1


def test_the_same_finger_in_two_places_is_stored_once(desk: Desk, hub: Hub, prints: Prints) -> None:
    hub.ask(desk)
    hub.take(desk.finger(2, [prints[1, 1]]), desk.finger(7, [prints[1, 2]]))
    hub.work.step()
    assert (hub.task().status, hub.findings()) == (Status.STORED, {2: "stored", 7: "same_finger"})


def test_images_of_two_fingers_in_one_place_are_not_stored(desk: Desk, hub: Hub, prints: Prints) -> None:
    hub.ask(desk, positions=[2])
    hub.take(desk.finger(2, [prints[1, 1], prints[2, 1]], parts=[2]))
    hub.work.step()
    assert (hub.task().status, hub.findings()) == (Status.REFUSED, {2: "several_fingers"})


@pytest.fixture
def known_as_birch(desk: Desk, hub: Hub, prints: Prints, world: World) -> None:
    """Somebody else, P-000002, has the finger that comes as the left index; it is put before a person."""
    with session_scope(world.sessions) as session:
        birch = session.scalars(select(Person).where(Person.number == "P-000002")).one()
        search = DuplicateSearch(hub.vault, world.sessions)
        finger = prepare_finger(2, [prints[2, 1]])
        enrol_finger(session, hub.vault, search, birch.id, finger, at=NOON, by="test")
    hub.ask(desk)
    hub.take(desk.finger(2, [prints[1, 1]]), desk.finger(7, [prints[2, 2]]))
    hub.work.step()


@pytest.mark.usefixtures("known_as_birch")
def test_a_finger_of_another_file_stores_nothing_and_loses_nothing(hub: Hub, world: World) -> None:
    assert (hub.task().status, hub.findings()) == (Status.UNDECIDED, {7: "already_enrolled"})
    with session_scope(world.sessions, writes=False) as session:
        assert [case.case.found_by for case in all_cases(session, open_only=True)] == ["finger"]
    number = world.ask(lambda s: asking.findings_of(s, hub.task().id)[7].number)
    assert (number, world.count(Finger), world.count(Part)) == ("P-000002", 1, 2)


@pytest.mark.usefixtures("known_as_birch")
def test_a_person_may_have_the_others_stored(hub: Hub, world: World) -> None:
    with session_scope(world.sessions) as session:
        asking.store_the_others(session, session.get_one(FingerTask, 1), actor=ADA, at=hub.at)
    hub.work.step()
    assert (hub.task().status, hub.findings()) == (Status.STORED, {2: "stored", 7: "set_aside"})


@pytest.mark.usefixtures("known_as_birch")
def test_a_person_may_set_it_aside_with_a_reason_once(hub: Hub, world: World) -> None:
    with pytest.raises(RefusedError, match="Write why"), session_scope(world.sessions) as session:
        asking.set_aside(session, session.get_one(FingerTask, 1), " ", actor=ADA, at=hub.at)
    with session_scope(world.sessions) as session:
        task = session.get_one(FingerTask, 1)
        asking.set_aside(session, task, "The same man under another name", actor=ADA, at=hub.at)
    assert (hub.task().status, world.count(Part), world.count(Finger)) == (Status.SET_ASIDE, 0, 1)
    with pytest.raises(RefusedError, match="changed in the meantime"), session_scope(world.sessions) as s:
        asking.store_the_others(s, s.get_one(FingerTask, 1), actor=ADA, at=hub.at)


def test_new_fingers_close_the_wish_for_them(desk: Desk, hub: Hub, prints: Prints, world: World) -> None:
    with session_scope(world.sessions) as session:
        assert open_task(session, 1, Why.ATTESTED, at=NOON, by="test")
    hub.ask(desk)
    both(desk, prints)
    hub.work.step()
    assert world.ask(lambda s: task_of(s, 1)) is None


def test_a_stop_between_two_fingers_goes_on_and_enrols_none_twice(
    desk: Desk, hub: Hub, prints: Prints, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.ask(desk)
    both(desk, prints)
    stored = hub.work._store

    def stop_after(found: asking.TaskLine, one: readying.Ready) -> None:
        stored(found, one)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(hub.work, "_store", stop_after)
        with pytest.raises(KeyboardInterrupt):
            hub.work.step()
    assert world.count(Finger) == 2
    again = Hub(world, hub.vault, hub.signing, hub.receiving)
    assert again.work.step()
    assert (hub.task().status, world.count(Finger), world.count(Taking)) == (Status.STORED, 4, 4)


def test_a_task_that_breaks_the_engine_holds_up_no_other(
    desk: Desk, hub: Hub, prints: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.ask(desk, positions=[2])
    hub.ask(desk, "P-000002", positions=[7], name="b" * 32)
    hub.take(
        desk.finger(2, [prints[1, 1]], parts=[2]),
        desk.finger(7, [prints[2, 1]], task="b" * 32, parts=[7]),
    )
    with monkeypatch.context() as patch:
        patch.setattr(hub.work, "_judge", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hub.work.step()
    assert hub.work.step()
    assert (hub.task().status, hub.task("b" * 32).status) == (Status.RECEIVED, Status.STORED)


@pytest.mark.parametrize("shape", [(288, 256), (91, 101)])
@pytest.mark.parametrize("step", [17, 1])
def test_an_image_comes_back_without_loss(shape: tuple[int, int], step: int) -> None:
    chance = np.random.default_rng(3)
    image = (chance.integers(0, 256 // step, shape) * step).astype(np.uint8)
    packed = pack(image, dpi=508, sensor="r503", at=NOON, quality=50)
    assert packed.bits == (4 if step == 17 else 8)
    assert (unpack(packed) == image).all()


def test_an_image_that_is_not_of_its_size_is_damaged() -> None:
    from msgspec.structs import replace

    packed = pack(np.zeros((100, 100), np.uint8), dpi=500, sensor="zfm", at=NOON, quality=50)
    for wrong in (
        replace(packed, height=101),
        replace(packed, width=98),
        replace(packed, bits=5),
        replace(packed, packed=packed.packed[:10]),
        replace(packed, packed=b"no"),
    ):
        with pytest.raises(RefusedError, match="did not arrive whole"):
            unpack(wrong)


def test_one_task_of_a_person_at_a_time_counts_only_until_it_is_over(
    desk: Desk, hub: Hub, world: World
) -> None:
    hub.ask(desk)
    with session_scope(world.sessions) as session:
        asking.cancel(session, session.get_one(FingerTask, 1), actor=ADA, at=hub.at)
    hub.later(hours=1)
    hub.ask(desk, name="b" * 32)
    with session_scope(world.sessions, writes=False) as session:
        statuses = [line.row.status for line in asking.recent_tasks(session)]
        assert session.scalar(select(func.count()).select_from(TaskEvent)) == 3
    assert statuses == [Status.OPEN, Status.CANCELLED]
    assert hub.task("b" * 32).created_at == NOON + timedelta(hours=1)


def test_a_receiving_key_that_cannot_be_used_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match=r"receiving\.key is missing"):
        read_receiving_key(tmp_path)
    write_private(tmp_path / RECEIVING_KEY, b"short")
    with pytest.raises(KeysError, match=r"receiving\.key is damaged"):
        read_receiving_key(tmp_path)
    (tmp_path / RECEIVING_KEY).chmod(0o644)
    with pytest.raises(KeysError, match="Others may read"):
        read_receiving_key(tmp_path)


@pytest.fixture
def luz(world: World) -> str:
    """An officer who may sign in at terminals and has agreed."""
    with session_scope(world.sessions) as session:
        add_account(session, "luz", Role.OFFICER, passwords=cheap_passwords(), actor=ADA, at=NOON)
        set_pin(session, "luz", "$argon2id$x", name="GOMEZ, Luz", actor=ADA, at=NOON)
        consent(session, "luz", actor=Actor("luz", ""), at=NOON)
    return "luz"


def ask_luz(hub: Hub, by: Actor = ADA, positions: tuple[int, ...] = (2, 7), name: str = TASK) -> None:
    with session_scope(hub.world.sessions) as session:
        terminal = session.scalars(select(Terminal.id)).first()
        assert terminal is not None
        officer_tasks.ask_officer(session, "luz", terminal, positions, name=name, actor=by, at=hub.at)


def how_luz_stands(hub: Hub) -> tuple[str, str, int, int]:
    """Status and outcome of the last task, images that lie here, fingers that terminals get."""
    with session_scope(hub.world.sessions, writes=False) as session:
        found = officer_tasks.last_task(session, "luz")
        assert found is not None
        parts = session.scalar(select(func.count()).select_from(OfficerPart))
        return found[0].status, found[0].outcome, parts or 0, len(logins_with_fingers(session))


def test_an_officers_fingers_are_taken_at_a_desk_and_no_image_stays(
    desk: Desk, hub: Hub, luz: str, prints: Prints
) -> None:
    with pytest.raises(RefusedError, match="not you yourself"):
        ask_luz(hub, by=Actor("luz", ""))
    with pytest.raises(RefusedError, match="two to four"):
        ask_luz(hub, positions=(2,))
    ask_luz(hub)
    hub.tick()
    (task,) = desk.hears()
    assert (task.person, task.name, task.positions) == ("luz", "GOMEZ, Luz", [2, 7])
    first = hub.take(desk.finger(2, [prints[1, 1], prints[1, 2]]))
    assert [(one.parts, one.settled) for one in receipts(first)] == [([2], False)]
    hub.take(desk.finger(7, [prints[2, 1], prints[2, 2]]))
    assert how_luz_stands(hub) == ("RECEIVED", "", 2, 0)
    assert hub.work.step()
    assert how_luz_stands(hub) == ("STORED", "", 0, 1)
    (settled,) = receipts(hub.take(desk.report(kept=[TASK])))
    assert settled.settled
    hub.later(seconds=30)
    hub.tick()
    assert desk.hears() == []


@pytest.mark.parametrize(
    ("second", "operator", "outcome"),
    [
        ((2, 1), "luz", "own_fingers"),
        ((1, 2), "officer-7", "same_finger"),
        (None, "officer-7", "officer_fingers"),
    ],
    ids=["taken by oneself", "one finger twice", "one finger left out"],
)
def test_an_officers_fingers_that_cannot_be_kept_leave_no_image(
    desk: Desk,
    hub: Hub,
    luz: str,
    prints: Prints,
    second: tuple[int, int] | None,
    operator: str,
    outcome: str,
) -> None:
    ask_luz(hub)

    def part(position: int, of: tuple[int, int] | None) -> Delivery:
        images = [] if of is None else [prints[of]]
        sent = [pack(read_image(png), dpi=500, sensor="zfm", at=hub.at, quality=60) for png in images]
        taken = desk.taken(position, sent, unusable=None if of else Unusable.BANDAGED)
        return desk.part(msgspec.structs.replace(taken, operator=operator))

    hub.take(part(2, (1, 1)), part(7, second))
    assert hub.work.step()
    assert how_luz_stands(hub) == ("REFUSED", outcome, 0, 0)


def test_an_officer_who_never_came_to_the_desk_is_let_go(desk: Desk, hub: Hub, luz: str) -> None:
    ask_luz(hub)
    ask_luz(hub, name="b" * 32)  # the first is taken back
    hub.tick()
    assert [task.task for task in desk.hears()] == ["b" * 32]
    hub.later(seconds=officer_tasks.GOOD_FOR.total_seconds())
    hub.tick()
    assert how_luz_stands(hub)[0] == "EXPIRED"
