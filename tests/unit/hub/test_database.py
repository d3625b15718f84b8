"""Transactions of the hub's database: who waits, who sees what, and what never gets in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hub.database import Id, Sessions, UtcDateTime, make_engine, make_sessions, session_scope
from hub.errors import HubError


class LocalBase(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy reads it once, as declared


class Note(LocalBase):
    __tablename__ = "note"

    id: Mapped[Id]
    at: Mapped[datetime]
    word: Mapped[str] = mapped_column(unique=True)


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    engine = make_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    LocalBase.metadata.create_all(engine)
    yield make_sessions(engine)
    engine.dispose()


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_driver_that_is_not_installed_is_named() -> None:
    with pytest.raises(HubError, match="not installed: pg8000"):
        make_engine("postgresql+pg8000:///pims")


def test_errors_show_no_parameters(sessions: Sessions) -> None:
    def twice() -> None:
        with session_scope(sessions) as session:
            session.add_all([Note(at=NOW, word="SECRET"), Note(at=NOW, word="SECRET")])

    with pytest.raises(IntegrityError) as failed:
        twice()
    assert "SECRET" not in str(failed.value)


def test_a_naive_time_is_refused(sessions: Sessions) -> None:
    with pytest.raises(StatementError, match="aware"), session_scope(sessions) as session:
        session.add(Note(at=datetime(2026, 3, 1), word="naive"))


def test_a_reading_transaction_cannot_write(sessions: Sessions) -> None:
    def sneak() -> None:
        with session_scope(sessions, writes=False) as session:
            session.add(Note(at=NOW, word="sneaked"))

    # A reading scope ends with a commit, which is when the row would be written.
    with pytest.raises(OperationalError, match="readonly"):
        sneak()
    with session_scope(sessions) as session:
        session.add(Note(at=NOW, word="allowed again"))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO note (at, word) VALUES ('2026-03-01', 'sneaked')",
        "WITH one AS (SELECT 'sneaked' AS word) INSERT INTO note (at, word) SELECT '2026-03-01', word FROM one",
        "DELETE FROM note",
        "CREATE TABLE more (id INTEGER)",
    ],
)
def test_a_reading_transaction_cannot_write_by_hand_either(sessions: Sessions, statement: str) -> None:
    with session_scope(sessions) as session:
        session.add(Note(at=NOW, word="there"))

    def sneak() -> None:
        with session_scope(sessions, writes=False) as session:
            session.execute(text(statement))

    with pytest.raises(OperationalError, match="readonly"):
        sneak()
    with session_scope(sessions, writes=False) as session:
        assert [note.word for note in session.query(Note)] == ["there"]


def test_reading_and_writing_in_turn_prepares_no_statement_again(sessions: Sessions) -> None:
    """Switching `query_only` would: SQLite then forgets every statement that the connection has prepared."""
    with session_scope(sessions) as session:
        session.add(Note(at=NOW, word="there"))
    said: list[str] = []
    with sessions() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *what: said.append(what[2]))
    for writes in (False, True, False, True):
        with session_scope(sessions, writes=writes) as session:
            session.query(Note).all()
    assert [statement for statement in said if "PRAGMA" in statement] == []


def test_an_error_leaves_nothing_behind(sessions: Sessions) -> None:
    with session_scope(sessions) as session:
        session.add(Note(at=NOW, word="twice"))

    def half_good() -> None:
        with session_scope(sessions) as session:
            session.add(Note(at=NOW, word="before"))
            session.flush()
            session.add(Note(at=NOW, word="twice"))

    with pytest.raises(IntegrityError):
        half_good()
    with session_scope(sessions, writes=False) as session:
        assert [note.word for note in session.query(Note)] == ["twice"]


def test_times_come_back_aware_and_in_utc(sessions: Sessions) -> None:
    belize = timezone(timedelta(hours=-6))
    with session_scope(sessions) as session:
        session.add(Note(at=datetime(2026, 3, 1, 6, 0, tzinfo=belize), word="morning"))
    with session_scope(sessions, writes=False) as session:
        stored = session.query(Note).one().at
        assert stored == NOW
        assert stored.tzinfo is UTC


def test_every_connection_is_durable_and_checked(sessions: Sessions) -> None:
    with session_scope(sessions, writes=False) as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_writers_that_read_first_wait_for_each_other(sessions: Sessions) -> None:
    """With a deferred BEGIN, two that read and then write would fail with a stale snapshot."""
    with session_scope(sessions) as session:
        session.add(Note(id=1, at=NOW, word="0"))
    problems: list[Exception] = []

    def count_up() -> None:
        try:
            for _ in range(20):
                with session_scope(sessions) as session:
                    note = session.get_one(Note, 1)
                    note.word = str(int(note.word) + 1)
        except OperationalError as error:
            problems.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with session_scope(sessions, writes=False) as session:
        assert session.get_one(Note, 1).word == "40"


def test_a_reader_does_not_wait_for_a_writer(sessions: Sessions) -> None:
    with session_scope(sessions) as writer:
        writer.add(Note(at=NOW, word="not yet"))
        writer.flush()
        with session_scope(sessions, writes=False) as reader:
            assert reader.query(Note).count() == 0
