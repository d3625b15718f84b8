"""Taking a backup while the hub runs: one state of the database, the keys and the settings, locked as they are read.

Nothing in the clear is written anywhere. The file appears under its name only when it is whole and on disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Engine

from hub.accounts.audit import Actor, write_down
from hub.database import make_sessions, session_scope
from hub.keeping.backup.checks import How, note_check
from hub.keeping.backup.container import Reader, Writer
from hub.keeping.backup.dumping import Dumped, dump, one_state, schema_of
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.frames import End, File, put
from hub.keeping.backup.records import Backup
from hub.keeping.backup.rotation import name_of, rotate
from hub.keeping.backup.settings import BackupSettings
from hub.settings import Settings, sync_folder
from hub.terminals.key_files import read_signing_key

_TOP_FILES: Final = ("hub.toml", "backup.toml", "audit-head.json", "deleted.sealed")
_FOLDERS: Final = ("keys", "broker")
_MAX_FILE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """A finished backup. `deleted` are older ones that made room for it."""

    path: Path
    began_at: datetime
    size_bytes: int
    digest: str
    tables: dict[str, int]
    deleted: list[str]


def take_backup(
    hub: Settings,
    kept: BackupSettings,
    engine: Engine,
    target: Path,
    *,
    clock: Callable[[], datetime],
    actor: Actor,
) -> Taken:
    """Write a backup to `target`, a folder (where older ones make room) or a new file; it is noted in the database.

    BackupError with what stands against it; then nothing of it is left.
    """
    began_at = clock()
    folder = target.is_dir()
    if not folder and not target.suffix and not target.exists():
        # A disk that is not mounted looks like this: a file in its place would lie on the hub's own.
        raise BackupError(
            "no_folder",
            f"There is no folder {target}. Mount its disk or make it; for a single file name one that ends in .backup.",
        )
    path = target / name_of(began_at) if folder else target
    if path.exists():
        raise BackupError(
            "exists", f"{path} exists already. Name another file: a backup is never overwritten."
        )
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            digest, dumped = _write(hub, kept, engine, out, began_at)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
            # Read back from the file: a card that lies is found now and not on the day of need.
            if Reader(_rewound(out)).check() != digest:
                raise BackupError("unread", f"{path} does not read back as it was written. Use another disk.")
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise BackupError(
            "unwritten",
            f"The backup cannot be written to {path}: {error.strerror}. Make room there or name another place.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    _note(engine, path, began_at, clock(), size, digest, dumped, actor)
    gone = rotate(target, days=kept.keep_days, weeks=kept.keep_weeks) if folder else []
    return Taken(path, began_at, size, digest, dumped.tables, gone)


def _write(
    hub: Settings, kept: BackupSettings, engine: Engine, out: BinaryIO, began_at: datetime
) -> tuple[str, Dumped]:
    with one_state(engine) as connection:
        schema = schema_of(connection)
        writer = Writer(out, kept.receiver, read_signing_key(hub.keys), began_at, schema, _software())
        files = []
        for file in _files(hub.data):
            put(writer, file)
            files.append(file.name)
        dumped = dump(connection, writer)
    put(writer, End(began_at, dumped.tables, files, dumped.journals, dumped.trail))
    return writer.close(), dumped


def _files(data: Path) -> Iterator[File]:
    """Settings, keys and what the broker runs by; not the database, which is read by itself."""
    found = [data / name for name in _TOP_FILES]
    for folder in _FOLDERS:
        found += sorted((data / folder).rglob("*"))
    for path in found:
        if path.is_file() and not path.is_symlink() and not path.name.endswith((".new", ".part", ".db")):
            if path.stat().st_size > _MAX_FILE:
                raise BackupError(
                    "large_file", f"{path} is too large for a file of settings. Move it elsewhere."
                )
            yield File(path.relative_to(data).as_posix(), path.read_bytes())


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _note(
    engine: Engine,
    path: Path,
    began_at: datetime,
    ended_at: datetime,
    size: int,
    digest: str,
    dumped: Dumped,
    actor: Actor,
) -> None:
    with session_scope(make_sessions(engine)) as session:
        session.add(
            Backup(
                began_at=began_at,
                ended_at=ended_at,
                name=path.name[:120],
                size_bytes=size,
                digest=digest,
                restored=False,
                journals=[list(mark) for mark in dumped.journals],
            )
        )
        write_down(session, at=ended_at, actor=actor, act="backup.take", detail=f"{path.name} {digest[:16]}")
        note_check(session, How.READ_BACK, digest=digest, place=path, actor=actor, at=ended_at)


def _software() -> str:
    try:
        return version("pims")
    except PackageNotFoundError:
        return "unknown"
