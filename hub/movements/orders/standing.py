"""Which terminals act by an order already, since when, and where somebody has to use the radio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.movements.orders.in_force import (
    ENDED,
    GIVEN,
    InForce,
    in_force,
    orders_wanted,
    places,
    scopes_of,
    told,
)
from hub.movements.orders.receipts import receipts_since
from hub.movements.orders.records import SiteOrder, SiteOrderStep
from hub.movements.orders.words import RANK
from hub.movements.records import Checkpoint
from hub.terminals.configuration.actions import reported
from hub.terminals.configuration.records import ConfigurationReport
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal, TerminalState
from wire.orders import OrderKind
from wire.versions import Version

IN_TIME: Final = timedelta(seconds=2)
"""How soon a connected terminal confirms."""
LINGERS: Final = timedelta(days=7)
"""For how long after its end it is asked who still acts by an order."""


@dataclass(frozen=True)
class Confirmation:
    """How an order stands at one terminal. `took` is None where the time of the word was not kept."""

    terminal: str
    place: str
    connected: bool
    confirmed: bool
    confirmed_at: datetime | None = None
    took: timedelta | None = None

    @property
    def took_s(self) -> float | None:
        """Seconds from the order to the word that it is acted by."""
        return None if self.took is None else max(0.0, self.took.total_seconds())


@dataclass(frozen=True)
class End:
    """When an order ended, by whom, and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Reach:
    """How far an order has come: every terminal that it concerns, those that did not confirm first.

    With `ended` it is the word of the end that they confirm, and `terminals` are those that acted by the order.
    """

    order: InForce
    terminals: tuple[Confirmation, ...]
    ended: End | None = None

    @property
    def taken(self) -> tuple[str, ...]:
        """Names of terminals that act by it."""
        return tuple(one.terminal for one in self.terminals if one.confirmed)

    @property
    def not_yet(self) -> tuple[str, ...]:
        """Connected, and have not said so."""
        return tuple(one.terminal for one in self.terminals if not one.confirmed and one.connected)

    @property
    def away(self) -> tuple[str, ...]:
        """Not connected, and had not said so before."""
        return tuple(one.terminal for one in self.terminals if not one.confirmed and not one.connected)

    @property
    def concerned(self) -> int:
        return len(self.terminals)

    @property
    def slowest_s(self) -> float | None:
        """Of those that confirmed, None when nobody did."""
        return max((one.took_s for one in self.terminals if one.took_s is not None), default=None)


@dataclass(frozen=True)
class _Holder:
    id: int
    place: str
    online: bool
    heard_at: datetime | None
    version: Version | None

    def acts_between(self, epoch: int, given: int, ended: int) -> bool:
        """Whether what it holds contains the step `given` and not yet the step `ended`."""
        return (
            self.version is not None and self.version.epoch == epoch and given <= self.version.counter < ended
        )


def reaches(session: Session, now: datetime) -> list[Reach]:
    """Every order in force: evacuations, then lockdowns, then the rest, of each the newest first."""
    orders = in_force(session, now)
    if not orders:
        return []
    zones, wanted, held = places(session), orders_wanted(session), _held(session)
    steps = _given(session, [order.number for order in orders])
    epoch = current_epoch(session)
    receipts = receipts_since(session, epoch, min(steps.values()))
    found = []
    for order in sorted(orders, key=lambda one: (RANK[one.kind], -one.number)):
        concerned = [name for name in zones if name in held and order.concerns(name, zones[name])]
        ones = [
            _confirmation(order, name, held[name], wanted[name], receipts.get(held[name].id, ()), steps)
            for name in concerned
        ]
        found.append(Reach(order, tuple(sorted(ones, key=lambda one: (one.confirmed, one.terminal)))))
    return found


def lingering(session: Session, now: datetime) -> list[Reach]:
    """Orders that ended within the last days and that a terminal still acts by: it was told and not yet of the end."""
    rows = session.execute(
        select(SiteOrder, SiteOrderStep)
        .join(SiteOrderStep, SiteOrderStep.order_id == SiteOrder.id)
        .where(SiteOrderStep.step == ENDED, SiteOrderStep.at > now - LINGERS)
        .where(SiteOrder.kind != OrderKind.LET_THROUGH)
        .order_by(SiteOrderStep.id.desc())
    ).all()
    if not rows:
        return []
    scopes = scopes_of(session, [order.id for order, _ in rows])
    given = _given(session, [order.id for order, _ in rows])
    zones, held, epoch = places(session), _held(session), current_epoch(session)
    found = []
    for row, step in rows:
        order = told(row, scopes.get(row.id, []))
        ones = [
            Confirmation(name, held[name].place, held[name].online, confirmed=False)
            for name in zones
            if name in held
            and order.concerns(name, zones[name])
            and held[name].acts_between(epoch, given[row.id], step.id)
        ]
        if ones:
            found.append(Reach(order, tuple(ones), End(step.at, step.by, step.reason)))
    return found


def _confirmation(
    order: InForce,
    name: str,
    holder: _Holder,
    wanted: Version,
    receipts: Sequence[tuple[int, datetime]],
    steps: Mapping[int, int],
) -> Confirmation:
    """What a terminal holds is only known as a version: one from this order's step on contains it."""
    step = steps[order.number]
    at = next((at for counter, at in receipts if counter >= step), None)
    version = holder.version
    holds = version is not None and version.epoch == wanted.epoch and version.counter >= step
    # Its journal may say so before its state does; what the state says later counts, as after a card was lost.
    confirmed = holds or (at is not None and (holder.heard_at is None or at >= holder.heard_at))
    return Confirmation(
        terminal=name,
        place=holder.place,
        connected=holder.online,
        confirmed=confirmed,
        confirmed_at=at if confirmed else None,
        took=at - order.since_at if confirmed and at is not None else None,
    )


def _given(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(SiteOrderStep.order_id, func.min(SiteOrderStep.id))
        .where(SiteOrderStep.order_id.in_(numbers), SiteOrderStep.step == GIVEN)
        .group_by(SiteOrderStep.order_id)
    )
    return {row[0]: row[1] for row in rows}


def _held(session: Session) -> dict[str, _Holder]:
    rows = session.execute(
        select(Terminal.id, Terminal.name, Checkpoint.name, TerminalState, ConfigurationReport)
        .outerjoin(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .outerjoin(TerminalState, TerminalState.terminal_id == Terminal.id)
        .outerjoin(ConfigurationReport, ConfigurationReport.terminal_id == Terminal.id)
        .where(Terminal.status == Status.ACTIVE)
    )
    return {
        name: _Holder(
            number,
            place or "",
            state is not None and state.online,
            None if state is None else state.heard_at,
            None if report is None else reported(report.orders_epoch, report.orders_counter),
        )
        for number, name, place, state, report in rows
    }
