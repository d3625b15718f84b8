"""Making bundles: the process that holds the journals and the hub's key does it, one at a time."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import traceback
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.control_room.replay import bundles
from hub.control_room.replay.bundles import BundlePlace
from hub.control_room.replay.offline import player_page
from hub.control_room.replay.records import ReplayBundle
from hub.control_room.replay.reel import Reel, reel
from hub.control_room.replay.site_then import maps_then
from hub.database import Sessions, session_scope
from hub.ingest.bundles import verifier
from hub.ingest.bundles.gathering import parts
from hub.ingest.bundles.packing import Contents, TerminalKey, add_part, certified, pack, when
from hub.ingest.bundles.reading_guide import guide
from hub.settings import sync_folder
from hub.terminals.records import Terminal
from wire.keys import SigningKey

DISK: Final = "disk"
STOPPED: Final = "stopped"
"""Why a bundle could not be made, as it is stored."""
_log = logging.getLogger("hub.ingest")


class BundleWork:
    """Makes what is asked for, and takes away files that have lain long enough; `tick` makes at most one."""

    def __init__(self, sessions: Sessions, signing_key: SigningKey, folder: Path) -> None:
        self._sessions = sessions
        self._signing_key = signing_key
        self._place = BundlePlace(folder)

    def tick(self, now: datetime) -> int:
        """How many bundles were made or failed; 0 when none waited."""
        self._tidy(now)
        with session_scope(self._sessions, writes=False) as session:
            row = bundles.waiting(session, now)
        if row is None:
            return 0
        with session_scope(self._sessions) as session:
            if not bundles.begin(session, row, now):
                return 0
        problem = self._make(row, now)
        if problem:
            with session_scope(self._sessions) as session:
                bundles.failed(session, row.id, problem, now)
        return 1

    def _make(self, row: ReplayBundle, now: datetime) -> str:
        """ "" when it is made, else why not."""
        try:
            self._write(row, now)
        except OSError as error:
            _log.error("bundle %s cannot be written: %s", row.id, error.strerror)
            return DISK
        except Exception as error:  # noqa: BLE001 - the others must be made all the same; who asked is told
            # What an error says can be a name: only its sort and where it happened goes into the log.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("bundle %s stopped: %s\n%s", row.id, type(error).__name__, frames)
            return STOPPED
        return ""

    def _write(self, row: ReplayBundle, now: datetime) -> None:
        path = self._place.path(row.id)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
                with session_scope(self._sessions, writes=False) as session:
                    entries = write_bundle(session, row, out, self._signing_key, now)
                out.flush()
                os.fsync(out.fileno())
                size = out.tell()
                out.seek(0)
                digest = hashlib.file_digest(out, "sha256").hexdigest()
            with session_scope(self._sessions) as session:
                if bundles.made(session, row.id, size_bytes=size, digest=digest, entries=entries, at=now):
                    part.replace(path)
                    sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)

    def _tidy(self, now: datetime) -> None:
        with session_scope(self._sessions, writes=False) as session:
            late = bundles.late(session, now)
        if not late:
            return
        with session_scope(self._sessions) as session:
            gone = bundles.expire(session, now)
        for number in gone:
            self._place.path(number).unlink(missing_ok=True)


def write_bundle(
    session: Session, row: ReplayBundle, out: BinaryIO, signing_key: SigningKey, now: datetime
) -> int:
    """Write the bundle of a row that was asked for; how many entries of terminals are in it."""
    contents = Contents()
    for part in parts(session, row.from_at, row.to_at):
        add_part(contents, part, row.from_at, row.to_at)
    played = reel(session, row.from_at, row.to_at, now)
    keys = [certified(one, signing_key) for one in _keys(session)]
    away = [
        {"terminal": one.terminal, "from": when(since), "to": when(until)}
        for one in played.away
        for since, until in one.times
    ]
    gaps = {
        "missing": contents.missing,
        "unsigned": contents.unsigned,
        "branches": contents.branches,
        "away": away,
    }
    contents.events.sort(key=lambda event: (event["at"], event["terminal"], event["sequence"]))
    documents = {
        "terminals.json": keys,
        "events.json": [*contents.events, *_lasting(played)],
        "gaps.json": gaps,
        "replay.json": played,
    }
    files = contents.files | {name: _json(document) for name, document in documents.items()}
    files["replay.html"] = player_page(played, maps_then(session, row.from_at), row.id).encode()
    files["verifier.py"] = Path(verifier.__file__).read_bytes()
    files["readme.txt"] = guide(row, contents).encode()
    manifest = {
        "number": row.id,
        "from": when(row.from_at),
        "to": when(row.to_at),
        "asked_by": row.asked_by,
        "recipient": row.recipient,
        "reason": row.reason,
        "entries": contents.entries,
        "in_time": contents.in_time,
        "journals": contents.journals,
    }
    pack(out, files, manifest, signing_key, now)
    return contents.entries


def _lasting(played: Reel) -> list[dict[str, object]]:
    """Alarms, orders and counts: the hub's own record beside what terminals signed."""
    return [
        {
            "at": when(band.from_at),
            "until": None if band.to_at is None else when(band.to_at),
            "kind": band.kind,
            "what": band.words,
            "terminal": band.terminal or None,
            "person": band.person or None,
            "by": band.by,
            "zones": list(band.zones),
        }
        for band in played.bands
    ]


def _keys(session: Session) -> list[TerminalKey]:
    """Of every terminal that was ever granted: any of them may have entries in the bundle."""
    found = session.scalars(select(Terminal).order_by(Terminal.name))
    return [
        TerminalKey(
            one.name, one.verifying_key, one.granted_at, one.checkpoint_code, one.certificate_fingerprint
        )
        for one in found
    ]


def _json(document: object) -> bytes:
    return msgspec.json.encode(document)
