"""`pims-hub audit ...`: verifying, sealing and exporting the trail, and a person's own report, at the hub itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hub import settings
from hub.accounts import audit_offline
from hub.accounts.audit import OPERATOR, write_down
from hub.accounts.audit_export import export_trail
from hub.accounts.audit_head import FILE as HEAD
from hub.accounts.audit_head import read_head
from hub.accounts.audit_sealing import seal_all
from hub.accounts.audit_verifying import verify_trail
from hub.cli import add_command, say
from hub.custody.queries import person_by_number
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.keeping.oversight.access import access_report
from hub.keeping.oversight.printing import plain_report
from hub.settings import Settings, sync_folder
from hub.terminals.key_files import read_signing_key

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `audit verify`, `seal`, `export` and `report`."""
    parser = subparsers.add_parser("audit", help="the trail of every look and change")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = add_command(verbs, "verify", _verify, "Say whether the trail is whole, or its first fault.")
    verify.add_argument("--export", type=Path, metavar="F", help="verify this export instead of the database")
    add_command(verbs, "seal", _seal, "Seal what waits; ingest does so by itself every two seconds.")
    export = add_command(verbs, "export", _export, "Write the trail as JSON lines that prove themselves.")
    export.add_argument("out", type=Path, metavar="OUT")
    report = add_command(
        verbs, "report", _report, "Who looked at or changed a person's file, for that person."
    )
    report.add_argument("number", help="the person's number, such as P-000123")
    report.add_argument("--language", choices=["en", "es"], default="en")


@contextmanager
def _sessions(found: Settings) -> Iterator[Sessions]:
    engine = make_engine(found.database)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


def _verify(args: argparse.Namespace) -> int:
    found = settings.load(args.data)
    key = read_signing_key(found.keys).public_key()
    if args.export is not None:
        return audit_offline.main([str(args.export), "--hub", key.public_bytes_raw().hex()])
    # Before the database's state is fixed: an end sealed meanwhile would look cut off.
    head = read_head(found.data / HEAD)
    with _sessions(found) as sessions, session_scope(sessions, writes=False) as session:
        whole = verify_trail(session, key, head)
    sealed = "never" if whole.sealed_at is None else f"{whole.sealed_at:%Y-%m-%d %H:%M:%S} UTC"
    say(
        f"The trail is whole: {whole.lines} lines, last sealed {sealed}; {whole.waiting} lines wait for a seal."
    )
    say(f"Its last link, to be kept on paper: {whole.link.hex()}")
    return 0


def _seal(args: argparse.Namespace) -> int:
    found = settings.load(args.data)
    key = read_signing_key(found.keys)
    with _sessions(found) as sessions:
        sealed = seal_all(sessions, key, found.data / HEAD, datetime.now(UTC))
    say(f"Sealed {sealed} lines.")
    return 0


def _export(args: argparse.Namespace) -> int:
    found = settings.load(args.data)
    key, now = read_signing_key(found.keys), datetime.now(UTC)
    with _sessions(found) as sessions:
        with session_scope(sessions) as session:
            write_down(session, at=now, actor=OPERATOR, act="audit.export", detail=args.out.name)
        seal_all(sessions, key, found.data / HEAD, now)
        with session_scope(sessions, writes=False) as session:
            lines = _write(args.out, (msgspec.json.encode(row) for row in export_trail(session, key, now)))
    say(
        f"Wrote {lines} rows to {args.out}. It verifies without a hub: python audit_offline.py {args.out.name}"
    )
    say(f"The hub's public key: {key.public_key().public_bytes_raw().hex()}")
    return 0


def _write(out: Path, rows: Iterator[bytes]) -> int:
    fresh, count = out.with_name(out.name + ".new"), 0
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for row in rows:
                file.write(row + b"\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise HubError("export", f"{out} cannot be written: {error.strerror}. Name another file.") from error
    return count


def _report(args: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    with _sessions(settings.load(args.data)) as sessions, session_scope(sessions) as session:
        person = person_by_number(session, args.number)
        if person is None:
            raise HubError(
                "no_person", f"There is no file {args.number}. Look the number up in the register."
            )
        write_down(session, at=now, actor=OPERATOR, act="access.report", subject=person.number)
        session.flush()
        for line in plain_report(access_report(session, person, now), args.language):
            say(line)
    return 0
