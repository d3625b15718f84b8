"""`pims-hub site import`: zones and checkpoints from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hub import settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.site import SiteError, import_site, read_site

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `site import`."""
    parser = subparsers.add_parser("site", help="zones and checkpoints")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    command = add_command(
        verbs, "import", _import, "Import zones and checkpoints; running it again is harmless."
    )
    command.add_argument("file", type=Path, metavar="site.toml")


def _import(args: argparse.Namespace) -> int:
    try:
        raw = args.file.read_bytes()
    except OSError as error:
        raise SiteError(f"{args.file} cannot be read: {error.strerror}.") from error
    site = read_site(raw)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        import_site(session, site)
    engine.dispose()
    say(f"Site imported: {len(site.zone)} zones, {len(site.checkpoint)} checkpoints.")
    return 0
