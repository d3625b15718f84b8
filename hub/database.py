"""The one way to the database: base of all tables, engine for SQLite or PostgreSQL, and transactions.

Every action takes a Session and leaves the transaction to the door (a view, a command, the ingest loop), which
opens it with `session_scope`.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated, Any, Final, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from hub.errors import HubError

T = TypeVar("T")

_ONCE: Final = "read once"

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for another writer's transaction; each of ours takes a small part of it."""

_ASKS_FOR_MS: Final = 8
"""SQLite asks after 1, 2 and 5 ms, then ever more seldom: so long it is left to itself before it begins anew."""

Sessions = sessionmaker[Session]

BIG = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both databases: SQLite numbers rows by itself only in a column called INTEGER."""

Id = Annotated[int, mapped_column(BIG, primary_key=True, autoincrement=True)]
"""Primary key numbered by the database: `id: Mapped[Id]`."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. ValueError for a naive one, so that a local time never gets in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored time must be aware.")
        aware = value.astimezone(UTC)
        # SQLite keeps text: without an offset every value has one form and sorts by time.
        return aware.replace(tzinfo=None) if dialect.name == "sqlite" else aware

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Into SQLite's text in one step, as they are written by the thousand too."""
        return _write_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Of SQLite's text in one step: times are read by the million, and each further call shows."""
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _write_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("A stored time must be aware.")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]


def _read_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Base(DeclarativeBase):
    """Base of every table. Constraints are named by rule, so that a migration can name them again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy reads it once, as declared


def make_engine(url: str) -> Engine:
    """Engine for an SQLAlchemy URL of SQLite or PostgreSQL. Nothing is opened yet.

    Its errors show no parameters: those can be names or templates. HubError when the driver is not installed.
    """
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    except ModuleNotFoundError as error:
        raise HubError(
            "database_driver",
            f"The database needs a driver that is not installed: {error.name}. "
            "Install it, for PostgreSQL with: pip install 'psycopg[binary]'",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "before_cursor_execute", _refuse_to_write)
        event.listen(engine, "commit", _refuse_what_was_written)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
    return engine


def make_sessions(engine: Engine) -> Sessions:
    """Session factory; objects stay readable after their transaction ended."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def session_scope(sessions: Sessions, *, writes: bool = True) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when anything is raised.

    With `writes` it is a writer from its first statement, so it never fails half way for having read first.
    Without, it sees one state of the database, holds up nobody, and a write in it is an error.
    """
    with sessions() as session, session.begin():
        if not writes:
            session.connection(execution_options={"pims_reads": True, "postgresql_readonly": True})
            session.info[_ONCE] = {}
            session.autoflush = False  # nothing is written here, and each reading statement would look for it
        yield session


def once(session: Session, read: Callable[[Session], T]) -> T:
    """What `read` gives; a transaction that only reads asks it once, whoever needs it. Nobody changes what they get."""
    known: dict[Callable[[Session], Any], Any] | None = session.info.get(_ONCE)
    if known is None:
        return read(session)
    if read not in known:
        known[read] = read(session)
    found: T = known[read]
    return found


def is_busy(error: OperationalError) -> bool:
    """Whether somebody else held the database for too long: nothing is wrong, and trying again helps.

    SQLite's one writer, or PostgreSQL's lock timeout (55P03), deadlock (40P01) and serialisation failure (40001).
    """
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(error.orig, "sqlstate", None) in ("55P03", "40P01", "40001")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # Of itself it lets a writer wait for ever: a page would hang where on SQLite it says that the hub is busy.
    connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    # What it compiles for a statement it guesses to be long costs more than any of ours takes.
    connection.execute("SET jit = off")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control is off: `_begin_sqlite` says which kind of transaction starts.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # What the law has deleted is overwritten, not only given free: not every maker's library does so by itself.
        "secure_delete = ON",
        # Without it INSERT OR REPLACE takes a row away and asks no trigger: append-only tables would have a way round.
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if _only_reads(connection):
        connection.info[_CHANGES] = _changes(connection)
        connection.exec_driver_sql("BEGIN")
        return
    refused = _refused_to_write(cast(sqlite3.Connection, connection.connection.driver_connection))
    if refused is not None:
        # Whoever waits for a busy database knows SQLAlchemy's names of these.
        raise OperationalError("BEGIN IMMEDIATE", None, refused, hide_parameters=True) from refused


def _refused_to_write(driver: sqlite3.Connection) -> sqlite3.OperationalError | None:
    """None once the connection is the one writer; why it is not, at the latest after BUSY_TIMEOUT_MS.

    Left to itself SQLite soon asks every tenth of a second only: whoever writes one transaction after another, as
    ingest does with a backlog, would leave others no chance until their time is over.
    """
    until_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute(f"PRAGMA busy_timeout = {min(_ASKS_FOR_MS, BUSY_TIMEOUT_MS)}")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return None
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until_s:
                    return error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


_CHANGES: Final = "rows changed before"
_READING: Final = re.compile(
    r"\s*(?:SELECT|WITH|VALUES|EXPLAIN|PRAGMA|BEGIN|SAVEPOINT|RELEASE|ROLLBACK)\b", re.I
)


def _refuse_to_write(
    connection: Connection, _cursor: object, statement: str, _values: object, _context: object, _many: bool
) -> None:
    """OperationalError for a statement that does more than read, in a transaction that only reads.

    SQLite's own `query_only` would do it too, but each time it is switched, every statement that the connection has
    prepared is prepared again: a quarter of what a page costs.
    """
    if _only_reads(connection) and not _READING.match(statement):
        raise _read_only(statement)


def _refuse_what_was_written(connection: Connection) -> None:
    """The same for whatever began like a reading statement: by SQLite's count of changed rows."""
    if _only_reads(connection) and _changes(connection) != connection.info[_CHANGES]:
        raise _read_only(None)


def _only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("pims_reads", False))


def _changes(connection: Connection) -> int:
    driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    return driver.total_changes


def _read_only(statement: str | None) -> OperationalError:
    error = sqlite3.OperationalError("attempt to write in a readonly transaction")
    error.sqlite_errorcode = sqlite3.SQLITE_READONLY
    return OperationalError(statement, None, error, hide_parameters=True)


class Series(IntEnum):
    """Tables that others follow by their ids; numbers of our own for PostgreSQL's advisory locks."""

    FEED = 0x50494D53
    PERSON_CHANGES = 0x50494D54
    ORDERS = 0x50494D55


def in_commit_order(session: Session, series: Series) -> None:
    """Let the ids of a series become visible in their order, so that whoever follows them misses none.

    PostgreSQL gives ids out before the commit; a lock held to the end of the transaction makes writers take turns.
    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(series)})
