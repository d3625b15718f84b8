"""`pims-hub search rebuild`: makes what is searched again from the facts."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from hub import settings
from hub.cli import add_command, say
from hub.custody.search.projection import rebuild
from hub.database import make_engine, make_sessions, session_scope

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `search rebuild`."""
    parser = subparsers.add_parser("search", help="what people are found by")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_command(verbs, "rebuild", _rebuild, "Make what is searched again from the facts.")


def _rebuild(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    started = time.monotonic()
    with session_scope(make_sessions(engine)) as session:
        found = rebuild(session)
    engine.dispose()
    say(f"{found} people can be found again, after {time.monotonic() - started:.1f} s.")
    return 0
