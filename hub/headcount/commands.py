"""`pims-hub running-count`: the paper for the dark, made each shift by a timer."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hub import settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.cli import Subparsers

FOLDER = "running-counts"


def register(subparsers: Subparsers) -> None:
    """Declare `running-count`."""
    command = add_command(
        subparsers,
        "running-count",
        _make,
        "Write the list of everybody by unit as a PDF, and print it, so that paper is there when all is dark.",
    )
    command.add_argument(
        "--to", type=Path, metavar="FOLDER", help=f"where it goes; otherwise {FOLDER} beside the data"
    )
    command.add_argument("--language", choices=["en", "es"], default="en")
    command.add_argument(
        "--print",
        dest="printer",
        nargs="?",
        const="",
        metavar="PRINTER",
        help="print it with lp, at the default printer",
    )


def _make(args: argparse.Namespace) -> int:
    import hub.biometrics.records
    import hub.custody.merging.records  # noqa: F401 - tables that others of ours point at
    from hub.headcount.on_paper import keep
    from hub.headcount.running import newest, running

    printer = args.printer if args.printer is not None else os.environ.get("PIMS_PRINTER")
    now = datetime.now(UTC)
    engine = make_engine(settings.load(args.data).database)
    try:
        with session_scope(make_sessions(engine)) as session:
            folder = args.to or args.data / FOLDER
            path = keep(session, running(session, now), folder, args.language, printer=printer, at=now)
            made = newest(session)
    except OSError as error:
        raise HubError(
            "folder", f"The list cannot be written: {error.strerror}. Choose another folder with --to."
        ) from error
    finally:
        engine.dispose()
    assert made is not None
    say(f"{made.people} people: {path}")
    if made.trouble:
        say(f"Not printed: {made.trouble}. The file is there: print it by hand.")
        return 1
    return 0
