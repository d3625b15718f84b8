"""Bringing a hub back from a backup. What was there stays aside, and nothing takes its place before it is whole."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.accounts.audit_head import FILE as HEAD
from hub.accounts.audit_head import Head, keep_head, read_head
from hub.accounts.audit_records import AuditSeal
from hub.accounts.records import LoginSession
from hub.database import make_engine, make_sessions, session_scope
from hub.keeping.backup import deleted as deletions
from hub.keeping.backup.container import Header, Reader
from hub.keeping.backup.deleted import Deleted, Sieve
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.frames import End, File, Frame, Rows, frames
from hub.keeping.backup.loading import check_empty, check_schema, load
from hub.keeping.backup.records import Backup
from hub.keeping.backup.using import check_unused
from hub.roll.actions import raise_epoch
from hub.settings import sync_folder
from wire.keys import OpeningKey


@dataclass(frozen=True)
class Verified:
    """A backup that holds what it lists. `end` is None when it was looked at without its key."""

    header: Header
    digest: str
    end: End | None


@dataclass(frozen=True)
class Restored:
    """A hub brought back to how it was at `began_at`. `aside` is where the former one lies, if there was one.

    `epoch` is the one that it speaks in from now on; `left_out` counts rows that were deleted by law since.
    `list_found` tells whether a list of deletions lay beside the backup or in the folder that was replaced: the one
    inside a backup knows nothing of what came after it.
    """

    began_at: datetime
    epoch: int
    aside: Path | None
    left_out: int
    list_found: bool


def open_backup(path: Path) -> BinaryIO:
    """The file of a backup; BackupError when it cannot be read."""
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError("unread", f"{path} cannot be read: {error.strerror}. Name a backup.") from error


def verify_backup(path: Path, key: OpeningKey | None) -> Verified:
    """Read a backup to its end; with `key` every row and file of it. BackupError with what is wrong."""
    with open_backup(path) as file:
        reader = Reader(file)
        digest = reader.check()
        end = None
        if key is not None:
            for frame in frames(reader.chunks(key)):
                end = frame if isinstance(frame, End) else end
    return Verified(reader.header, digest, end)


def restore(
    path: Path,
    data: Path,
    key: OpeningKey,
    *,
    clock: Callable[[], datetime],
    replace: bool = False,
    database: str = "",
) -> Restored:
    """Make the hub of a backup in `data`; `database` names another database than the backup's own.

    Without `replace` BackupError when there is a hub. Until the last step nothing there is touched; interrupted, it is
    simply done again.
    """
    verified = verify_backup(path, key)
    check_schema(verified.header.schema)
    assert verified.end is not None
    _check_place(data, replace)
    listed = any(place.exists() for place in _lists(path, data))
    known = [one for place in _lists(path, data) for one in deletions.read_deleted(place, key)]
    staging = data.with_name(data.name + ".restoring")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700, parents=True)
    try:
        return _build(path, data, staging, key, verified.end, known, listed, database, clock)
    except OSError as error:
        raise BackupError(
            "unwritten",
            f"The hub cannot be written beside {data}: {error.strerror}. Make room and try again.",
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _build(
    path: Path,
    data: Path,
    staging: Path,
    key: OpeningKey,
    end: End,
    known: list[Deleted],
    listed: bool,
    database: str,
    clock: Callable[[], datetime],
) -> Restored:
    with open_backup(path) as file:
        reader = Reader(file)
        found = iter(frames(reader.chunks(key)))
        first = _write_files(staging, found)
        inside = staging / deletions.FILE
        sieve = Sieve.of([*known, *deletions.read_deleted(inside, key)], end.began_at)
        if database:
            _name_database(staging / settings.FILE, database)
        engine = make_engine(settings.load(staging).database)
        _close_to_others(engine)
        try:
            check_empty(engine)
            load(engine, reader.header.schema, _rows(first, found), sieve)
            epoch = _begin_again(engine, path.name, end, data, clock())
            _note_head(engine, staging / HEAD)
        finally:
            engine.dispose()
    aside = _swap(data, staging, clock())
    return Restored(end.began_at, epoch, aside, sum(sieve.left_out.values()), listed)


def _check_place(data: Path, replace: bool) -> None:
    if not data.exists() or not any(data.iterdir()):
        return
    if not replace:
        raise BackupError(
            "exists",
            f"There is something in {data} already. Name another folder, or say --replace: "
            "what is there is then put aside, not deleted.",
        )
    check_unused(data, None)


def _lists(path: Path, data: Path) -> tuple[Path, Path]:
    """Where what was deleted by law since may be listed: beside the backup, or in the folder that is replaced."""
    return path.resolve().parent / deletions.FILE, data / deletions.FILE


def _write_files(staging: Path, found: Iterator[Frame]) -> Frame | None:
    """Write the files, which come first; gives the first frame after them."""
    for frame in found:
        if not isinstance(frame, File):
            return frame
        name = PurePosixPath(frame.name)
        if name.is_absolute() or ".." in name.parts:
            raise BackupError("odd_name", "The backup names a file outside its folder. Use another one.")
        target = staging / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(frame.content)
            out.flush()
            os.fsync(out.fileno())
    return None


def _rows(first: Frame | None, rest: Iterator[Frame]) -> Iterator[Rows]:
    if isinstance(first, Rows):
        yield first
    for frame in rest:
        if isinstance(frame, Rows):
            yield frame


def _begin_again(engine: Engine, name: str, end: End, data: Path, now: datetime) -> int:
    """What sets a restored hub apart from the one it was: a new epoch, nobody signed in, and a line in the trail."""
    before = read_head(data / HEAD)
    with session_scope(make_sessions(engine)) as session:
        epoch = raise_epoch(session, now)
        session.add(
            Backup(
                began_at=end.began_at,
                ended_at=now,
                name=name[:120],
                size_bytes=0,
                digest="",
                restored=True,
                journals=[list(mark) for mark in end.journals],
            )
        )
        session.execute(update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now))
        trail = "" if before is None else f", the trail it replaces ended at line {before.position}"
        detail = f"{name} of {end.began_at:%Y-%m-%d %H:%M:%S} UTC{trail}"
        write_down(session, at=now, actor=OPERATOR, act="backup.restore", detail=detail)
    return epoch


def _note_head(engine: Engine, path: Path) -> None:
    with session_scope(make_sessions(engine), writes=False) as session:
        last = _last_seal(session)
        if last is not None:
            keep_head(path, Head.of(last))


def _last_seal(session: Session) -> AuditSeal | None:
    return session.scalar(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1))


def _close_to_others(engine: Engine) -> None:
    """SQLite makes its files as open as the user's umask says; what it makes beside one is as closed as that one."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        os.close(os.open(engine.url.database, os.O_WRONLY | os.O_CREAT, 0o600))


def _name_database(path: Path, database: str) -> None:
    """Put another database into hub.toml, where it stands before the first section."""
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not re.match(r"database\s*=", line)
    ]
    quoted = database.replace("\\", "\\\\").replace('"', '\\"')
    path.write_text("\n".join([f'database = "{quoted}"', *lines, ""]), encoding="utf-8")


def _swap(data: Path, staging: Path, now: datetime) -> Path | None:
    aside = None
    if data.exists():
        if any(data.iterdir()):
            aside = data.with_name(f"{data.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
            data.rename(aside)
        else:
            data.rmdir()
    staging.rename(data)
    sync_folder(data.parent)
    return aside
