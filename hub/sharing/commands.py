"""`pims-hub sharing ...`: verifying the log of disclosures, the census that is due, and the schemas of messages."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hub import settings
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.catalogue.schemas import schema_of
from hub.sharing.census.records import RUN_STATES, RunState
from hub.sharing.census.running import run_due
from hub.sharing.disclosures.sealing import seal_all
from hub.sharing.disclosures.verifying import verify_log

if TYPE_CHECKING:
    from hub.cli import Subparsers


def register(subparsers: Subparsers) -> None:
    """Declare `sharing verify`, `seal`, `census` and `schemas`."""
    parser = subparsers.add_parser("sharing", help="what is shared with other agencies")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_command(verbs, "verify", _verify, "Say whether the log of disclosures is whole, or its first fault.")
    add_command(verbs, "seal", _seal, "Chain what waits; ingest does so by itself every ten seconds.")
    census = add_command(
        verbs, "census", _census, "Compare lists with agencies; exchange does so every week."
    )
    census.add_argument("--now", action="store_true", help="compare with all of them, whatever day it is")
    schemas = verbs.add_parser("schemas", help="Write a JSON Schema for each message into a folder.")
    schemas.add_argument("--out", type=Path, required=True, metavar="DIR")
    schemas.set_defaults(run=_schemas)


def _verify(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        whole = verify_log(session)
    engine.dispose()
    say(
        f"The log is whole: {whole.rows} rows, told of {whole.seals} times in the trail; "
        f"{whole.waiting} rows wait for their link."
    )
    say(f"Its last link: {whole.link.hex()}. Verify the trail as well: pims-hub audit verify")
    return 0


def _seal(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    sealed = seal_all(make_sessions(engine), datetime.now(UTC))
    engine.dispose()
    say(f"Chained {sealed} rows.")
    return 0


def _census(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    runs = run_due(make_sessions(engine), datetime.now(UTC), everybody=args.now)
    engine.dispose()
    for one in runs:
        say(
            f"{one.agency}: {RUN_STATES[RunState(one.state)]}; {one.ours} here, {one.theirs} on their list, "
            f"{one.found} new differences, {one.carried} still open, {one.agreed} agreed by themselves"
        )
    if not runs:
        say("Nothing is due. Compare now all the same: pims-hub sharing census --now")
    return 0


def _schemas(args: argparse.Namespace) -> int:
    out: Path = args.out
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, exchange in EXCHANGES.items():
            text = json.dumps(schema_of(exchange), indent=2, ensure_ascii=False)
            (out / f"{name}.schema.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise HubError(
            "schemas", f"{out} cannot be written: {error.strerror}. Name another folder."
        ) from error
    say(f"Wrote {len(EXCHANGES)} schemas to {out}.")
    return 0
