"""`pims-hub site import`, `site export` and `posts set`: the site from files and into one, and who stands there."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.movements.posts import SITE, set_post
from hub.movements.site.exporting import as_toml, site_file
from hub.movements.site.files import read_site
from hub.movements.site.importing import Preview, bring_in, preview
from hub.movements.site.table_files import read_table
from hub.movements.site.touched import Grade

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `site import` and `posts set`."""
    parser = subparsers.add_parser("site", help="zones and checkpoints")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    command = add_command(
        verbs, "import", _import, "Import zones and checkpoints; running it again is harmless."
    )
    command.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="site.toml, or tables: zones.csv, checkpoints.csv"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    exporting = add_command(verbs, "export", _export, "Write the site as the file that brings it in again.")
    exporting.add_argument("file", type=Path, metavar="site.toml")
    posts = subparsers.add_parser("posts", help="who stands where in a shift").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    setting = add_command(posts, "set", _set_post, "Put an officer on post from now on.")
    setting.add_argument("login")
    setting.add_argument(
        "--checkpoint", default=SITE, metavar="C", help="without it, the shift as supervisor"
    )
    setting.add_argument("--hours", type=float, default=12.0, metavar="N")


def _import(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    now = datetime.now(UTC)
    for path in args.files:
        with session_scope(make_sessions(engine), writes=not args.dry_run) as session:
            found = _preview(session, path, now)
            for line in _said(found):
                say(line)
            if found.troubles:
                raise HubError(
                    "site",
                    f"{path}: {len(found.troubles)} things are wrong. Nothing of this file was brought in.",
                )
            if not args.dry_run:
                bring_in(session, found, actor=OPERATOR, at=now)
        say(f"{path.name}: {'would be' if args.dry_run else 'was'} imported: {_count(found)}.")
    engine.dispose()
    return 0


def _preview(session: Session, path: Path, now: datetime) -> Preview:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise HubError("site", f"{path} cannot be read: {error.strerror}.") from error
    if path.suffix.lower() == ".csv":
        table = read_table(raw)
        return preview(session, table.file, now, table.places, table.troubles, table.unread)
    return preview(session, read_site(raw), now)


def _said(found: Preview) -> Iterator[str]:
    for trouble in found.troubles:
        yield f"{trouble.where}: {trouble.words}"
    for form, touch in found.touched:
        if touch.grade is not Grade.STOP:
            yield f"{form.code}: {touch.words}"


def _count(found: Preview) -> str:
    cells = f", {len(found.cells)} cells" if found.cells else ""
    return f"{len(found.added)} added, {len(found.changed)} changed, {found.same} as they were{cells}"


def _export(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        written = as_toml(site_file(session))
    engine.dispose()
    try:
        args.file.write_text(written, encoding="utf-8")
    except OSError as error:
        raise HubError("site", f"{args.file} cannot be written: {error.strerror}.") from error
    say(f"Site written to {args.file}.")
    return 0


def _set_post(args: argparse.Namespace) -> int:
    if not 0 < args.hours <= 48:
        raise HubError("hours", "A post lasts more than 0 hours. Give them with --hours.")
    now = datetime.now(UTC)
    until = now + timedelta(hours=args.hours)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        set_post(session, args.login, args.checkpoint, now, until, actor=OPERATOR, at=now)
    engine.dispose()
    say(f"{args.login} is on post: {args.checkpoint or 'the whole shift'}, for {args.hours:g} h.")
    return 0
