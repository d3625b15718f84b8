"""Orders that stand now, for where, and which version of them each terminal shall hold. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.movements.orders.records import SiteOrder, SiteOrderScope, SiteOrderStep
from hub.movements.records import Checkpoint, Zone
from hub.movements.site.tree import Tree, load
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal
from wire.happenings import EntryReference
from wire.orders import Order, OrderKind
from wire.versions import Version

GIVEN: Final = "GIVEN"
ENDED: Final = "ENDED"
ZONE: Final = "zone"
TERMINAL: Final = "terminal"


@dataclass(frozen=True)
class InForce:
    """An order that stands now. Empty `zones` and `terminals` mean the whole site."""

    number: int
    kind: OrderKind
    by: str
    reason: str
    since_at: datetime
    zones: tuple[str, ...]
    terminals: tuple[str, ...]
    until_at: datetime | None = None
    person: str | None = None
    referral: EntryReference | None = None
    asked_by: str | None = None

    @property
    def whole_site(self) -> bool:
        return not self.zones and not self.terminals

    def concerns(self, terminal: str, zones: Collection[str]) -> bool:
        """Whether it is for a terminal that joins these zones."""
        return self.whole_site or terminal in self.terminals or bool(set(self.zones) & set(zones))


def in_force(session: Session, now: datetime, *, with_let_through: bool = False) -> list[InForce]:
    """Orders that stand now, oldest first; those that let one person through only when asked for."""
    over = aliased(SiteOrderStep)
    wanted = (
        select(SiteOrder)
        .where(~select(over.id).where(over.order_id == SiteOrder.id, over.step == ENDED).exists())
        .where(or_(SiteOrder.until_at.is_(None), SiteOrder.until_at > now))
        .order_by(SiteOrder.id)
    )
    if not with_let_through:
        wanted = wanted.where(SiteOrder.kind != OrderKind.LET_THROUGH)
    orders = session.scalars(wanted).all()
    scopes = scopes_of(session, [order.id for order in orders])
    return [told(order, scopes.get(order.id, [])) for order in orders]


def orders_wanted(session: Session) -> dict[str, Version]:
    """The version of orders that each active terminal shall hold: the newest step that concerns it."""
    epoch = current_epoch(session)
    newest_of_site = (
        select(func.max(SiteOrderStep.id))
        .join(SiteOrder, SiteOrder.id == SiteOrderStep.order_id)
        .where(SiteOrder.whole_site)
    )
    site = session.scalar(newest_of_site) or 0
    by_scope = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(SiteOrderScope.what, SiteOrderScope.code, func.max(SiteOrderStep.id))
            .join(SiteOrderStep, SiteOrderStep.order_id == SiteOrderScope.order_id)
            .group_by(SiteOrderScope.what, SiteOrderScope.code)
        )
    }
    found = {}
    for terminal, zones in places(session).items():
        own = [by_scope.get((ZONE, zone), 0) for zone in zones]
        newest = max(site, by_scope.get((TERMINAL, terminal), 0), *own)
        found[terminal] = Version(epoch, newest)
    return found


def newest_step(session: Session) -> int:
    """Rises with every order that is given or ended, 0 before the first."""
    return session.scalar(select(func.max(SiteOrderStep.id))) or 0


def places(session: Session) -> dict[str, tuple[str, ...]]:
    """The zones that each active terminal's checkpoint joins, and those that these lie in.

    None for a checkpoint that is not of the site.
    """
    tree = load(session)
    inner, outer = aliased(Zone), aliased(Zone)
    rows = session.execute(
        select(Terminal.name, inner.id, outer.id)
        .outerjoin(Checkpoint, Checkpoint.code == Terminal.checkpoint_code)
        .outerjoin(inner, inner.id == Checkpoint.to_zone_id)
        .outerjoin(outer, outer.id == Checkpoint.from_zone_id)
        .where(Terminal.status == Status.ACTIVE)
        .order_by(Terminal.name)
    )
    return {name: _around(tree, [zone for zone in zones if zone is not None]) for name, *zones in rows}


def _around(tree: Tree, zones: Sequence[int]) -> tuple[str, ...]:
    """Codes of the zones and of everything they lie in, each once."""
    nodes = [node for zone in zones for node in (tree.zone(zone), *tree.above(zone))]
    return tuple(dict.fromkeys(node.code for node in nodes))


def for_wire(order: InForce) -> Order:
    """The order as a terminal is told of it."""
    return Order(
        number=order.number,
        kind=order.kind,
        since_at=order.since_at,
        by=order.by,
        reason=order.reason,
        person=order.person,
        referral=order.referral,
        until_at=order.until_at,
    )


def scopes_of(session: Session, numbers: Sequence[int]) -> dict[int, list[SiteOrderScope]]:
    """Zones and terminals of these orders; those for the whole site are left out."""
    found: dict[int, list[SiteOrderScope]] = {}
    for row in session.scalars(
        select(SiteOrderScope).where(SiteOrderScope.order_id.in_(numbers)).order_by(SiteOrderScope.code)
    ):
        found.setdefault(row.order_id, []).append(row)
    return found


def told(order: SiteOrder, scopes: Sequence[SiteOrderScope]) -> InForce:
    """An order with its scopes, as one value."""
    referral = None
    if order.referral_terminal and order.referral_journal and order.referral_sequence:
        referral = EntryReference(
            terminal=order.referral_terminal,
            journal_id=order.referral_journal,
            sequence=order.referral_sequence,
        )
    return InForce(
        order.id,
        OrderKind(order.kind),
        order.by,
        order.reason,
        order.since_at,
        tuple(row.code for row in scopes if row.what == ZONE),
        tuple(row.code for row in scopes if row.what == TERMINAL),
        order.until_at,
        order.person_number,
        referral,
        order.asked_by,
    )
