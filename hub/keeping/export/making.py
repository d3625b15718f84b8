"""Making the file of an export beside the pages, and taking away what is no longer to be fetched."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.vault import Vault
from hub.database import Sessions, session_scope
from hub.keeping.backup.dumping import one_state
from hub.keeping.export import actions
from hub.keeping.export.actions import State
from hub.keeping.export.everything import export_everything, rows_in_all
from hub.keeping.export.package import Opened, Package, into_locked
from hub.keeping.export.records import Export
from hub.sentences import RefusedError, Sentence
from hub.settings import sync_folder

FOLDER: Final = "exports"
JOB: Final = Actor("export", "hub")
TIDY_EVERY: Final = timedelta(minutes=10)
DISK: Final = "disk"
STOPPED: Final = "stopped"
"""What an export stopped for, as it is stored."""
_log = logging.getLogger("hub.keeping")


@contextmanager
def reading_one_state(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database, however long it reads, and holds up nobody."""
    with one_state(engine) as connection, Session(connection, autoflush=False) as session:
        yield session


@dataclass(frozen=True)
class Locked:
    """A locked export, whole and on disk under a name of its own, until it is put in its place."""

    part: Path
    size_bytes: int
    digest: str
    rows: int

    def put(self, path: Path) -> None:
        """Give it its name, whatever had it before."""
        self.part.replace(path)
        sync_folder(path.parent)


@contextmanager
def locked(path: Path, passphrase: str, at: datetime, write: Callable[[Opened], int]) -> Iterator[Locked]:
    """What `write` writes, locked, beside `path`; gone at the end unless it was put there. OSError as it comes.

    The name is the maker's own: of two who make the same export, as when one was taken for dead, neither writes into
    the other's.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            with into_locked(out, passphrase, at) as opened:
                rows = write(opened)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
            out.seek(0)
            digest = hashlib.file_digest(out, "sha256").hexdigest()
        yield Locked(part, size, digest, rows)
    finally:
        part.unlink(missing_ok=True)


class Exporter:
    """Makes files in `folder`, None where this site has none. One thread for each export that it was asked to make."""

    def __init__(
        self, sessions: Sessions, vault: Vault, clock: Callable[[], datetime], folder: Path | None
    ) -> None:
        self._sessions, self._vault, self._clock, self._folder = sessions, vault, clock, folder
        self._threads: dict[int, threading.Thread] = {}
        self._turn = threading.Lock()

    def __repr__(self) -> str:
        return "Exporter()"

    @property
    def can(self) -> bool:
        """Whether there is a place for files."""
        return self._folder is not None

    def path(self, export_id: int) -> Path:
        """Where the file of an export lies."""
        assert self._folder is not None
        return self._folder / f"{export_id}.zip.age"

    def open(self, export_id: int) -> BinaryIO:
        """The file of an export; RefusedError when it is not there, as after a restore."""
        try:
            return self.path(export_id).open("rb")
        except FileNotFoundError:
            raise RefusedError(
                "no_file", Sentence("The file is not on this hub. Give this export up and ask for a new one.")
            ) from None

    def go(self, export_id: int) -> None:
        """Make it, beside other work; nothing when this process is at it."""
        with self._turn:
            if self.is_at(export_id):
                return
            thread = threading.Thread(
                target=self._work, args=(export_id,), name=f"export-{export_id}", daemon=True
            )
            self._threads[export_id] = thread
            thread.start()

    def is_at(self, export_id: int) -> bool:
        thread = self._threads.get(export_id)
        return thread is not None and thread.is_alive()

    def wait(self, export_id: int) -> None:
        """Until this process has nothing more to do for an export."""
        thread = self._threads.get(export_id)
        if thread is not None:
            thread.join()

    def tidy(self) -> None:
        """End what is late, and delete every file that nobody is to fetch any more."""
        with session_scope(self._sessions) as session:
            actions.lapse(session, actor=JOB, at=self._clock())
        if self._folder is None or not self._folder.is_dir():
            return
        # Listed before the question: what is asked for in between has no file among these.
        files = [path for path in self._folder.iterdir() if not path.is_dir()]
        with session_scope(self._sessions, writes=False) as session:
            row = actions.open_export(session)
        kept = None if row is None else self.path(row.id).name
        being_made = row is not None and row.state == State.MAKING
        for path in files:
            if path.name != kept and not (being_made and path.name.startswith(f".{kept}.")):
                path.unlink(missing_ok=True)

    def _work(self, export_id: int) -> None:
        try:
            self._make(export_id)
        except _GivenUpError:
            _log.info("export %s was given up while it was made", export_id)
        except OSError as error:
            _log.error("export %s cannot be written: %s", export_id, error.strerror)
            self._failed(export_id, DISK)
        except Exception as error:  # noqa: BLE001 - a thread has nobody above it; whoever asked makes it again
            # What an error says can be a name: only its sort and where it happened goes into the log.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("export %s stopped: %s\n%s", export_id, type(error).__name__, frames)
            self._failed(export_id, STOPPED)

    def _make(self, export_id: int) -> None:
        assert self._folder is not None
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with session_scope(self._sessions, writes=False) as session:
            row = actions.found(session, export_id)
            passphrase, with_fingers = actions.passphrase_of(self._vault, row), row.with_fingers
        at = self._clock()

        def write(opened: Opened) -> int:
            package = Package(opened, lambda rows: self._beat(export_id, done=rows))
            with reading_one_state(engine_of(self._sessions)) as session:
                self._beat(export_id, done=0, total=rows_in_all(session, with_fingers=with_fingers))
                export_everything(session, self._vault, package, at=at, with_fingers=with_fingers)
            return package.rows

        path = self.path(export_id)
        with locked(path, passphrase, at, write) as file, session_scope(self._sessions) as session:
            # Put in its place by whoever is told that it is made: no other maker touches a file that can be fetched.
            if actions.made(
                session,
                export_id,
                size_bytes=file.size_bytes,
                digest=file.digest,
                rows=file.rows,
                actor=JOB,
                at=self._clock(),
            ):
                file.put(path)

    def _beat(self, export_id: int, **values: Any) -> None:
        with session_scope(self._sessions) as session:
            wanted = session.execute(
                update(Export)
                .where(Export.id == export_id, Export.state == State.MAKING.value)
                .values(beat_at=self._clock(), problem="", **values)
                .returning(Export.id)
            ).first()
        if wanted is None:
            raise _GivenUpError

    def _failed(self, export_id: int, problem: str) -> None:
        with session_scope(self._sessions) as session:
            session.execute(
                update(Export)
                .where(Export.id == export_id, Export.state == State.MAKING.value)
                .values(problem=problem)
            )


class _GivenUpError(Exception):
    """Somebody ended the export while it was made."""


class ExportTidy:
    """Deletes what nobody fetched in time, also while nobody looks at the page."""

    def __init__(self, exporter: Exporter) -> None:
        self._exporter = exporter
        self._due_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Nothing is counted: files are no work that waits."""
        if self._due_at is None or now >= self._due_at:
            self._due_at = now + TIDY_EVERY
            self._exporter.tidy()
        return 0


def sent(file: BinaryIO, ended: Callable[[bool], None]) -> Iterator[bytes]:
    """The file in pieces; `ended` hears whether all of it went."""
    whole = False
    try:
        with file:
            while piece := file.read(1 << 18):
                yield piece
        whole = True
    finally:
        ended(whole)


def engine_of(sessions: Sessions) -> Engine:
    """The engine that a session factory was made for."""
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine)
    return engine
