"""Giving and ending orders. Each is a step, a line of the feed and a line of the trail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.database import Series, in_commit_order
from hub.movements import feed
from hub.movements.orders.in_force import ENDED, GIVEN, TERMINAL, ZONE, in_force
from hub.movements.orders.records import SiteOrder, SiteOrderScope, SiteOrderStep
from hub.movements.records import FeedKind, Zone
from hub.sentences import RefusedError, Sentence
from hub.terminals.records import Status, Terminal
from wire.happenings import EntryReference
from wire.orders import OrderKind

LASTS: Final = timedelta(seconds=60)
"""How long a person has to walk through a gate that was opened for them."""

SHORTEST_REASON: Final = 3

MOST_IN_FORCE: Final = 64
"""As many orders as a terminal is told of at once; beyond them no more are taken."""

KEPT_FOR_EVACUATIONS: Final = 16
"""Of these: however many lockdowns stand, there is room to let everybody out."""


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
    room = MOST_IN_FORCE - (0 if kind is OrderKind.EVACUATE else KEPT_FOR_EVACUATIONS)
    if len(in_force(session, now)) >= room:
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
