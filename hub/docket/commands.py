"""`pims-hub docket run` and `pims-hub docket list`."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.docket.lists import Filter, Line, lines_of
from hub.docket.rules import CHECKS
from hub.docket.runs import Report, run_all

if TYPE_CHECKING:
    from hub.cli import Subparsers

_ALL = 1_000_000


def register(subparsers: Subparsers) -> None:
    """Declare both commands."""
    parser = subparsers.add_parser("docket", help="the liberty docket")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_command(verbs, "run", _run, "Check everybody in custody now; the same again changes nothing.")
    listing = add_command(verbs, "list", _list, "Findings of the docket, the gravest first, without names.")
    listing.add_argument("--check", choices=sorted(CHECKS), default="", help="of one check only")
    listing.add_argument("--overdue", action="store_true", help="only those that should have been dealt with")


def _run(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    started = time.monotonic()
    report = run_all(make_sessions(engine), datetime.now(UTC))
    engine.dispose()
    for line in _lines(report, time.monotonic() - started):
        say(line)
    return 0


def _lines(report: Report, took_s: float) -> list[str]:
    done = report.tally
    causes = [
        f"  {people:>6}  {CHECKS[code].words if code in CHECKS else code}"
        for code, people in sorted(report.causes.items(), key=lambda pair: -pair[1])
    ]
    return [
        f"{report.people} people in custody looked at in {took_s:.1f} s: "
        f"{report.in_doubt} whose liberty is in doubt, {report.findings} findings, {report.overdue} overdue.",
        f"Opened {done.opened}, opened again {done.reopened}, renewed {done.renewed}, "
        f"closed because the facts changed {done.settled}, kept under an earlier rule {done.kept}, "
        f"gone up {report.escalated}.",
        *causes,
    ]


def _list(args: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        found = lines_of(session, Filter(check=args.check, overdue=args.overdue), now, size=_ALL)
        write_down(session, at=now, actor=OPERATOR, act="docket.list", detail=f"{found.total} findings")
    engine.dispose()
    for line in found.lines:
        say(_told(line))
    say(f"{found.in_doubt} people whose liberty is in doubt; {found.total} findings listed.")
    return 0


def _told(line: Line) -> str:
    row = line.finding
    late = " OVERDUE" if line.overdue else ""
    return (
        f"{row.id} {line.person.number} {line.words}: {line.what} Since {row.since_at:%Y-%m-%d}, "
        f"{row.owner or 'nobody'}, due {row.due_at:%Y-%m-%d %H:%M} UTC{late}"
    )
