"""`pims-hub statistics snapshot`, `prove` of a kept roll or of a publication, and `threshold`."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.statistics.periods import Period, period_of
from hub.statistics.snapshots.comparing import CAUSES, compare
from hub.statistics.snapshots.keeping import broken_seals, kept_on, prove, take
from hub.web.formats import SITE_ZONE

if TYPE_CHECKING:
    from hub.cli import Subparsers

_FAILED = 1


def register(subparsers: Subparsers) -> None:
    """Declare the commands."""
    parser = subparsers.add_parser("statistics", help="daily rolls in figures, and proofs of publications")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    taking = add_command(verbs, "snapshot", _snapshot, "Keep the roll of a day that is over, sealed.")
    proving = add_command(
        verbs,
        "prove",
        _prove,
        "Make a kept roll, or a publication, again from the facts as known then, and say what differs.",
    )
    proving.add_argument("number", type=int, nargs="?", help="of a publication, instead of a kept roll")
    for one in (taking, proving):
        one.add_argument("--day", type=_day, help="as in 2026-11-22; default yesterday")
    finding = add_command(
        verbs,
        "contradictions",
        _contradictions,
        "Say which stays contradict themselves or each other, so that figures of a period are held back.",
    )
    finding.add_argument("period", type=_period, help="a year or a month, as 2025 or 2025-11")
    telling = add_command(
        verbs, "threshold", _threshold, "Say the smallest number that is told, with its history, or set it."
    )
    telling.add_argument("--set", type=int, metavar="K", help="the least number of people that is told")
    telling.add_argument("--from", type=_day, dest="effective_on", help="as in 2026-11-22; default today")
    telling.add_argument("--why", default="", help="who asks for it, and in what")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as in 2026-11-22") from None


def _period(text: str) -> Period:
    try:
        return period_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write a year or a month, as 2025 or 2025-11") from None


def _chosen(args: argparse.Namespace) -> date:
    yesterday: date = datetime.now(SITE_ZONE).date() - timedelta(days=1)
    return args.day or yesterday


def _snapshot(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        row = take(session, _chosen(args), actor=OPERATOR, at=datetime.now(UTC))
        say(f"{row.day}: {row.total} people held, sealed {row.digest}")
    engine.dispose()
    return 0


def _prove(args: argparse.Namespace) -> int:
    return _prove_roll(args) if args.number is None else _prove_publication(args)


def _prove_publication(args: argparse.Namespace) -> int:
    from hub.statistics.publishing.proving import prove as prove_publication

    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        proved = prove_publication(session, args.number)
    engine.dispose()
    for one in proved:
        say(f"{'holds' if one.holds else 'FAILS':>6}  {one.what}")
    return 0 if all(one.holds for one in proved) else _FAILED


def _prove_roll(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        row = kept_on(session, _chosen(args))
        if row is None:
            raise HubError(
                "not_kept", f"No roll was kept of {_chosen(args)}. Keep one: pims-hub statistics snapshot"
            )
        proof, broken = prove(session, row), broken_seals(session)
        found = compare(session, row.day, then=row.known_at, now=datetime.now(UTC))
    engine.dispose()
    say(
        f"{row.day}: {proof.kept.total} kept, {proof.again.total} made again as known then, "
        f"{found.now.total} as known now."
    )
    for cause, many in found.causes.items():
        say(f"  {many:>6}  {CAUSES[cause]}")
    if broken:
        say(f"The seal does not hold for: {', '.join(day.isoformat() for day in broken)}")
    if not proof.same:
        say("The facts do not give the kept roll again. A file deleted since does that; nothing else should.")
    return _FAILED if broken or not proof.same else 0


def _contradictions(args: argparse.Namespace) -> int:
    from hub.statistics.contradicted.cases import HOLDS, WORDS, cases_of

    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        found = cases_of(session, args.period, None)
    engine.dispose()
    for one in found:
        beside = f" ({one.other})" if one.other else ""
        say(f"{one.booking}  {WORDS[one.what]}{beside}")
    held = sum(one.what in HOLDS for one in found)
    say(f"{args.period.code}: {held} stays hold figures back")
    return _FAILED if held else 0


def _threshold(args: argparse.Namespace) -> int:
    from hub.sharing.inbox.definitions import in_force
    from hub.statistics.control.thresholds import history, k_on, set_k

    at = datetime.now(UTC)
    today = at.astimezone(SITE_ZONE).date()
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=args.set is not None) as session:
        if args.set is not None:
            set_k(session, args.set, args.effective_on or today, args.why, actor=OPERATOR, at=at)
        asked = in_force(session, at)
        say(f"{today}: no number of people from 1 to {k_on(session, today) - 1} is told")
        if asked.smallest is not None:
            say(f"The observatory asks for at least {asked.smallest}, in message {asked.number}.")
        for row in history(session):
            say(f"  from {row.effective_on}: {row.k}, set by {row.recorded_by}: {row.authority}")
    engine.dispose()
    return 0
