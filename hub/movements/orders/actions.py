"""Giving and ending orders, and what each terminal shall hold of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from hub.accounts.audit import Actor, write_down
from hub.database import Series, in_commit_order
from hub.movements import feed
from hub.movements.orders.records import SiteOrder, SiteOrderScope, SiteOrderStep
from hub.movements.records import Checkpoint, FeedKind, Zone
from hub.movements.site.tree import Tree, load
from hub.sentences import RefusedError, Sentence
from hub.terminals.epochs import current_epoch
from hub.terminals.records import Status, Terminal
from wire.happenings import EntryReference
from wire.orders import Order, OrderKind
from wire.versions import Version

GIVEN, ENDED = "GIVEN", "ENDED"
ZONE, TERMINAL = "zone", "terminal"

LASTS = timedelta(seconds=60)
"""How long a person has to walk through a gate that was opened for them."""

SHORTEST_REASON = 3

MOST_IN_FORCE = 64
"""As many orders as a terminal is told of at once; beyond them no more are taken."""


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


def give(
    session: Session,
    kind: OrderKind,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    zones: Collection[str] = (),
    terminals: Collection[str] = (),
    asked_by: str = "",
) -> int:
    """Order a lockdown, an evacuation or a hold of the whole site, or of some zones and terminals. Gives its number.

    A zone means whatever lies in it as well. `asked_by` says in words who asked for it. RefusedError without a
    reason, when a place does not exist, or too many orders stand.
    """
    assert kind is not OrderKind.LET_THROUGH
    _check_places(session, zones, terminals)
    if len(in_force(session, now)) >= MOST_IN_FORCE:
        raise RefusedError(
            "too_many_orders", Sentence("Too many orders are in force. End some of them first.")
        )
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Say why: choose a reason, or write one."))
    asker = asked_by.strip()[:80] or None
    number = _add(session, kind, reason, actor.login, now, zones, terminals, asked_by=asker)
    scope = ", ".join([*zones, *terminals]) or "site"
    write_down(
        session, at=now, actor=actor, act=f"order.{kind.value.lower()}", subject=str(number), detail=scope
    )
    facts = {"what": kind.value.lower(), "order": number, "scope": scope, "by": actor.login}
    feed.append(session, [feed.Line(now, FeedKind.TERMINAL, {**facts, "at": now.isoformat()})])
    return number


def let_through(
    session: Session,
    *,
    terminal: str,
    person: str,
    referral: EntryReference | None,
    by: str,
    reason: str,
    now: datetime,
    lasts: timedelta = LASTS,
) -> int:
    """One person may pass one terminal once, for whom an officer at the hub vouched. Gives the order's number.

    The caller writes the act down: it belongs to the attestation. RefusedError for a terminal that is not ours.
    """
    _check_places(session, (), (terminal,))
    return _add(
        session,
        OrderKind.LET_THROUGH,
        reason,
        by,
        now,
        (),
        (terminal,),
        until_at=now + lasts,
        person=person,
        referral=referral,
    )


def end(session: Session, number: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """The order no longer stands. Ending it again changes nothing; RefusedError without a reason or an order."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise RefusedError("no_reason", Sentence("Say why it ends, for example: searched and counted."))
    in_commit_order(session, Series.ORDERS)
    order = session.get(SiteOrder, number)
    if order is None or order.kind == OrderKind.LET_THROUGH:
        raise RefusedError("no_order", Sentence("There is no such order."))
    if order.kind == OrderKind.HOLD:
        raise RefusedError(
            "hold_of_a_count",
            Sentence(
                "This order holds a headcount. It ends when the control room clears or cancels the count."
            ),
        )
    _over(session, order, reason, actor, now)


def release_hold(session: Session, number: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """The headcount that the order held is over. Ending it again changes nothing."""
    in_commit_order(session, Series.ORDERS)
    order = session.get_one(SiteOrder, number)
    assert order.kind == OrderKind.HOLD
    _over(session, order, reason, actor, now)


def _over(session: Session, order: SiteOrder, reason: str, actor: Actor, now: datetime) -> None:
    number = order.id
    ended = select(SiteOrderStep.id).where(SiteOrderStep.order_id == number, SiteOrderStep.step == ENDED)
    if session.scalar(ended) is not None:
        return
    session.add(SiteOrderStep(order_id=number, step=ENDED, at=now, by=actor.login, reason=reason[:200]))
    write_down(session, at=now, actor=actor, act="order.end", subject=str(number), detail=order.kind)
    facts = {"what": f"{order.kind.lower()}_over", "order": number, "by": actor.login}
    feed.append(session, [feed.Line(now, FeedKind.TERMINAL, {**facts, "at": now.isoformat()})])


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
    scopes = _scopes(session, [order.id for order in orders])
    return [_in_force(order, scopes.get(order.id, [])) for order in orders]


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


def _add(
    session: Session,
    kind: OrderKind,
    reason: str,
    by: str,
    now: datetime,
    zones: Collection[str],
    terminals: Collection[str],
    *,
    until_at: datetime | None = None,
    person: str | None = None,
    referral: EntryReference | None = None,
    asked_by: str | None = None,
) -> int:
    in_commit_order(session, Series.ORDERS)
    order = SiteOrder(
        kind=kind.value,
        whole_site=not zones and not terminals,
        by=by[:64],
        reason=reason[:200],
        since_at=now,
        until_at=until_at,
        person_number=person,
        referral_terminal=None if referral is None else referral.terminal,
        referral_journal=None if referral is None else referral.journal_id,
        referral_sequence=None if referral is None else referral.sequence,
        asked_by=asked_by,
    )
    session.add(order)
    session.flush()
    scopes = [(ZONE, code) for code in sorted(set(zones))]
    scopes += [(TERMINAL, code) for code in sorted(set(terminals))]
    session.add_all(SiteOrderScope(order_id=order.id, what=what, code=code) for what, code in scopes)
    session.add(SiteOrderStep(order_id=order.id, step=GIVEN, at=now, by=by[:64], reason=reason[:200]))
    session.flush()
    return order.id


def _check_places(session: Session, zones: Collection[str], terminals: Collection[str]) -> None:
    known_zones = set(session.scalars(select(Zone.code).where(Zone.code.in_(zones))))
    known = set(
        session.scalars(
            select(Terminal.name).where(Terminal.name.in_(terminals), Terminal.status == Status.ACTIVE)
        )
    )
    missing = sorted({*zones} - known_zones) + sorted({*terminals} - known)
    if missing:
        raise RefusedError(
            "unknown_place",
            Sentence("There is no zone or terminal %(names)s.", {"names": ", ".join(missing)}),
        )


def _scopes(session: Session, numbers: Sequence[int]) -> dict[int, list[SiteOrderScope]]:
    found: dict[int, list[SiteOrderScope]] = {}
    for row in session.scalars(
        select(SiteOrderScope).where(SiteOrderScope.order_id.in_(numbers)).order_by(SiteOrderScope.code)
    ):
        found.setdefault(row.order_id, []).append(row)
    return found


def _in_force(order: SiteOrder, scopes: Sequence[SiteOrderScope]) -> InForce:
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
