"""`pims-hub site import` and `posts set`: zones and checkpoints from a file, and who stands there."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.movements.cells.importing import import_cells
from hub.movements.posts import SITE, set_post
from hub.movements.site.files import SiteError, import_site, read_site

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `site import` and `posts set`."""
    parser = subparsers.add_parser("site", help="zones and checkpoints")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    command = add_command(
        verbs, "import", _import, "Import zones and checkpoints; running it again is harmless."
    )
    command.add_argument("file", type=Path, metavar="site.toml")
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
    try:
        raw = args.file.read_bytes()
    except OSError as error:
        raise SiteError(f"{args.file} cannot be read: {error.strerror}.") from error
    site = read_site(raw)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        import_site(session, site)
        import_cells(session, site.cell, actor=OPERATOR, at=datetime.now(UTC))
    engine.dispose()
    cells = f", {len(site.cell)} cells" if site.cell else ""
    say(f"Site imported: {len(site.zone)} zones, {len(site.checkpoint)} checkpoints{cells}.")
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
