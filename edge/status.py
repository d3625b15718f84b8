"""How a terminal stands, read from its disk; changes nothing, and works while the agent runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography import x509
from msgspec import DecodeError

from edge import journal_file
from edge.clock import SystemClock, disk_free_bytes
from edge.condition_file import read_condition
from edge.configuration.stored import read_stored
from edge.connection_words import why_not
from edge.counters import Counters
from edge.errors import EdgeError, JournalDamagedError
from edge.locking import is_held
from edge.ports import Standing
from edge.provisioning import Folder, load_grant, load_keys
from edge.roll_file import open_roll_file
from edge.settings import Settings
from wire.errors import WireError


@dataclass(frozen=True)
class Status:
    """`journalled` counts the present journal's entries; None is unknown: `trouble` then says why.

    Ages are in seconds. `sensor`, `connection` and `alarms` are what the running agent said last; without one they are
    None or empty.
    """

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
    roll_age_s: int | None
    rules_age_s: int | None
    config_version: str | None
    config_on_trial: bool
    config_refused: str | None
    protection: str | None
    certificate_until: str | None
    clock: str
    sensor: str | None
    connection: str | None
    alarms: list[str]
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
    running = is_held(folder.lock)
    said = read_condition(folder.condition) if running else {}
    return Status(
        terminal=settings.terminal,
        model=settings.model,
        running=running,
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
        clock=SystemClock().read().confidence.value,
        sensor=_word(said, "sensor"),
        connection=_connection(said),
        alarms=[str(word) for word in _listed(said.get("alarms"))],
        protection=_protection(folder, settings, trouble),
        certificate_until=_certificate_until(folder),
        **_configuration(folder, trouble),
        **_ages(folder, trouble),
        disk_free_mb=disk_free_bytes(folder.root) >> 20,
        set_aside=sorted(path.name for path in aside.iterdir()) if aside.is_dir() else [],
        trouble=trouble,
    )


def _word(said: Mapping[str, object], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _connection(said: Mapping[str, object]) -> str | None:
    """In words: what the agent noted of its last try to reach the broker, `connected` when it stands."""
    failure = _word(said, "connection")
    if failure is None:
        return None
    return "connected" if not failure else why_not(failure) or failure


def _protection(folder: Folder, settings: Settings, trouble: list[str]) -> str | None:
    try:
        return open_roll_file(folder, settings).lies_under().value
    except OSError as error:
        trouble.append(f"The roll copy cannot be read ({error.strerror}).")
        return None


def _certificate_until(folder: Folder) -> str | None:
    try:
        held = x509.load_pem_x509_certificate(folder.certificate.read_bytes())
    except (OSError, ValueError):
        return None
    return held.not_valid_after_utc.isoformat()


def _configuration(folder: Folder, trouble: list[str]) -> dict[str, Any]:
    try:
        stored = read_stored(folder.configuration)
    except (OSError, DecodeError, WireError):
        trouble.append("The configuration's file cannot be read: the terminal runs by what it was made with.")
        return {"config_version": None, "config_on_trial": False, "config_refused": None}
    present = stored.trial or stored.kept
    return {
        "config_version": None if present is None else str(present.version),
        "config_on_trial": stored.trial is not None,
        "config_refused": None if stored.refused is None else str(stored.refused.version),
    }


def _ages(folder: Folder, trouble: list[str]) -> dict[str, Any]:
    counters, now = Counters(folder.counters), SystemClock().read()
    try:
        roll, rules = counters.confirmed(), counters.rules_confirmed()
    except (EdgeError, OSError, ValueError, TypeError, IndexError):
        trouble.append("The counters cannot be read: they begin anew at the next start.")
        return {"roll_age_s": None, "rules_age_s": None}
    return {
        "roll_age_s": None if roll is None else int(now.seconds_since(roll)),
        "rules_age_s": None if rules is None else int(now.seconds_since(rules[0])),
    }


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
