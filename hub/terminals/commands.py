"""`pims-hub broker` and `pims-hub terminals grant|list|cut-off`, beside those of claims."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.cli import add_command, say
from hub.terminals import actions
from hub.terminals.authority import open_authority
from hub.terminals.claims import commands as claims
from hub.terminals.claims.issuing import broker_of
from hub.terminals.configuration.actions import first_configuration
from hub.terminals.errors import BrokerError, RequestError
from hub.terminals.overview import Line, overview
from hub.terminals.scope import transaction
from wire.errors import WireError
from wire.provisioning import CheckpointSettings, Request, fingerprint, read_request, to_json

if TYPE_CHECKING:
    from hub.cli import Subparsers

FindCheckpoint = Callable[[Session, str], CheckpointSettings]
"""Checkpoint of a code with its two zones; a HubError when there is none. Who knows sites hands it in."""

_BROKER_ANSWER = {
    "mosquitto": "mosquitto denies it within a second.",
    "amqtt": "The embedded broker has no access list and goes on carrying what it says.",
}


def register(subparsers: Subparsers, find_checkpoint: FindCheckpoint) -> None:
    """Declare the commands; checkpoints belong to a capability above this one, so finding one is handed in."""
    add_command(subparsers, "broker", _broker, "Run the broker of hub.toml in the foreground.")
    parser = subparsers.add_parser("terminals", help="take terminals in, see them, cut them off")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    grant = add_command(verbs, "grant", _grant, "Grant a terminal's request for one checkpoint.")
    grant.add_argument("request", type=Path, metavar="request.json")
    grant.add_argument("--checkpoint", required=True, metavar="CODE")
    grant.add_argument("--out", required=True, type=Path, metavar="grant.json")
    grant.set_defaults(find_checkpoint=find_checkpoint)
    listing = add_command(verbs, "list", _list, "List the terminals and what they last said.")
    listing.add_argument("--json", action="store_true", help="as a JSON list")
    claims.register(verbs, find_checkpoint)
    cut = add_command(verbs, "cut-off", _cut_off, "End a terminal's right to speak, for good.")
    cut.add_argument("name")
    cut.add_argument("--reason", default="", help="for the record, without names of people")


def _broker(args: argparse.Namespace) -> int:
    from hub.terminals.broker import run

    try:
        return run(settings.load(args.data), say)
    except BrokerError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201 - the answer to a command
        return 1


def _grant(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    request = _read_request(args.request)
    now = datetime.now(UTC)
    # Apart, for it loads half the hub, and whoever writes meanwhile would wait for that.
    with transaction(hub, writes=False) as session:
        checkpoint = args.find_checkpoint(session, args.checkpoint)
    authority = open_authority(hub.keys)
    with transaction(hub, writes=True) as session:
        granted = actions.grant(session, authority, request, checkpoint, broker_of(hub.broker), now)
        actions.note_grant(session, request.terminal, checkpoint, now)
        first_configuration(session, request.terminal, request.model, by=OPERATOR.login, at=now)
    _write(args.out, to_json(granted))
    say(f"Granted: {request.terminal} at {checkpoint.checkpoint}")
    say(f"Key of the terminal (compare on its screen): {fingerprint(request.verifying_key)}")
    say(f"Key of the hub (compare when installing):    {fingerprint(granted.hub_verifying_key)}")
    return 0


def _list(args: argparse.Namespace) -> int:
    with transaction(settings.load(args.data), writes=False) as session:
        lines = overview(session)
    if args.json:
        say(msgspec.json.format(msgspec.json.encode(lines), indent=2).decode())
        return 0
    for line in lines:
        say(_text(line))
    if not lines:
        say("No terminal was granted yet.")
    return 0


def _cut_off(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    now = datetime.now(UTC)
    with transaction(hub, writes=True) as session:
        actions.cut_off(session, args.name, now, args.reason)
        write_down(
            session, at=now, actor=OPERATOR, act="terminal.cut_off", subject=args.name, detail=args.reason
        )
    say(f"Cut off: {args.name}. Ingest refuses its key from now on. {_BROKER_ANSWER[hub.broker.kind]}")
    return 0


def _read_request(path: Path) -> Request:
    try:
        return read_request(path.read_bytes())
    except OSError as error:
        raise RequestError("unreadable", f"{path} cannot be read: {error.strerror}.") from error
    except WireError as error:
        raise RequestError("bad_request", f"{path}: {error.sentence}") from error


def _write(path: Path, raw: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_bytes(raw)
        fresh.replace(path)
    except OSError as error:
        raise RequestError(
            "unwritable", f"{path} cannot be written: {error.strerror}. Grant again with another --out."
        ) from error


def _text(line: Line) -> str:
    presence = "online" if line.online else "offline" if line.heard_at else "never heard"
    return f"{line.name}  {line.checkpoint}  {line.status}  {presence}"
