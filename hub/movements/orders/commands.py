"""`pims-hub orders give|end|list`: for a hub without a browser, and for the hour when nobody can sign in."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.movements.orders.actions import end, give
from hub.movements.orders.standing import Reach, lingering, reaches
from wire.orders import OrderKind

if TYPE_CHECKING:
    from hub.cli import Subparsers

_KINDS = {"lockdown": OrderKind.LOCKDOWN, "evacuate": OrderKind.EVACUATE}


def register(subparsers: Subparsers) -> None:
    """Declare `orders give`, `orders end` and `orders list`."""
    parser = subparsers.add_parser("orders", help="lockdown and evacuation")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    giving = add_command(verbs, "give", _give, "Order a lockdown or an evacuation, at once.")
    giving.add_argument("kind", choices=sorted(_KINDS))
    giving.add_argument("--zone", action="append", default=[], metavar="CODE", help="not the whole site")
    giving.add_argument("--reason", required=True, help="for the record")
    giving.add_argument("--asked-by", default="", help="who asked for it, where that is somebody else")
    ending = add_command(verbs, "end", _end, "End an order.")
    ending.add_argument("number", type=int)
    ending.add_argument("--reason", required=True, help="why it ends, for the record")
    add_command(verbs, "list", _list, "Orders in force, and which terminals act by them.")


def _give(args: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        number = give(
            session,
            _KINDS[args.kind],
            reason=args.reason,
            actor=OPERATOR,
            now=now,
            zones=args.zone,
            asked_by=args.asked_by,
        )
    engine.dispose()
    say(f"Order {number} is in force: {args.kind}. See who acts by it: pims-hub orders list")
    return 0


def _end(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        end(session, args.number, reason=args.reason, actor=OPERATOR, now=datetime.now(UTC))
    engine.dispose()
    say(f"Order {args.number} is ended.")
    return 0


def _list(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine), writes=False) as session:
        now = datetime.now(UTC)
        found, left = reaches(session, now), lingering(session, now)
    engine.dispose()
    for reach in found:
        say(_line(reach))
    for reach in left:
        names = ", ".join([*reach.not_yet, *(f"{name} (not connected)" for name in reach.away)])
        say(
            f"{reach.order.number} {reach.order.kind.value} is ended; STILL ACTS BY IT, use the radio: {names}"
        )
    if not found:
        say("No order is in force.")
    return 0


def _line(reach: Reach) -> str:
    order = reach.order
    where = ", ".join([*order.zones, *order.terminals]) or "whole site"
    behind = [*reach.not_yet, *(f"{name} (not connected)" for name in reach.away)]
    missing = f"; NOT CONFIRMED, use the radio: {', '.join(behind)}" if behind else ""
    told = (
        f"{order.number} {order.kind.value} {where}, by {order.by}, since {order.since_at:%Y-%m-%d %H:%M} UTC"
    )
    return f"{told}: CONFIRMED by {len(reach.taken)} of {reach.concerned} terminals{missing}"
