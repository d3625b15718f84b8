"""`pims-hub import`: a register brought in at the hub itself, by a mapping kept before or guessed."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.reception.register import actions, mappings
from hub.reception.register.actions import Decision, Judged
from hub.reception.register.bringing_in import bring_in
from hub.reception.register.duplicates import Why
from hub.reception.register.records import RegisterImport, RegisterRow

if TYPE_CHECKING:
    from hub.cli import Subparsers

_TOLD = 50


def register(subparsers: Subparsers) -> None:
    """Declare `import`."""
    command = add_command(subparsers, "import", _import, "Bring in a register: CSV or XLSX.")
    command.add_argument("file", type=Path)
    command.add_argument(
        "--mapping", metavar="NAME", help="one kept on the page; guessed unless told otherwise"
    )
    command.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    command.add_argument(
        "--known",
        choices=[one.value for one in Decision],
        help="what to do with people perhaps known already",
    )


def _import(args: argparse.Namespace) -> int:
    try:
        raw = args.file.read_bytes()
    except OSError as error:
        raise HubError("unreadable", f"{args.file} cannot be read: {error.strerror}.") from error
    engine = make_engine(settings.load(args.data).database)
    sessions = make_sessions(engine)
    number = _try(sessions, args, raw)
    with session_scope(sessions, writes=False) as session:
        counts = actions.counts(session, number)
        _tell(session, number)
    say(
        f"{counts[Judged.SOUND]} rows ready, {counts[Judged.DOUBTFUL]} perhaps known already, "
        f"{counts[Judged.FAULTY]} cannot be brought in."
    )
    if args.dry_run or (counts["undecided"] and args.known is None):
        _drop(sessions, number)
        engine.dispose()
        if args.dry_run:
            return 0
        raise HubError(
            "undecided", "Say with --known what to do with people perhaps known already: new, same or skip."
        )
    _bring_in(sessions, number, args.known)
    engine.dispose()
    return 1 if counts[Judged.FAULTY] else 0


def _try(sessions: Sessions, args: argparse.Namespace, raw: bytes) -> int:
    at = datetime.now(UTC)
    with session_scope(sessions) as session:
        found = actions.hand_in(session, args.file.name, raw, actor=OPERATOR, at=at)
        chosen = actions.chosen_of(found)
        if args.mapping is not None:
            kept = mappings.saved(session, actions.table_of(session, found).headers)
            if args.mapping not in kept:
                raise HubError("no_mapping", f"No mapping {args.mapping} fits the columns of this file.")
            chosen = kept[args.mapping]
        actions.check(session, found, chosen, actor=OPERATOR, at=at)
        return found.id


def _tell(session: Session, number: int) -> None:
    headings = actions.chosen_of(session.get_one(RegisterImport, number)).columns
    wanted = select(RegisterRow).where(
        RegisterRow.import_id == number, RegisterRow.judged == Judged.FAULTY.value
    )
    for row in session.scalars(wanted.order_by(RegisterRow.line).limit(_TOLD)):
        for column, fault in actions.faults_of(row).items():
            say(f"row {row.line}, {headings.get(column, column)}: {fault}")
    faulty = actions.counts(session, number)[Judged.FAULTY]
    if faulty > _TOLD:
        say(f"and {faulty - _TOLD} rows more")


def _drop(sessions: Sessions, number: int) -> None:
    with session_scope(sessions) as session:
        actions.drop(session, session.get_one(RegisterImport, number), actor=OPERATOR, at=datetime.now(UTC))


def _bring_in(sessions: Sessions, number: int, known: str | None) -> None:
    started = time.monotonic()
    with session_scope(sessions) as session:
        found = session.get_one(RegisterImport, number)
        for why in Why:
            if known is not None:
                actions.decide_all(session, found, why.value, Decision(known))
        actions.start(session, found, actor=OPERATOR, at=datetime.now(UTC))
    bring_in(
        sessions,
        number,
        actor=OPERATOR,
        clock=lambda: datetime.now(UTC),
        told=lambda progress: say(f"[{progress.done}/{progress.rows}]"),
    )
    say(f"Import {number} is through after {time.monotonic() - started:.1f} s; see /register/{number}")
