"""What else went on in an hour: terminals that were not heard, alarms, orders, headcounts, areas reset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from hub.control_room.words import ALARMS
from hub.custody.records import Person
from hub.headcount.records import Headcount
from hub.movements.alarms.records import Alarm
from hub.movements.orders.records import SiteOrder, SiteOrderScope, SiteOrderStep
from hub.movements.orders.words import KINDS
from hub.movements.records import Zone
from hub.movements.whereabouts.records import AreaReset
from hub.terminals.records import Terminal, TerminalStateChange
from hub.web.language import say
from wire.orders import OrderKind


class Away(msgspec.Struct, frozen=True):
    """A terminal, and the times at which the hub did not hear it, each within the time of the reel."""

    terminal: str
    checkpoint: str
    times: Sequence[tuple[datetime, datetime]]


class Band(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that lasted: `kind` is alarm, order, count or reset. It had not ended where `to_at` is None."""

    kind: str
    from_at: datetime
    to_at: datetime | None
    words: str
    rank: int = 0
    zones: Sequence[str] = ()
    terminal: str = ""
    person: str = ""
    by: str = ""
    number: int = 0


def terminals_away(session: Session, from_at: datetime, to_at: datetime) -> list[Away]:
    """Every terminal that was granted by then, by name. One that never spoke was not heard all the time."""
    rows = session.execute(
        select(Terminal.id, Terminal.name, Terminal.checkpoint_code)
        .where(Terminal.granted_at < to_at, or_(Terminal.cut_off_at.is_(None), Terminal.cut_off_at > from_at))
        .order_by(Terminal.name)
    ).all()
    changes: dict[int, list[tuple[datetime, bool]]] = {}
    for terminal_id, at, online in session.execute(
        select(TerminalStateChange.terminal_id, TerminalStateChange.heard_at, TerminalStateChange.online)
        .where(TerminalStateChange.heard_at < to_at)
        .order_by(TerminalStateChange.id)
    ):
        changes.setdefault(terminal_id, []).append((at, online))
    return [
        Away(name, checkpoint, list(away_in(changes.get(number, ()), from_at, to_at)))
        for number, name, checkpoint in rows
    ]


def away_in(
    changes: Sequence[tuple[datetime, bool]], from_at: datetime, to_at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Pure; changes in the order in which they were heard, all before `to_at`."""
    online, since = False, from_at
    for at, now in changes:
        if at > from_at and online != now:
            if not online:
                yield since, at
            since = at
        online = now
    if not online and since < to_at:
        yield since, to_at


def bands(session: Session, from_at: datetime, to_at: datetime) -> list[Band]:
    """Everything that lasted into the time or began in it, the earliest first."""
    found = [
        *_alarms(session, from_at, to_at),
        *_orders(session, from_at, to_at),
        *_counts(session, from_at, to_at),
        *_resets(session, from_at, to_at),
    ]
    return sorted(found, key=lambda band: (band.from_at, band.kind, band.number))


def _alarms(session: Session, from_at: datetime, to_at: datetime) -> Iterator[Band]:
    rows = session.execute(
        select(Alarm, Zone.code, Person.number)
        .outerjoin(Zone, Zone.id == Alarm.zone_id)
        .outerjoin(Person, Person.id == Alarm.person_id)
        .where(Alarm.raised_at < to_at, or_(Alarm.closed_at.is_(None), Alarm.closed_at > from_at))
    )
    for alarm, zone, person in rows:
        yield Band(
            kind="alarm",
            from_at=alarm.raised_at,
            to_at=alarm.closed_at,
            words=say(ALARMS[alarm.code]) if alarm.code in ALARMS else alarm.code,
            rank=alarm.rank,
            zones=() if zone is None else (zone,),
            terminal=alarm.terminal or "",
            person=person or "",
            by=alarm.acknowledged_by or "",
            number=alarm.id,
        )


def _orders(session: Session, from_at: datetime, to_at: datetime) -> Iterator[Band]:
    ended = aliased(SiteOrderStep)
    rows = session.execute(
        select(SiteOrder, ended.at)
        .outerjoin(ended, (ended.order_id == SiteOrder.id) & (ended.step == "ENDED"))
        .where(
            SiteOrder.kind != OrderKind.LET_THROUGH.value,
            SiteOrder.since_at < to_at,
            or_(ended.at.is_(None), ended.at > from_at),
        )
    ).all()
    scopes: dict[int, list[str]] = {}
    for order_id, code in session.execute(
        select(SiteOrderScope.order_id, SiteOrderScope.code).where(
            SiteOrderScope.what == "zone", SiteOrderScope.order_id.in_([order.id for order, _ in rows])
        )
    ):
        scopes.setdefault(order_id, []).append(code)
    for order, ended_at in rows:
        yield Band(
            kind="order",
            from_at=order.since_at,
            to_at=ended_at,
            words=f"{say(KINDS[OrderKind(order.kind)])}: {order.reason}",
            zones=scopes.get(order.id, ()),
            by=order.by,
            number=order.id,
        )


def _counts(session: Session, from_at: datetime, to_at: datetime) -> Iterator[Band]:
    rows = session.scalars(
        select(Headcount).where(
            Headcount.announced_at < to_at, or_(Headcount.ended_at.is_(None), Headcount.ended_at > from_at)
        )
    )
    for row in rows:
        yield Band(
            kind="count",
            from_at=row.announced_at,
            to_at=row.ended_at or row.cleared_at,
            words=row.name,
            by=row.cleared_by or row.announced_by,
            number=row.id,
        )


def _resets(session: Session, from_at: datetime, to_at: datetime) -> Iterator[Band]:
    rows = session.execute(
        select(AreaReset, Zone.code)
        .join(Zone, Zone.id == AreaReset.zone_id)
        .where(AreaReset.at >= from_at, AreaReset.at < to_at)
    )
    for reset, zone in rows:
        yield Band(
            kind="reset",
            from_at=reset.at,
            to_at=reset.at,
            words=reset.reason,
            zones=(zone,),
            by=reset.by,
            number=reset.id,
        )
