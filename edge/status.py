"""How a terminal stands, read from its disk; changes nothing, and works while the agent runs."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass

from edge import journal_file
from edge.clock import disk_free_bytes
from edge.errors import EdgeError, JournalDamagedError
from edge.locking import is_held
from edge.ports import Standing
from edge.provisioning import Folder, load_grant, load_keys
from edge.roll_file import open_roll_file
from edge.settings import Settings
from wire.errors import WireError


@dataclass(frozen=True)
class Status:
    """`journalled` counts the present journal's entries; None is unknown: `trouble` then says why."""

    terminal: str
    model: str
    running: bool
    granted: bool
    checkpoint: str | None
    journal_id: str | None
    journalled: int | None
    committed: int | None
    backed_up: int | None
    pruned: int | None
    queue_depth: int | None
    roll_version: str | None
    roll_people: int | None
    disk_free_mb: int
    set_aside: list[str]
    trouble: list[str]

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def read_status(folder: Folder, settings: Settings) -> Status:
    """Reads everything that can be read; what cannot is None and named in `trouble`."""
    trouble: list[str] = []
    try:
        grant = load_grant(folder, settings)
    except EdgeError as error:
        grant = None
        trouble.append(error.sentence)
    journal = _journal(folder, trouble)
    version, people = _roll(folder, settings, trouble)
    aside = folder.root / "set-aside"
    return Status(
        terminal=settings.terminal,
        model=settings.model,
        running=is_held(folder.lock),
        granted=grant is not None,
        checkpoint=grant.checkpoint.checkpoint if grant else None,
        journal_id=journal.journal_id.hex() if journal else None,
        journalled=journal.last if journal else None,
        committed=journal.committed if journal else None,
        backed_up=journal.backed_up if journal else None,
        pruned=journal.pruned_to if journal else None,
        queue_depth=journal.last - journal.committed if journal else None,
        roll_version=version,
        roll_people=people,
        disk_free_mb=disk_free_bytes(folder.root) >> 20,
        set_aside=sorted(path.name for path in aside.iterdir()) if aside.is_dir() else [],
        trouble=trouble,
    )


def _journal(folder: Folder, trouble: list[str]) -> Standing | None:
    if not folder.journal.exists():
        return None
    try:
        connection = journal_file.connect_to_look(folder.journal)
        try:
            return journal_file.standing(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        trouble.append(f"The journal cannot be read ({journal_file.reason(error)}).")
    except JournalDamagedError as error:
        trouble.append(error.sentence)
    return None


def _roll(folder: Folder, settings: Settings, trouble: list[str]) -> tuple[str | None, int | None]:
    try:
        load_keys(folder)
        stored = open_roll_file(folder, settings).load()
    except WireError as error:
        trouble.append(error.sentence)
    except EdgeError as error:
        trouble.append(error.sentence)
    else:
        return str(stored.version), len(stored.people)
    return None, None
