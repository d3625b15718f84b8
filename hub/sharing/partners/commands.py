"""`pims-hub certifier`: the one process that certifies programs of agencies, and the interface that they call."""

from __future__ import annotations

import argparse
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hub import logs, settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions

if TYPE_CHECKING:
    from hub.cli import Subparsers

LOOK_S: Final = 1.0
"""How soon what was confirmed at the page is certified: somebody waits for it there."""


def register(subparsers: Subparsers) -> None:
    """Declare `certifier`."""
    add_command(
        subparsers,
        "certifier",
        _certifier,
        "Certify what administrators confirmed, for programs of agencies.",
    )


def _certifier(args: argparse.Namespace) -> int:
    from hub.lifeline import Notify
    from hub.migrations import check_current
    from hub.sharing.partners.authority import prepare_agencies, wished_names
    from hub.sharing.partners.certifier import Certifier
    from hub.terminals.stopping import Stop

    logs.configure(logging.WARNING)
    found = settings.load(args.data)
    prepare_agencies(found.keys, hosts=wished_names(found.keys), at=datetime.now(UTC))
    engine = make_engine(found.database)
    try:
        check_current(engine, found.data)
        stop, notify = Stop.on_signals(), Notify()
        certifier = Certifier(make_sessions(engine), found.keys)
        say("Certifier ready")
        notify.ready()
        while not stop.asked:
            certifier.tick(datetime.now(UTC))
            notify.alive()
            stop.wait(LOOK_S)
        notify.stopping()
    finally:
        engine.dispose()
    return 0
