"""The journal's file: its tables, the check of its chain, and putting a damaged one away."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge.errors import JournalDamagedError, StartError
from edge.ports import Standing
from edge.storage import sync_folder
from wire.codec import decode
from wire.errors import WireError
from wire.journal import JOURNAL_ID_BYTES, Entry, genesis, link

LAYOUT = 1
"""Version of the tables, kept as SQLite's user_version."""

LINK_BYTES = 32
RECHECKED = 5_000
"""Entries at the end that every start reads, whatever vouches for them: they are what a start works with."""

BUSY_MS = 5_000
"""Only ever waited for while a command looks at the file from outside."""


@dataclass(frozen=True)
class Mark:
    """How far a journal's chain was followed and held: up to `sequence`, whose link is `link`."""

    journal_id: bytes
    sequence: int
    link: bytes


_TABLES = """
BEGIN;
CREATE TABLE journal (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    terminal TEXT NOT NULL,
    journal_id BLOB NOT NULL,
    committed INTEGER NOT NULL,
    backed_up INTEGER NOT NULL,
    pruned_to INTEGER NOT NULL,
    pruned_link BLOB NOT NULL
) STRICT;
CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,
    raw BLOB NOT NULL,
    link BLOB NOT NULL
) STRICT;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Connection for the terminal's own threads: write-ahead log, every commit on disk before it returns."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def connect_to_look(path: Path) -> sqlite3.Connection:
    """Connection that changes nothing; works while the agent writes."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def create(path: Path, terminal: str, journal_id: bytes) -> None:
    """An empty journal, whole as soon as `path` exists; a file of that name must not exist yet."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        connection.executescript(_TABLES)
        connection.execute(
            "INSERT INTO journal VALUES (1, ?, ?, 0, 0, 0, ?)",
            (terminal, journal_id, genesis(terminal, journal_id)),
        )
        connection.execute(f"PRAGMA user_version = {LAYOUT}")
        connection.execute("COMMIT")
    finally:
        connection.close()
    fresh.rename(path)
    sync_folder(path.parent)


def standing(connection: sqlite3.Connection) -> Standing:
    """Reads where the journal stands; JournalDamagedError when it is none."""
    facts = connection.execute(
        "SELECT terminal, journal_id, committed, backed_up, pruned_to, pruned_link FROM journal"
    ).fetchone()
    if facts is None or not is_sound(facts):
        raise JournalDamagedError("The journal's file says of itself neither terminal nor journal.")
    end = connection.execute("SELECT sequence, link FROM entries ORDER BY sequence DESC LIMIT 1").fetchone()
    return Standing(*facts, *(end or (facts[4], facts[5])))


def is_sound(facts: tuple[object, ...]) -> bool:
    """Whether what a file says of itself is of the right kinds: STRICT tables do not hold against a garbled page."""
    terminal, journal_id, committed, backed_up, pruned_to, pruned_link = facts
    marks = (committed, backed_up, pruned_to)
    return (
        isinstance(terminal, str)
        and isinstance(journal_id, bytes)
        and isinstance(pruned_link, bytes)
        and (len(journal_id), len(pruned_link)) == (JOURNAL_ID_BYTES, LINK_BYTES)
        and all(isinstance(mark, int) and mark >= 0 for mark in marks)
    )


def verify(connection: sqlite3.Connection, terminal: str, mark: Mark | None = None) -> Standing:
    """Reads every entry after `mark` and follows the chain; JournalDamagedError with the first that does not fit.

    A mark that is not of this chain is left out of account: then every entry is read.
    """
    try:
        connection.execute("BEGIN")  # one picture of the file, also while somebody writes
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > LAYOUT:
            raise StartError(
                f"The journal was written by a newer version of this software (layout {version}, this one reads "
                f"{LAYOUT}). Install the newer version again; the journal was left as it is."
            )
        found = standing(connection)
        if found.terminal != terminal:
            raise StartError(
                f"The journal in this folder belongs to terminal {found.terminal}, not to {terminal}. "
                "Give each terminal its own data folder."
            )
        _follow_chain(connection, found, mark)
    except sqlite3.Error as error:
        raise JournalDamagedError(f"The journal's file cannot be read ({reason(error)}).") from error
    return found


def _follow_chain(connection: sqlite3.Connection, found: Standing, mark: Mark | None) -> None:
    if found.pruned_to == 0 and found.pruned_link != genesis(found.terminal, found.journal_id):
        raise JournalDamagedError("The journal does not begin with its own terminal and number.")
    end = follow(connection, _start(connection, found, mark))
    if found.committed > end.sequence:
        raise JournalDamagedError(f"The journal ends at entry {end.sequence}, the hub has {found.committed}.")


def _start(connection: sqlite3.Connection, found: Standing, mark: Mark | None) -> Mark:
    """Where to begin: the last entries are always read, through the mark's own link where they hold it."""
    first = Mark(found.journal_id, found.pruned_to, found.pruned_link)
    if mark is None or not _is_of(connection, mark, found):
        return first
    sequence = min(mark.sequence, found.last - RECHECKED)
    row = connection.execute("SELECT link FROM entries WHERE sequence = ?", (sequence,)).fetchone()
    return first if row is None or sequence <= found.pruned_to else Mark(found.journal_id, sequence, row[0])


def _is_of(connection: sqlite3.Connection, mark: Mark, found: Standing) -> bool:
    if mark.journal_id != found.journal_id or mark.sequence <= found.pruned_to:
        return False
    stored = connection.execute("SELECT link FROM entries WHERE sequence = ?", (mark.sequence,)).fetchone()
    return stored is not None and stored[0] == mark.link


def follow(connection: sqlite3.Connection, start: Mark, most: int = -1) -> Mark:
    """How far the chain holds after `start`, reading at most `most` entries; JournalDamagedError where it breaks."""
    expected, before = start.sequence + 1, start.link
    for sequence, raw, stored in connection.execute(
        "SELECT sequence, raw, link FROM entries WHERE sequence > ? ORDER BY sequence LIMIT ?",
        (start.sequence, most),
    ):
        if sequence != expected or link(before, raw) != stored or _sequence_inside(raw) != sequence:
            raise JournalDamagedError(f"The journal's chain is broken at entry {expected}.")
        expected, before = sequence + 1, stored
    return Mark(start.journal_id, expected - 1, before)


def check_file(path: Path, terminal: str, mark: Mark | None = None) -> Standing:
    """Follows the chain of a file that nobody writes; JournalDamagedError when it does not hold."""
    return _checked(path, terminal, connect, mark)


def check_to_look(path: Path, terminal: str) -> Standing:
    """Follows the whole chain, changing nothing, while the agent may be writing."""
    return _checked(path, terminal, connect_to_look, None)


def _checked(
    path: Path, terminal: str, open_file: Callable[[Path], sqlite3.Connection], mark: Mark | None
) -> Standing:
    try:
        connection = open_file(path)
    except sqlite3.Error as error:
        raise JournalDamagedError(f"The journal's file cannot be opened ({reason(error)}).") from error
    try:
        return verify(connection, terminal, mark)
    finally:
        connection.close()


def _sequence_inside(raw: bytes) -> int | None:
    try:
        return decode(raw, Entry).sequence
    except WireError:
        return None


def reason(error: sqlite3.Error) -> str:
    """SQLite's own word for what went wrong; its messages are not repeated, they can quote content."""
    name: str = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    return name


def set_aside(path: Path, name: str) -> Path:
    """Moves the journal's files into `set-aside/<name>/` beside it, so that nothing of them is lost."""
    folder = path.parent / "set-aside" / name
    folder.mkdir(parents=True, mode=0o700)
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(folder / file.name)
    sync_folder(folder)
    sync_folder(folder.parent)
    sync_folder(path.parent)
    return folder
