"""Is there a paper that allows this person to be held today?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from hub.custody.identity import IDENTITY
from hub.custody.legal import HEARING, LEGAL_STATUS, LEGAL_STATUSES, ORDER, LegalStatus, OrderToHold
from hub.custody.rules import OrderKind
from hub.custody.stays import ADMISSION
from hub.custody.who.naming import ALIAS
from hub.docket.limits import NO_END_DAYS, ORDER_SOON_DAYS, Limits
from hub.docket.rules.base import Band, Check, Doubt, since
from hub.docket.rules.names import same_name
from hub.docket.rules.remand import WAITING
from hub.docket.snapshot import Known, Snapshot
from hub.sentences import Sentence

ADMINISTRATIVE: Final = frozenset(
    {
        LegalStatus.CIVIL_PRISONER,
        LegalStatus.IMMIGRATION_DETAINEE,
        LegalStatus.UNCONTROLLABLE_BEHAVIOUR_ORDER,
        LegalStatus.RECALL,
        LegalStatus.OTHER,
    }
)
"""Whoever is held with neither a trial to come nor a sentence to end: nobody else's clock runs for them."""


def in_force(order: OrderToHold, today: date) -> bool:
    """Whether an order gives authority on a day."""
    return order.issued_on <= today and (order.expires_on is None or order.expires_on >= today)


def orders_in_force(snapshot: Snapshot) -> list[Known[OrderToHold]]:
    """Orders that give authority today, in whatever name."""
    return [held for held in snapshot.of(ORDER) if in_force(held.value, snapshot.today)]


def authority_today(snapshot: Snapshot) -> list[Known[OrderToHold]]:
    """Orders in force, without warrants that a later order of the court took the place of.

    A warrant without an end brings somebody before the court. Whoever waits there is held by what the court ordered
    since, and once that has ended the warrant does not come to life again.
    """
    standing = orders_in_force(snapshot)
    if snapshot.status not in WAITING:
        return standing
    later = [held.value.issued_on for held in snapshot.of(ORDER) if held.value.kind in _OF_THE_COURT]
    return [
        held
        for held in standing
        if held.value.kind is not OrderKind.WARRANT or all(day < held.value.issued_on for day in later)
    ]


_OF_THE_COURT: Final = (OrderKind.REMAND_ORDER, OrderKind.COMMITTAL)


def _received_without(snapshot: Snapshot) -> bool:
    admission = snapshot.one(ADMISSION)
    return admission is not None and bool(admission.value.override)


def _no_order(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    if snapshot.of(ORDER) or _received_without(snapshot):
        return
    ended_at = snapshot.ended.get(ORDER.name)
    yield Doubt(
        max(snapshot.admitted_at, ended_at) if ended_at else snapshot.admitted_at,
        Sentence("No order to hold this person is on file."),
    )


def _override(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    admission = snapshot.one(ADMISSION)
    if admission is None or not admission.value.override or snapshot.of(ORDER):
        return
    yield Doubt(
        snapshot.admitted_at,
        Sentence(
            "Received without a valid order, on the word of %(by)s, and no order has come since.",
            {"by": admission.value.override_by or "?"},
        ),
        rows=(admission.row,),
    )


def _expired(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    ended = [held for held in snapshot.of(ORDER) if held.value.expires_on is not None]
    if not ended or authority_today(snapshot):
        return
    last = max(ended, key=lambda held: held.value.expires_on or date.min)
    expires_on = last.value.expires_on
    assert expires_on is not None
    yield Doubt(
        since(expires_on + timedelta(days=1)),
        Sentence(
            "The last order, %(reference)s, ended on %(expires_on)s.",
            {"reference": last.value.reference, "expires_on": expires_on},
        ),
        last.item,
        tuple(held.row for held in ended),
    )


def _other_name(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    for held in orders_in_force(snapshot):
        order = held.value
        if not (order.named_surname or order.named_given) or same_name(snapshot, order):
            continue
        yield Doubt(
            max(held.effective_at, snapshot.admitted_at),
            Sentence("Order %(reference)s is in another name than the file.", {"reference": order.reference}),
            held.item,
            (held.row,),
        )


def _ends_soon(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    held = authority_today(snapshot)
    if not held or any(one.value.expires_on is None for one in held):
        return
    last = max(held, key=lambda one: one.value.expires_on or date.max)
    expires_on = last.value.expires_on
    assert expires_on is not None
    if expires_on - snapshot.today > limits.days(ORDER_SOON_DAYS):
        return
    yield Doubt(
        since(expires_on + timedelta(days=1)),
        Sentence(
            "Order %(reference)s ends on %(expires_on)s, and no other follows.",
            {"reference": last.value.reference, "expires_on": expires_on},
        ),
        last.item,
        (last.row,),
        (ORDER_SOON_DAYS,),
    )


def _no_status(snapshot: Snapshot, _limits: Limits) -> Iterator[Doubt]:
    if snapshot.status is not LegalStatus.UNKNOWN:
        return
    rows = (snapshot.statuses[-1].row,) if snapshot.statuses else ()
    yield Doubt(
        snapshot.statuses[-1].effective_at if snapshot.statuses else snapshot.admitted_at,
        Sentence("Nobody has recorded the legal status: no clock of the law can run."),
        rows=rows,
    )


def _without_end(snapshot: Snapshot, limits: Limits) -> Iterator[Doubt]:
    held = orders_in_force(snapshot)
    if snapshot.status not in ADMINISTRATIVE or not held or snapshot.release.on is not None:
        return
    if any(one.value.expires_on is not None for one in held):
        return
    if any(not one.value.outcome for one in snapshot.of(HEARING)):
        return
    since_at = max(snapshot.statuses[-1].effective_at, snapshot.admitted_at)
    if snapshot.at - since_at < limits.days(NO_END_DAYS):
        return
    yield Doubt(
        since_at,
        Sentence("%(status)s: held without an end, and no court or authority looks at it on a known day.",
                 {"status": LEGAL_STATUSES[snapshot.status]}),
        rows=(snapshot.statuses[-1].row, *(one.row for one in held)),
        limits=(NO_END_DAYS,),
    )  # fmt: skip


def which_in_force(snapshot: Snapshot) -> str:
    return ",".join(str(held.row) for held in orders_in_force(snapshot))


CHECKS: Final = (
    Check(
        "no_order",
        Sentence("No order to hold"),
        Sentence("Find the order and record it, or ask the court today. Without one, prepare the release."),
        Band.LIBERTY, 24, _no_order, (ORDER, ADMISSION),
    ),
    Check(
        "received_without_order",
        Sentence("Received without an order"),
        Sentence("The order has to come within a day of the reception. Ask the court for it, or prepare the release."),
        Band.LIBERTY, 24, _override, (ORDER, ADMISSION), needs=(ADMISSION,),
    ),
    Check(
        "order_expired",
        Sentence("Order expired"),
        Sentence("Ask the court for a new order today, or prepare the release."),
        Band.LIBERTY, 24, _expired, (ORDER, LEGAL_STATUS), which_in_force, needs=(ORDER,),
    ),
    Check(
        "order_other_name",
        Sentence("Order in another name"),
        Sentence("Compare order and person. Record the alias if it is theirs, or ask the court to correct it."),
        Band.LIBERTY, 48, _other_name, (ORDER, IDENTITY, ALIAS), which_in_force, needs=(ORDER,),
    ),
    Check(
        "order_ends_soon",
        Sentence("Order about to end"),
        Sentence("Ask the court what follows, before the order ends."),
        Band.SOON, 72, _ends_soon, (ORDER, LEGAL_STATUS), which_in_force, needs=(ORDER,),
    ),
    Check(
        "no_status",
        Sentence("No legal status"),
        Sentence("Read the order and record the legal status."),
        Band.LIBERTY, 48, _no_status, (LEGAL_STATUS,),
    ),
    Check(
        "held_without_end",
        Sentence("Held without an end or a review"),
        Sentence("Ask the authority for the day of the next review or of the end, and record it on the order."),
        Band.LIBERTY, 72, _without_end, (LEGAL_STATUS, ORDER, HEARING), lambda found: str(found.release.on),
        needs=(ORDER,),
    ),
)  # fmt: skip
