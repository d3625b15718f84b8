"""`pims-hub exchange`: what carries events and files to other agencies, until it is told to end."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hub import settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions

if TYPE_CHECKING:
    from hub.cli import Subparsers
    from hub.database import Sessions
    from hub.settings import Settings
    from hub.sharing.outbox.drops.taking import Receive
    from hub.sharing.outbox.signing import Signer
    from hub.sharing.outbox.worker import Duties, Exchange

API: Final = "https://127.0.0.1:8444"
DROPS: Final = "drops"
_KEY_KEPT_S: Final = 30.0


def register(
    subparsers: Subparsers, receive: Callable[[], Receive], duties: Callable[[], Callable[[Sessions], Duties]]
) -> None:
    """Declare `exchange`.

    `receive` gives what takes in a row of an agency's file, and `duties` what tells of corrections and keeps the clock
    of the census; both are loaded when they are needed.
    """
    command = add_command(subparsers, "exchange", _exchange, "Carry events and files to other agencies.")
    command.add_argument("act", nargs="?", choices=["run", "once", "rotate-key"], default="run")
    command.add_argument(
        "--api",
        metavar="URL",
        help=f"address of the agencies' interface as they see it (hub.toml's, or {API})",
    )
    command.set_defaults(receive=receive, duties=duties)


def _exchange(args: argparse.Namespace) -> int:
    from hub.logs import configure
    from hub.migrations import check_current
    from hub.sharing.outbox import keys
    from hub.sharing.outbox.identity import token_of

    configure()
    found = settings.load(args.data)
    now = datetime.now(UTC)
    if args.act == "rotate-key":
        say(f"Signing with {keys.rotate(found.keys, now)} from now on")
        return 0
    keys.prepare(found.keys, now)
    engine = make_engine(found.database)
    try:
        check_current(engine, found.data)
        with (
            token_of(found.data) as token,
            closing(_made(found, args, make_sessions(engine), token)) as exchange,
        ):
            if args.act == "once":
                exchange.once()
            else:
                _run(exchange)
    finally:
        engine.dispose()
    return 0


def _made(found: Settings, args: argparse.Namespace, sessions: Sessions, token: str) -> Exchange:
    from hub.sharing.outbox.drops.running import Drops
    from hub.sharing.outbox.worker import Exchange

    signer = _Signing(found.keys)
    drops = Drops(sessions, found.data / DROPS, found.keys, signer, args.receive())
    further: Duties = args.duties()(sessions)
    return Exchange(
        sessions,
        signer,
        (args.api or found.agencies.address or API).rstrip("/"),
        lambda: datetime.now(UTC),
        drops,
        corrector=further.corrector,
        duties=further.weekly,
        token=token,
    )


def _run(exchange: Exchange) -> None:
    from hub.lifeline import Notify
    from hub.terminals.stopping import Stop

    stop, ended, notify = Stop.on_signals(), threading.Event(), Notify()

    def alive() -> None:
        notify.alive()
        if stop.asked:
            ended.set()

    say("Exchange ready")
    notify.ready()
    exchange.run(ended, alive)
    notify.stopping()


class _Signing:
    """The key that signs now, looked up every half minute: a new one is used without a new start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: Signer | None = None
        self._until = 0.0

    def __call__(self) -> Signer:
        from hub.sharing.outbox import keys

        if self._held is None or time.monotonic() > self._until:
            self._held = keys.signer(self._folder)
            self._until = time.monotonic() + _KEY_KEPT_S
        return self._held
