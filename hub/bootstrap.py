"""`pims-hub init`: from an empty folder to a hub that can be started. Running it again changes nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from hub import settings
from hub.accounts.actions import FIRST_LOGIN, first_administrator
from hub.accounts.passwords import Passwords
from hub.biometrics.records import Finger
from hub.biometrics.vault_key import open_vault, prepare_vault
from hub.cli import add_command, say
from hub.custody.search.projection import is_missing, rebuild
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.migrations import upgrade
from hub.settings import BROKER_PORT, BrokerSettings, Settings
from hub.sharing.partners.authority import prepare_agencies
from hub.terminals.authority import prepare_authority

if TYPE_CHECKING:
    from hub.cli import Subparsers


class InitError(HubError):
    """A hub cannot be made so; the sentence says what stands against it."""

    def __init__(self, sentence: str) -> None:
        super().__init__("init", sentence)


def register(subparsers: Subparsers) -> None:
    """Declare `init`."""
    command = add_command(subparsers, "init", _init, "Make a hub: keys, database, first administrator.")
    command.add_argument("--broker", choices=["mosquitto", "amqtt"], help="mosquitto unless told otherwise")
    command.add_argument("--broker-host", metavar="HOST", help="127.0.0.1 unless told otherwise")
    command.add_argument("--broker-port", type=int, metavar="N", help=f"{BROKER_PORT} unless told otherwise")
    command.add_argument(
        "--database", metavar="URL", help="postgresql:///...; SQLite in H unless told otherwise"
    )
    command.add_argument(
        "--admin-password-file", type=Path, metavar="F", help="write the password there instead of showing it"
    )


def _init(args: argparse.Namespace) -> int:
    data: Path = args.data
    _make_folder(data)
    hub = _settings(args)
    prepare_authority(hub.keys, hosts=[hub.broker.host])
    # Made before any service runs: a unit shuts off only those keys that are there when it starts.
    prepare_agencies(hub.keys, at=datetime.now(UTC))
    engine = make_engine(hub.database)
    try:
        _upgrade(engine, hub)
        _prepare_search(engine)
        _prepare_vault(engine, hub)
        password = _administrator(engine, _password_writer(args.admin_password_file))
    finally:
        engine.dispose()
    say(f"Hub ready in {data}")
    if password is not None and args.admin_password_file is None:
        say(f"Administrator: {FIRST_LOGIN}")
        say(f"Password (shown once): {password}")
    return 0


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InitError(
            f"{data} cannot be made: {error.strerror}. Choose another folder with --data."
        ) from error


def _settings(args: argparse.Namespace) -> Settings:
    if not (args.data / settings.FILE).exists():
        default = BrokerSettings()
        broker = BrokerSettings(
            kind=args.broker or default.kind,
            host=default.host if args.broker_host is None else args.broker_host,
            port=default.port if args.broker_port is None else args.broker_port,
        )
        return settings.write_first(args.data, database=args.database or "", broker=broker)
    held = settings.load(args.data)
    asked = {
        "--broker": (args.broker, held.broker.kind),
        "--broker-host": (args.broker_host, held.broker.host),
        "--broker-port": (args.broker_port, held.broker.port),
        "--database": (args.database, held.database),
    }
    for option, (wanted, present) in asked.items():
        if wanted is not None and wanted != present:
            raise InitError(
                f"This hub exists already, with another {option} ({present}). "
                f"Change it in {args.data / settings.FILE}, or leave the option out."
            )
    return held


def _upgrade(engine: Engine, hub: Settings) -> None:
    try:
        upgrade(engine)
    except DBAPIError as error:
        raise InitError(f"The database of {hub.data / settings.FILE} cannot be used: {error.orig}") from error


def _prepare_search(engine: Engine) -> None:
    with session_scope(make_sessions(engine)) as session:
        if is_missing(session):
            rebuild(session)


def _prepare_vault(engine: Engine, hub: Settings) -> None:
    with session_scope(make_sessions(engine), writes=False) as session:
        in_use = session.scalar(select(Finger.id).limit(1)) is not None
    if in_use:
        open_vault(hub.keys)  # a new key would be of no use to what is locked already
    else:
        prepare_vault(hub.keys)


def _administrator(engine: Engine, keep: Callable[[str], None]) -> str | None:
    with session_scope(make_sessions(engine)) as session:
        password = first_administrator(session, passwords=Passwords(), at=datetime.now(UTC))
        if password is not None:
            keep(password)  # before the commit: an account without a known password helps nobody
    return password


def _password_writer(file: Path | None) -> Callable[[str], None]:
    def write(password: str) -> None:
        if file is None:
            return
        try:
            file.unlink(missing_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise InitError(f"{file} cannot be written: {error.strerror}. Name another file.") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(password + "\n")

    return write
