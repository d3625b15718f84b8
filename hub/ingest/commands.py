"""`pims-hub ingest` and `pims-hub export`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hub import settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.ingest.export import EXPORTS
from hub.keeping.export.commands import export_register

if TYPE_CHECKING:
    from hub.cli import Subparsers

_EVERYTHING = "everything"


def register(subparsers: Subparsers) -> None:
    """Declare both commands."""
    ingest = add_command(subparsers, "ingest", _ingest, "Take in what terminals send, in the foreground.")
    ingest.add_argument(
        "--name", default=None, help="name and certificate of this process when several run (hub-ingest)"
    )
    export = add_command(subparsers, "export", _export, "Write what the hub holds in open formats.")
    export.add_argument("what", choices=sorted([*EXPORTS, _EVERYTHING]))
    export.add_argument("--to", type=Path, metavar="DIR", help="for everything: a new or empty folder")


def _ingest(args: argparse.Namespace) -> int:
    from hub.ingest.service import run
    from hub.logs import configure
    from hub.terminals.key_files import INGEST
    from hub.terminals.stopping import Stop

    configure()
    return run(settings.load(args.data), Stop.on_signals(), say, process=args.name or INGEST)


def _export(args: argparse.Namespace) -> int:
    if args.what == _EVERYTHING:
        return export_register(args.data, args.to)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        for line in EXPORTS[args.what](session):
            say(msgspec.json.encode(line).decode())
    engine.dispose()
    return 0
