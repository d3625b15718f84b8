"""What officers wrote to agencies can name people: it goes in time as what was sent does, out of every file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions, session_scope
from hub.sharing.forensic.approving import refuse
from hub.sharing.forensic.clearing import WORDS_FOR, ForensicTidy
from hub.sharing.forensic.records import ForensicRequest, ForensicStep
from hub.sharing.inbox.desk import InboxDesk
from hub.sharing.inbox.messages import Subject

from ... import databases
from .inbox_world import RITA, Inbox, inbox, order
from .site_world import World, cheap_passwords

NOBODY = Subject(surname="Tzulquin", given="Marvin", born_on=date(1988, 7, 2), sex="M")
WORDS = "Not here: ask the sister, Philippa Quetzaltepec, in Dangriga."
HASH = hashlib.sha256(WORDS.encode()).hexdigest()
TELLTALE = (b"Tzulquin", b"tzulquin", b"Quetzaltepec")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """On SQLite, whatever the others run on: its files are looked into."""
    engine = make_engine(databases.new_database(tmp_path, migrated=True, postgresql=False))
    yield World(tmp_path, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    engine.dispose()


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


def files_of(world: World) -> bytes:
    """The database's file, its log and whatever lies beside it, as a thief would copy them."""
    return b"".join(path.read_bytes() for path in sorted(world.folder.glob("hub.sqlite*")))


def refused(desk: Inbox) -> str:
    number = desk.send("order", order("o-1", subject=NOBODY)).number
    desk.refuse(number, "unknown_person", WORDS)
    return number


def test_words_and_message_are_in_no_file_of_the_database_any_more(desk: Inbox) -> None:
    number = refused(desk)
    held = files_of(desk.world)
    assert all(word in held for word in TELLTALE), "the test must be able to fail"
    desk.world.later(days=366)
    InboxDesk(desk.world.sessions).tick(desk.world.at)
    held = files_of(desk.world)
    assert [word for word in TELLTALE if word in held] == []
    assert HASH.encode() in held
    page = desk.world.browser("rita").get(f"/inbox/{number}").text
    assert HASH in page
    assert "nobody here by that" in page, "the reason's code stays, and is said in words"


def test_a_long_reading_only_puts_it_off(desk: Inbox) -> None:
    refused(desk)
    desk.world.later(days=366)
    work = InboxDesk(desk.world.sessions)
    with session_scope(desk.world.sessions, writes=False) as reader:
        reader.execute(text("SELECT count(*) FROM persons")).scalar_one()
        work.tick(desk.world.at)
        assert b"Quetzaltepec" in files_of(desk.world), "somebody reads the old state"
    work.tick(desk.world.at + timedelta(minutes=2))
    assert b"Quetzaltepec" not in files_of(desk.world)


def test_until_then_they_are_read_and_nobody_takes_them_away(desk: Inbox) -> None:
    number = refused(desk)
    assert WORDS in desk.world.browser("rita").get(f"/inbox/{number}").text
    assert desk.receipt(number).reason == WORDS
    for statement in ("DELETE FROM inbox_words", "UPDATE inbox_words SET words = ''"):
        with pytest.raises(DBAPIError, match="append-only"), session_scope(desk.world.sessions) as session:
            session.execute(text(statement))


def test_words_to_a_laboratory_go_as_well_and_stand_in_no_trail(desk: Inbox) -> None:
    world = desk.world
    with session_scope(world.sessions) as session:
        row = ForensicRequest(
            number="FR-000001", kind="prints", agency="forensic", client="lab", message_id="m-1", digest="0" * 64,
            purpose="identification", requested_by="Dr Coc", legal_basis="Section 4", case_number="L 1",
            asked_about="P-000001", positions="1", form="reference", approvals=1, received_at=world.at,
            until_at=world.at + timedelta(days=7),
        )  # fmt: skip
        session.add(row)
        session.flush()
        refuse(session, row, WORDS, actor=RITA, at=world.at)
    work = ForensicTidy(world.sessions)
    work.tick(world.at)
    assert b"Quetzaltepec" in files_of(world)
    with session_scope(world.sessions, writes=False) as session:
        assert WORDS not in str(session.execute(text("SELECT why, detail FROM audit_entries")).all())
    world.at += WORDS_FOR
    work.tick(world.at)
    assert b"Quetzaltepec" not in files_of(world)
    with session_scope(world.sessions, writes=False) as session:
        assert HASH in session.scalars(select(ForensicStep.words)).one()
