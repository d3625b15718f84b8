"""`pims-hub ingest`, `pims-hub export` and `pims-hub open-export`."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hub import settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.ingest.export import EXPORTS
from hub.keeping.export.commands import export_register, open_export

if TYPE_CHECKING:
    from hub.cli import Subparsers

_EVERYTHING = "everything"


def register(subparsers: Subparsers, load_tables: Callable[[], None]) -> None:
    """Declare the three commands; `load_tables` makes every table of the hub known, which nothing here knows all."""
    ingest = add_command(subparsers, "ingest", _ingest, "Take in what terminals send, in the foreground.")
    ingest.add_argument(
        "--name", default=None, help="name and certificate of this process when several run (hub-ingest)"
    )
    export = add_command(
        subparsers,
        "export",
        partial(_export, load_tables=load_tables),
        "Write what the hub holds in open formats.",
    )
    export.add_argument("what", choices=sorted([*EXPORTS, _EVERYTHING]))
    export.add_argument(
        "--to", type=Path, metavar="FILE|DIR", help="for everything: a new file, or a folder for it"
    )
    export.add_argument("--reason", default="", help="for everything: why; it stands in the trail")
    export.add_argument("--fingers", action="store_true", help="for everything: minutiae too")
    export.add_argument("--in-the-clear", action="store_true", help="for everything: into a folder, unlocked")
    opened = subparsers.add_parser(
        "open-export", help="Unlock an export of everything into the ZIP that it is."
    )
    opened.add_argument("--from", dest="source", type=Path, required=True, metavar="FILE")
    opened.add_argument("--to", type=Path, required=True, metavar="ZIP")
    opened.add_argument("--passphrase-file", type=Path, metavar="F", help="asked for when left out")
    opened.set_defaults(run=_open, data=Path())


def _ingest(args: argparse.Namespace) -> int:
    from hub.ingest.service import run
    from hub.logs import configure
    from hub.terminals.key_files import INGEST
    from hub.terminals.stopping import Stop

    configure()
    return run(settings.load(args.data), Stop.on_signals(), say, process=args.name or INGEST)


def _export(args: argparse.Namespace, *, load_tables: Callable[[], None]) -> int:
    if args.what == _EVERYTHING:
        load_tables()
        return export_register(
            args.data, args.to, reason=args.reason, clear=args.in_the_clear, with_fingers=args.fingers
        )
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        for line in EXPORTS[args.what](session):
            say(msgspec.json.encode(line).decode())
    engine.dispose()
    return 0


def _open(args: argparse.Namespace) -> int:
    return open_export(args.source, args.to, _passphrase(args.passphrase_file))


def _passphrase(path: Path | None) -> str:
    if path is None:
        return getpass.getpass("Passphrase: ") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise HubError("passphrase", f"{path} cannot be read. Name the file of the passphrase.") from None
