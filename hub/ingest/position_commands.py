"""`pims-hub positions check|rebuild|learn`: what the journals say of where everybody is, and ways learnt anew."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.cli import add_command, say
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.ingest.rebuilding import Difference, Rebuilt, differences, rebuild, write_rebuilt
from hub.movements.whereabouts.learning import learn_again

if TYPE_CHECKING:
    from hub.cli import Subparsers

_SHOWN: Final = 50


def register(subparsers: Subparsers) -> None:
    """Declare the three verbs."""
    verbs = subparsers.add_parser("positions", help="where everybody is, from the journals").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    add_command(
        verbs, "check", _check, "Fold all journals anew and compare; ends with 1 where anything differs."
    )
    again = add_command(
        verbs, "rebuild", _rebuild, "Fold all journals anew and put that in the place of what is held."
    )
    again.add_argument("--check", action="store_true", help="compare only, and change nothing")
    add_command(verbs, "learn", _learn, "Learn from the movements how long ways take.")


def _check(args: argparse.Namespace) -> int:
    with _sessions(args) as sessions, session_scope(sessions, writes=False) as session:
        rebuilt, took_s = _timed(session)
        found = differences(session, rebuilt)
    _say(rebuilt, took_s, found)
    return 1 if found else 0


def _rebuild(args: argparse.Namespace) -> int:
    if args.check:
        return _check(args)
    now = datetime.now(UTC)
    with _sessions(args) as sessions, session_scope(sessions) as session:
        rebuilt, took_s = _timed(session)
        found = differences(session, rebuilt)
        write_rebuilt(session, rebuilt)
        detail = f"{rebuilt.entries} entries, {len(found)} differences"
        write_down(session, at=now, actor=OPERATOR, act="positions.rebuild", detail=detail)
    _say(rebuilt, took_s, found)
    return 0


def _learn(args: argparse.Namespace) -> int:
    with _sessions(args) as sessions:
        ways = learn_again(sessions, datetime.now(UTC))
    say(f"{ways} ways learnt.")
    return 0


@contextmanager
def _sessions(args: argparse.Namespace) -> Iterator[Sessions]:
    engine = make_engine(settings.load(args.data).database)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


def _timed(session: Session) -> tuple[Rebuilt, float]:
    begun = time.perf_counter()
    rebuilt = rebuild(session)
    return rebuilt, time.perf_counter() - begun


def _say(rebuilt: Rebuilt, took_s: float, found: list[Difference]) -> None:
    rate = round(rebuilt.entries / took_s) if took_s > 0 else 0
    say(
        f"{rebuilt.entries:,} entries folded for {len(rebuilt.held):,} people in {took_s:.1f} s ({rate:,} a second)."
    )
    if rebuilt.unread:
        say(f"{rebuilt.unread:,} entries name a person or a zone that is not known here, and were left out.")
    for one in found[:_SHOWN]:
        held, told = _place(one.held_zone, one.held_at), _place(one.rebuilt_zone, one.rebuilt_at)
        say(f"{one.number}: held {held}, journals say {told}")
    if len(found) > _SHOWN:
        say(f"and {len(found) - _SHOWN:,} more")
    say("Nothing differs." if not found else f"{len(found):,} people differ.")


def _place(zone: str | None, at: datetime | None) -> str:
    return "nowhere" if zone is None or at is None else f"{zone} at {at.isoformat()}"
