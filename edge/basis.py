"""What a start reads from disk before anything runs: who this terminal is, its roll copy, its journal."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import matching
from edge.clock import SystemClock
from edge.configuration.starting import Start
from edge.counters import Counters
from edge.errors import JournalDamagedError
from edge.journal import Journal, Room, open_journal
from edge.journal_file import Mark
from edge.journal_mark import MarkFile
from edge.log import Log
from edge.protection import AtRest, RollKeys
from edge.provisioning import Folder, Keys, load_grant, load_keys
from edge.refusals import Refusals
from edge.roll_copy import RollCopy
from edge.roll_file import RollFile
from edge.settings import Settings
from wire.provisioning import CheckpointSettings, Grant

UNASSIGNED = CheckpointSettings(checkpoint="unassigned", from_zone="unassigned", to_zone="unassigned")
"""Where a terminal stands before its grant: it journals and refers everybody."""

MIB = 1 << 20


@dataclass(frozen=True)
class Basis:
    """Everything that the parts of an agent share."""

    folder: Folder
    start: Start
    settings: Settings
    grant: Grant | None
    keys: Keys
    counters: Counters
    refusals: Refusals
    roll_keys: RollKeys
    roll_file: RollFile
    clock: SystemClock
    log: Log

    @property
    def place(self) -> CheckpointSettings:
        return UNASSIGNED if self.grant is None else self.grant.checkpoint

    @property
    def marks(self) -> MarkFile:
        return MarkFile(self.folder.mark, self.settings.terminal, self.keys.signing)


def read_basis(folder: Folder, start: Start, log: Log) -> Basis:
    """StartError when a file that nothing can replace is missing or damaged."""
    settings = start.settings
    roll_keys = RollKeys(folder, AtRest(settings.protection.at_rest), os.environ)
    counters = Counters(folder.counters)
    if not counters.check():
        log.error("counters_damaged", say="They begin anew; the old file is beside the new one.")
    return Basis(
        folder=folder,
        start=start,
        settings=settings,
        grant=load_grant(folder, settings),
        keys=load_keys(folder),
        counters=counters,
        refusals=Refusals(log.of("downlink")),
        roll_keys=roll_keys,
        roll_file=RollFile(folder.roll, roll_keys, settings.terminal),
        clock=SystemClock(),
        log=log,
    )


def open_roll(basis: Basis) -> RollCopy:
    """The roll copy as it was stored, empty when there is none that can be opened."""
    roll = RollCopy(
        basis.roll_file,
        matching.Gallery,
        terminal=basis.settings.terminal,
        to_zone=basis.place.to_zone,
        opening_key=basis.keys.opening,
        counters=basis.counters,
        clock=basis.clock,
        log=basis.log.of("roll"),
    )
    roll.load(aside_name())
    return roll


def open_own_journal(basis: Basis) -> tuple[Journal, JournalDamagedError | None]:
    """The journal, with what was wrong with the one before; what was read now is not read at the next start."""
    terminal, chosen = basis.settings.terminal, basis.settings.journal
    room = Room(chosen.most_mb * MIB, chosen.reserve_mb * MIB, chosen.low_mb * MIB)
    journal, damage = open_journal(
        basis.folder.journal, terminal, room, new_id, aside_name, basis.marks.load()
    )
    if damage is not None:
        basis.log.error("journal_set_aside", say=damage.sentence)
    keep_mark(basis, journal)
    return journal, damage


def keep_mark(basis: Basis, journal: Journal) -> None:
    """Notes that the journal was found whole to its end. A card that takes no note stops nothing."""
    standing = journal.standing()
    mark = Mark(standing.journal_id, standing.last, standing.last_link)
    if basis.marks.load() == mark:
        return
    try:
        basis.marks.keep(mark)
    except OSError as error:
        basis.log.warning("mark_not_kept", why=error.strerror)


def software() -> str:
    """Name and version for the journal and the hub."""
    try:
        return f"pims-edge {version('pims')}"
    except PackageNotFoundError:
        return "pims-edge from source"


def new_id() -> bytes:
    return secrets.token_bytes(16)


def aside_name() -> str:
    """Two in one second must not share a folder, and the clock may be wrong."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
