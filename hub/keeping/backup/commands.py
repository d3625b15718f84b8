"""`pims-hub recovery-key`, `backup`, `restore` and `verify`."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.keeping.backup import deleted
from hub.keeping.backup import settings as kept_in
from hub.keeping.backup.checks import How, note_check
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.recovery import fingerprint, groups_of, key_of
from hub.keeping.backup.restoring import restore, verify_backup
from hub.keeping.backup.settings import BackupSettings
from hub.keeping.backup.taking import take_backup
from wire.keys import OpeningKey, public_bytes, sealing_key

if TYPE_CHECKING:
    from hub.cli import Subparsers

_NEXT = (
    "What was scanned since then comes from the terminals by itself, once ingest runs.",
    "What was done on this hub since then is not in it: enter from paper the admissions, releases, orders and changed "
    "accounts of that time, and cut off again any terminal that was cut off.",
    "Then start the hub, and verify the trail: pims-hub audit verify",
)


def register(subparsers: Subparsers) -> None:
    """Declare the four commands."""
    key = add_command(
        subparsers,
        "recovery-key",
        _recovery_key,
        "Make the key that opens backups; it is shown once, for paper.",
    )
    key.add_argument("--check", action="store_true", help="type the paper in and hear whether it is right")
    key.add_argument(
        "--replace", action="store_true", help="make a new one; older backups need the older paper"
    )
    key.add_argument("--key-file", type=Path, metavar="F", help="with --check: read it from F")
    backup = add_command(subparsers, "backup", _backup, "Take a backup while the hub runs.")
    backup.add_argument(
        "--to", type=Path, metavar="FILE|FOLDER", help="the folder of backup.toml unless told"
    )
    back = add_command(subparsers, "restore", _restore, "Make a hub from a backup.")
    back.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE")
    back.add_argument("--key-file", type=Path, metavar="F", help="the recovery key; asked for when left out")
    back.add_argument("--replace", action="store_true", help="put what is there aside")
    back.add_argument(
        "--database", default="", metavar="URL", help="another, empty database than the backup's own"
    )
    verify = subparsers.add_parser("verify", help="Say whether a backup is whole.")
    verify.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE")
    verify.add_argument("--key-file", type=Path, metavar="F", help="with it every row is read too")
    verify.add_argument(
        "--data", type=Path, metavar="H", help="the hub whose page shall say that it was tried"
    )
    verify.set_defaults(run=_verify)


def _recovery_key(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    path = hub.data / kept_in.FILE
    if args.check:
        wanted = kept_in.load(hub.data).recovery_key
        given = _read_key(args.key_file).public_key()
        if public_bytes(given).hex() != wanted:
            raise BackupError(
                "wrong_key",
                f"This is the key {fingerprint(given)}; the hub's backups are locked for "
                f"{fingerprint(sealing_key(bytes.fromhex(wanted)))}.",
            )
        _note(args.data, How.PAPER, "", None)
        say(f"Right: this paper ({fingerprint(given)}) opens the backups of this hub.")
        return 0
    if path.exists() and not args.replace:
        raise BackupError(
            "exists",
            f"This hub has a recovery key already ({fingerprint(kept_in.load(hub.data).receiver)}). "
            "Only if its paper is lost: --replace.",
        )
    key = OpeningKey.generate()
    public = public_bytes(key.public_key()).hex()
    before = kept_in.load(hub.data) if path.exists() else BackupSettings(recovery_key=public)
    _say_key(key)
    # Only after it was shown: a key that nobody has seen would lock every backup for ever.
    kept_in.write(hub.data, _with_key(before, public))
    engine = make_engine(hub.database)
    with session_scope(make_sessions(engine)) as session:
        name = fingerprint(key.public_key())
        write_down(session, at=datetime.now(UTC), actor=OPERATOR, act="backup.recovery_key", detail=name)
    engine.dispose()
    return 0


def _with_key(before: BackupSettings, public: str) -> BackupSettings:
    return BackupSettings(
        recovery_key=public,
        folder=before.folder,
        keep_days=before.keep_days,
        keep_weeks=before.keep_weeks,
        alarm_after_hours=before.alarm_after_hours,
    )


def _say_key(key: OpeningKey) -> None:
    say(
        f"Recovery key {fingerprint(key.public_key())} (shown once). Write it on two papers and lock them away apart:"
    )
    groups = groups_of(key)
    for start in range(0, len(groups), 5):
        say(
            "  "
            + "  ".join(
                f"{start + place:2}: {group}" for place, group in enumerate(groups[start : start + 5], 1)
            )
        )
    say("Without it no backup of this hub can be opened. Try the paper: pims-hub recovery-key --check")


def _read_key(path: Path | None) -> OpeningKey:
    if path is None:
        if not sys.stdin.isatty():
            return key_of(sys.stdin.read())
        return key_of(getpass.getpass("Recovery key, 13 groups: "))
    try:
        return key_of(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise BackupError(
            "key_unread", f"{path} cannot be read. Name the file of the recovery key."
        ) from None


def _backup(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    kept = kept_in.load(hub.data)
    target = args.to or (Path(kept.folder) if kept.folder else None)
    if target is None:
        raise BackupError(
            "no_place",
            f"Say where the backup goes: --to FOLDER, or `folder` in {hub.data / kept_in.FILE}. Use another disk.",
        )
    engine = make_engine(hub.database)
    try:
        taken = take_backup(hub, kept, engine, target, clock=lambda: datetime.now(UTC), actor=OPERATOR)
        if target.is_dir():
            with session_scope(make_sessions(engine), writes=False) as session:
                found = deleted.deleted_so_far(session)
            deleted.write_deleted([target, hub.data], found, kept.receiver)
    except OSError as error:
        raise BackupError("unwritten", f"{target} cannot be written: {error.strerror}.") from error
    finally:
        engine.dispose()
    say(
        f"Backup {taken.path}: {taken.size_bytes} bytes, {sum(taken.tables.values())} rows, {taken.digest[:16]}"
    )
    for name in taken.deleted:
        say(f"Made room: {name}")
    return 0


def _restore(args: argparse.Namespace) -> int:
    found = restore(
        args.source,
        args.data,
        _read_key(args.key_file),
        clock=lambda: datetime.now(UTC),
        replace=args.replace,
        database=args.database,
    )
    say(
        f"Hub restored in {args.data}: as it was on {found.began_at:%Y-%m-%d %H:%M:%S} UTC. Epoch {found.epoch}."
    )
    if found.aside is not None:
        say(f"What was there lies in {found.aside}.")
    if found.left_out:
        say(f"{found.left_out} rows were left out: they were deleted by law since.")
    if not found.list_found:
        say(
            f"No list of deletions ({deleted.FILE}) lay beside the backup: whoever was deleted by law after "
            f"{found.began_at:%Y-%m-%d %H:%M} UTC is back. If there is one elsewhere, put it beside the backup and "
            "restore once more; otherwise have what is due deleted again, on the page of retention."
        )
    for line in _NEXT:
        say(line)
    return 0


def _verify(args: argparse.Namespace) -> int:
    key = None if args.key_file is None else _read_key(args.key_file)
    found = verify_backup(args.source, key)
    say(f"Whole: backup of {found.header.made_at:%Y-%m-%d %H:%M:%S} UTC, {found.digest[:16]}")
    say(f"By the hub with the key {found.header.hub}")
    say(f"Opens with the recovery key {fingerprint(sealing_key(bytes.fromhex(found.header.recovery)))}")
    if found.end is None:
        say("What is inside was not read: name the recovery key to have that done too.")
    else:
        say(f"Every row read: {sum(found.end.tables.values())} in {len(found.end.tables)} tables")
    if args.data is not None:
        _note(args.data, How.WHOLE if found.end is None else How.EVERY_ROW, found.digest, args.source)
    return 0


def _note(data: Path, how: How, digest: str, place: Path | None) -> None:
    engine = make_engine(settings.load(data).database)
    with session_scope(make_sessions(engine)) as session:
        note_check(session, how, digest=digest, place=place, actor=OPERATOR, at=datetime.now(UTC))
    engine.dispose()
