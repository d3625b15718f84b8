"""What terminals say became of configurations and orders: kept, and told to the feed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.ingest.clocks import Moment
from hub.ingest.storing import Arrived
from hub.movements import feed
from hub.movements.orders.receipts import note_receipt
from hub.movements.records import FeedKind
from hub.terminals.configuration.actions import note_taken
from wire.happenings import ConfigurationTaken, OrdersTaken

_ALARMING = ("reverted", "refused")


def take_configuration(
    session: Session, one: Arrived, moment: Moment, said: ConfigurationTaken, now: datetime
) -> list[feed.Line]:
    """A configuration was applied, kept, taken back or refused; the latter two need somebody."""
    note_taken(session, one.keys.terminal_id, said, moment.at, now)
    facts = {"version": str(said.version), "outcome": said.outcome, "why": said.why}
    kind = FeedKind.ALARM if said.outcome in _ALARMING else FeedKind.TERMINAL
    return [_line(one, moment, kind, f"configuration_{said.outcome}", facts, now)]


def take_orders(
    session: Session, one: Arrived, moment: Moment, said: OrdersTaken, now: datetime
) -> list[feed.Line]:
    """A terminal acts by these orders from now on."""
    note_receipt(session, one.keys.terminal_id, said.version, now)
    facts = {"version": str(said.version), "in_force": len(said.in_force)}
    return [_line(one, moment, FeedKind.TERMINAL, "orders_taken", facts, now)]


def tell_alarm(session: Session, now: datetime, what: str, facts: dict[str, Any]) -> None:
    """Puts an alarm of a desk into the feed, in the desk's own transaction."""
    line = {"what": what, **facts, "at": now.isoformat()}
    feed.append(session, [feed.Line(now, FeedKind.ALARM, line)])


def _line(
    one: Arrived, moment: Moment, kind: FeedKind, what: str, facts: dict[str, Any], now: datetime
) -> feed.Line:
    place = {"terminal": one.keys.name, "at": moment.at.isoformat(), "late": one.historical}
    return feed.Line(now, kind, {"what": what, **place, **facts})
