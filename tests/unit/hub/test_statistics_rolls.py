"""The roll of a day is kept, sealed, and made again as known then, whatever is recorded, corrected or joined later."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.__main__ import main
from hub.accounts.audit import Actor
from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.custody.merging import actions as merging
from hub.custody.merging.checks import Proposal
from hub.custody.records import Person
from hub.custody.rules import Sex
from hub.custody.stays import RELEASE
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.statistics.snapshots.comparing import Compared, compare
from hub.statistics.snapshots.keeping import broken_seals, kept_on, prove, take
from hub.statistics.snapshots.records import RollSnapshot

from .site_world import World
from .statistics_world import RITA, Register, at

DAY = date(2026, 3, 10)
KEPT_AT = at("2026-03-11", 1)
OTTO = Actor("otto", "10.0.0.6")


@pytest.fixture
def register(world: World) -> Register:
    world.at = at("2026-06-01")
    return Register(world)


def keep(register: Register) -> int:
    with session_scope(register.world.sessions) as session:
        return take(session, DAY, actor=RITA, at=KEPT_AT).total


def kept(session: Session) -> RollSnapshot:
    row = kept_on(session, DAY)
    assert row is not None
    return row


def compared(register: Register) -> Compared:
    """After proving that the facts still give what was kept."""
    with session_scope(register.world.sessions, writes=False) as session:
        row = kept(session)
        proof = prove(session, row)
        assert proof.sealed
        assert proof.same
        return compare(session, DAY, then=row.known_at, now=register.world.at)


def test_a_day_is_kept_once_and_not_before_it_is_over(register: Register) -> None:
    register.admit(at("2026-03-01"))
    early = at("2026-03-11", 0) + timedelta(minutes=9)
    with session_scope(register.world.sessions) as session, pytest.raises(RefusedError, match="day is over"):
        take(session, DAY, actor=RITA, at=early)
    assert keep(register) == 1
    with pytest.raises(RefusedError, match="kept already"):
        keep(register)


def test_nothing_new_makes_no_difference(register: Register) -> None:
    register.admit(at("2026-03-01"))
    assert keep(register) == 1
    found = compared(register)
    assert (found.then, dict(found.causes), dict(found.moved)) == (found.now, {}, {})


def test_what_was_told_late_is_named_and_what_was_kept_stays(register: Register) -> None:
    stays = [register.admit(at("2026-03-01")) for _ in range(4)]
    gone = register.admit(at("2026-03-01"))
    wrong = register.release(gone, at("2026-03-05"))
    assert keep(register) == 4
    register.admit(at("2026-03-09"), known=at("2026-03-12"))
    register.release(stays[0], at("2026-03-08"), known=at("2026-03-13"))
    register.escape(stays[1], at("2026-03-10"), known=at("2026-03-11", 2))
    register.take_back(wrong, RELEASE, at("2026-03-20"))
    register.correct_admission(stays[2], at("2026-03-12"), at("2026-03-15"))
    register.state(
        stays[3], LEGAL_STATUS, Status(status=LegalStatus.SENTENCED), at("2026-03-02"), at("2026-04-01")
    )
    register.release(stays[3], at("2026-05-01"))
    found = compared(register)
    assert dict(found.causes) == {
        "release_later": 1, "at_large_later": 1, "admission_gone": 1, "admission_later": 1, "release_gone": 1,
    }  # fmt: skip
    assert dict(found.moved) == {"LEGAL_STATUS": 1}
    assert (found.then.total, found.now.total, found.explained) == (4, 3, True)


def joined(register: Register, lead: Person, led: Person, *, same_stay: bool) -> None:
    when = at("2026-04-02")
    with session_scope(register.world.sessions) as session:
        proposal = Proposal(lead.id, led.id, "same finger", same_stay)
        case = merging.propose(session, proposal, actor=RITA, at=when).id
    with session_scope(register.world.sessions) as session:
        merging.confirm(session, case, seen=1, actor=OTTO, at=when)


def test_two_files_of_one_person_count_twice_until_they_are_joined(register: Register) -> None:
    one, other = (
        register.admit(at("2026-03-03"), sex=Sex.FEMALE),
        register.admit(at("2026-03-01"), sex=Sex.FEMALE),
    )
    with session_scope(register.world.sessions, writes=False) as session:
        people = [session.merge(stay).person for stay in (one, other)]
    assert keep(register) == 2
    joined(register, *people, same_stay=True)
    found = compared(register)
    assert (found.then.total, found.now.total, dict(found.causes)) == (2, 1, {"files_joined": 1})
    assert found.explained


def test_a_changed_row_breaks_its_seal_and_the_database_refuses_the_change(register: Register) -> None:
    register.admit(at("2026-03-01"))
    keep(register)
    with pytest.raises(DatabaseError), session_scope(register.world.sessions) as session:
        session.execute(text("UPDATE roll_snapshots SET total = 7"))
    if register.world.engine.dialect.name != "sqlite":
        return
    with register.world.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER roll_snapshots_no_update"))
        connection.exec_driver_sql("UPDATE roll_snapshots SET body = replace(body, '1', '2')")
    with session_scope(register.world.sessions, writes=False) as session:
        assert broken_seals(session) == [DAY]
        proof = prove(session, kept(session))
        assert not proof.sealed
        assert not proof.same


def test_the_command_proves_a_kept_day(register: Register, capsys: pytest.CaptureFixture[str]) -> None:
    register.world.settings()
    data = ["--data", str(register.world.folder)]
    booking = register.admit(at("2026-03-01"))
    assert main(["statistics", "prove", "--day", "2026-03-10", *data]) == 2
    assert "No roll was kept" in capsys.readouterr().err
    keep(register)
    register.release(booking, at("2026-03-05"), known=at("2026-03-12"))
    assert main(["statistics", "prove", "--day", "2026-03-10", *data]) == 0
    told = capsys.readouterr().out
    assert "1 kept, 1 made again as known then, 0 as known now" in told
    assert "The release was recorded later" in told
    assert main(["statistics", "snapshot", "--day", "2026-03-10", *data]) == 2
    assert main(["statistics", "snapshot", "--day", "2026-03-09", *data]) == 0
    assert "0 people held, sealed" in capsys.readouterr().out
