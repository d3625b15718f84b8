"""The master roll on PostgreSQL: questions are answered as on SQLite, and two who write at once do no harm."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.accounts.audit_records import AuditLink
from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.custody.facts.actions import ChangedMeanwhileError, Statement, correct, state
from hub.custody.facts.records import Fact
from hub.custody.legal import CHARGE, LEGAL_STATUS, ORDER, LegalStatus, OrderToHold, ReleaseReason, Status
from hub.custody.records import Booking, Person
from hub.custody.rules import OrderKind
from hub.custody.search.finding import find
from hub.custody.sentencing.signing import sign_first, verify
from hub.custody.stays import HOME, RELEASE, Home, Release
from hub.custody.who.naming import ALIAS, Alias
from hub.database import make_engine, make_sessions, session_scope
from hub.docket.desk import DocketDesk
from hub.docket.records import Finding
from hub.docket.runs import recompute
from hub.movements.cells.actions import NoFitError, move_to_cell
from hub.movements.cells.defining import CellDraft, define_cell
from hub.sentences import RefusedError

from ..databases import missing, new_database
from ..unit.hub import test_audit_chain as trail
from ..unit.hub import test_docket as docket
from ..unit.hub import test_facts as facts
from ..unit.hub import test_merging as merging
from ..unit.hub import test_release_dates as dates
from ..unit.hub import test_retention as retention
from ..unit.hub import test_search as search
from ..unit.hub.docket_world import remanded
from ..unit.hub.site_world import World, cheap_passwords

RITA, NOEL, DON = (Actor(login, "10.0.0.1") for login in ("rita", "noel", "don"))
pytestmark = pytest.mark.skipif(bool(missing()), reason=f"PostgreSQL was not tested: {missing()}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = make_engine(new_database(tmp_path, migrated=True, postgresql=True))
    yield World(tmp_path, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    engine.dispose()


@pytest.mark.parametrize(
    "holds",
    [
        facts.test_as_it_was_known_a_correction_is_not_seen_before_it_was_made,
        facts.test_withdrawing_brings_back_what_was_before_and_can_itself_be_undone,
        facts.test_things_of_one_kind_are_opened_continued_and_ended_apart,
        search.test_those_in_custody_come_first_and_the_very_name_before_what_only_sounds_like_it,
        search.test_cell_and_status_are_searched_with_the_name,
        search.test_a_corrected_name_is_found_and_the_wrong_one_no_more,
        search.test_made_again_from_the_facts_it_is_the_same,
        dates.test_two_second_officers_at_once_leave_one_signature,
        retention.test_a_rule_needs_a_second_person_and_is_decided_once,
        retention.test_the_file_goes_with_everything_and_leaves_a_number_without_a_name,
        retention.test_one_person_alone_never_opens_the_door,
        trail.test_lines_of_a_transaction_that_ended_late_are_sealed_after_those_that_were_faster,
        trail.test_a_sealer_looks_every_two_seconds_and_two_of_them_do_no_harm,
        merging.test_of_two_officers_at_once_the_second_is_told,
    ],
    ids=lambda test: test.__name__.removeprefix("test_"),
)
def test_it_holds_here_too(world: World, holds: Callable[[World], None]) -> None:
    holds(world)


@pytest.mark.parametrize(
    "holds",
    [
        docket.test_the_same_look_again_changes_nothing_whoever_looks,
        docket.test_it_closes_when_its_facts_change_and_says_which_and_somebody_looks_after_it,
        docket.test_what_is_overdue_goes_up_once_to_supervisors_then_to_the_director_with_one_alarm,
        docket.test_history_runs_and_figures_cannot_be_changed,
    ],
    ids=lambda test: test.__name__.removeprefix("test_"),
)
def test_the_docket_holds_here_too(world: World, holds: Callable[[World], None]) -> None:
    officers(world)
    holds(world)


@pytest.mark.parametrize("table", ["facts", "photos", "documents", "finger_takings"])
def test_nothing_gets_through_the_door_of_retention(world: World, table: str) -> None:
    retention.test_nothing_else_gets_through_the_door(world, table)


@pytest.mark.parametrize("verb", ["UPDATE facts SET value = '{}'", "DELETE FROM facts"])
def test_rows_of_facts_are_never_changed(world: World, verb: str) -> None:
    facts.test_rows_are_never_changed(world, verb)


# --- two at once


def officers(world: World) -> None:
    world.site()
    for login, role in (
        ("rita", Role.RECORDS_OFFICER),
        ("noel", Role.RECORDS_OFFICER),
        ("dora", Role.DIRECTOR),
    ):
        world.account(login, role)


def at_once(
    world: World, first: Callable[[Session], object], second: Callable[[Session], object]
) -> BaseException | None:
    """Both in transactions of their own, the second one begun before the first one ends; how the second one failed."""

    def other() -> None:
        with session_scope(world.sessions) as session:
            second(session)

    with ThreadPoolExecutor(1) as pool:
        with session_scope(world.sessions) as session:
            first(session)
            running = pool.submit(other)
            wait_for([running], 0.3)  # it waits for the first one, or is through without having seen it
        return running.exception(30)


def stay_of(world: World, person: Person) -> int:
    return facts.booking_of(world, person)


def test_two_clerks_at_two_places_of_one_file(world: World) -> None:
    """What is searched is made from both, whoever comes first."""
    ana = world.person()
    stay = stay_of(world, ana)
    nickname = Statement(ALIAS, Alias("Paloma"), world.at, "said so")
    cell = Statement(HOME, Home(zone="block-a", cell="c-12"), world.at, "desk", booking_id=stay)
    assert (
        at_once(
            world,
            lambda session: state(session, ana.id, nickname, actor=RITA, at=world.at),
            lambda session: state(session, ana.id, cell, actor=NOEL, at=world.at),
        )
        is None
    )
    with session_scope(world.sessions, writes=False) as session:
        assert [hit.place for hit in find(session, "paloma")] == ["c-12"]


def test_two_clerks_who_each_record_several_things_do_not_stop_each_other(world: World) -> None:
    ana = world.person()
    stay = stay_of(world, ana)
    status = Statement(LEGAL_STATUS, Status(status=LegalStatus.REMAND), world.at, "O 7", booking_id=stay)
    charge = Statement(CHARGE, facts.THEFT, world.at, "C 7", booking_id=stay)

    def both(login: str) -> Callable[[Session], object]:
        actor = Actor(login, "10.0.0.1")

        def act(session: Session) -> None:
            state(session, ana.id, charge, actor=actor, at=world.at)
            state(session, ana.id, status, actor=actor, at=world.at)

        return act

    with ThreadPoolExecutor(1) as pool:
        with session_scope(world.sessions) as session:
            state(session, ana.id, charge, actor=RITA, at=world.at)

            def other() -> None:
                with session_scope(world.sessions) as mine:
                    both("noel")(mine)

            running = pool.submit(other)
            wait_for([running], 0.3)
            state(session, ana.id, status, actor=RITA, at=world.at)
        assert running.exception(30) is None
    with session_scope(world.sessions, writes=False) as session:
        assert len(session.scalars(select(Fact).where(Fact.kind == "charge")).all()) == 2


def test_of_two_corrections_one_is_taken(world: World) -> None:
    ana = world.person()
    number = facts.status(world, ana, LegalStatus.REMAND, 0)
    right = Statement(LEGAL_STATUS, Status(status=LegalStatus.SENTENCED), world.at, "O 8")

    def mend(session: Session) -> None:
        correct(session, session.get_one(Fact, number), right, reason="misread", actor=RITA, at=world.at)

    assert isinstance(at_once(world, mend, mend), ChangedMeanwhileError)


def test_a_stay_ends_once(world: World) -> None:
    ana = world.person()
    stay = stay_of(world, ana)
    gone = Release(
        released_at=world.at,
        reason=ReleaseReason.BAIL,
        reference="R 1",
        by="a",
        second="b",
        identity="f",
    )

    def release(session: Session) -> None:
        state(
            session,
            ana.id,
            Statement(RELEASE, gone, world.at, "R 1", booking_id=stay),
            actor=RITA,
            at=world.at,
            seen=0,
        )

    assert isinstance(at_once(world, release, release), RefusedError)
    with session_scope(world.sessions, writes=False) as session:
        assert session.get_one(Booking, stay).released_at == world.at


def test_of_two_second_officers_one_signs(world: World) -> None:
    dates.in_force(world)
    stay, _ = dates.sentenced(world, world.person())
    with session_scope(world.sessions) as session:
        number = sign_first(session, stay, actor=RITA, at=world.at).id
    failed = at_once(
        world,
        lambda session: verify(session, number, actor=NOEL, at=world.at),
        lambda session: verify(session, number, actor=DON, at=world.at),
    )
    assert isinstance(failed, RefusedError)


def test_two_looks_at_once_open_each_finding_once(world: World) -> None:
    officers(world)
    remanded(world, next_in_days=1)
    world.later(days=2)
    assert (
        at_once(
            world, lambda session: recompute(session, world.at), lambda session: recompute(session, world.at)
        )
        is None
    )
    with session_scope(world.sessions, writes=False) as session:
        found = session.scalars(select(Finding.check_code).where(Finding.closed_at.is_(None))).all()
    assert list(found) == ["no_outcome"]


def test_the_last_bed_is_given_once(world: World) -> None:
    world.site()
    with session_scope(world.sessions) as session:
        one_bed = CellDraft("w-1", "W 1", "Workshop", "", "workshop", 1)
        define_cell(session, one_bed, reason="first", actor=RITA, at=world.at)
    ana, eva = world.person("Coc", "Ana"), world.person("Bol", "Eva")

    def move(person: Person) -> Callable[[Session], object]:
        def act(session: Session) -> None:
            move_to_cell(
                session,
                session.get_one(Person, person.id),
                "w-1",
                reason="",
                override=None,
                actor=RITA,
                at=world.at,
            )

        return act

    assert isinstance(at_once(world, move(ana), move(eva)), NoFitError)


def test_a_line_of_the_trail_that_ends_late_is_sealed_too(world: World) -> None:
    with session_scope(world.sessions) as late:
        write_down(late, at=world.at, actor=RITA, act="person.look", subject="P-000001", detail="")
        late.flush()  # its number is taken, and nobody sees it
        trail.write(world, 2)
        trail.seal(world)
    assert trail.seal(world) == 1
    with session_scope(world.sessions, writes=False) as session:
        order = list(session.scalars(select(AuditLink.entry_id).order_by(AuditLink.position)))
    assert order != sorted(order)
    trail.verify(world)


def test_a_change_that_commits_late_is_looked_at_when_it_is_there(world: World) -> None:
    world.site()
    world.account("rita", Role.RECORDS_OFFICER)
    slow, fast = remanded(world), remanded(world, "Cal", "Rosa")
    desk = DocketDesk(world.sessions)
    assert desk.tick(world.at) == 2
    begun, go_on = threading.Event(), threading.Event()

    def record_slowly() -> None:
        with session_scope(world.sessions) as session:
            _name_another(session, slow.id, world)
            begun.set()
            assert go_on.wait(20)

    thread = threading.Thread(target=record_slowly)
    thread.start()
    assert begun.wait(20)
    with session_scope(world.sessions) as session:
        for _ in range(3):
            _name_another(session, fast.id, world)
    world.later(seconds=10)
    assert desk.tick(world.at) == 1
    assert _in_other_name(world) == {fast.id}
    go_on.set()
    thread.join(20)
    world.later(seconds=10)
    assert desk.tick(world.at) == 1, (
        "its row has a lower number than what was looked at, and waits all the same"
    )
    assert _in_other_name(world) == {fast.id, slow.id}


def _name_another(session: Session, person_id: int, world: World) -> None:
    stay = session.scalars(select(Booking.id).where(Booking.person_id == person_id)).one()
    order = OrderToHold(
        kind=OrderKind.REMAND_ORDER,
        reference="R 9",
        issued_on=world.at.date(),
        named_surname="Pech",
        named_given="Eva",
    )
    statement = Statement(ORDER, order, world.at, source="paper 2", booking_id=stay)
    state(session, person_id, statement, actor=RITA, at=world.at)


def _in_other_name(world: World) -> set[int]:
    with session_scope(world.sessions, writes=False) as session:
        wanted = select(Finding.person_id).where(
            Finding.check_code == "order_other_name", Finding.closed_at.is_(None)
        )
        return set(session.scalars(wanted))
