"""Disclosures, agreements and messages of the year, as they were known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hub.sharing.agreements.reading import STATES, State, standings
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.inbox.records import InboundMessage, InboxAct, InboxStep
from hub.statistics.review.evidence import Agreed, CameIn, Shared, Span
from hub.statistics.review.reading.delays import delay_of, hours_between

_DECIDED = {InboxAct.ACCEPTED.value: "accepted", InboxAct.CORRECTED.value: "corrected"} | {
    InboxAct.REFUSED.value: "refused"
}


def shared_of(session: Session, span: Span) -> tuple[Shared, ...]:
    """Acts of sharing by agency, exchange and purpose; refused ones apart."""
    until = min(span.period.ends_at, span.known_at)
    receipts = aliased(Disclosure)
    within = (
        Disclosure.receipt_of.is_(None),
        Disclosure.at >= span.period.begins_at,
        Disclosure.at <= until,
    )
    by = (Disclosure.agency, Disclosure.exchange, Disclosure.purpose)
    shared: Counter[tuple[str, str, str]] = Counter()
    in_vain: Counter[tuple[str, str, str]] = Counter()
    for agency, exchange, purpose, refused, many in session.execute(
        select(*by, Disclosure.refused, func.count()).where(*within).group_by(*by, Disclosure.refused)
    ):
        (in_vain if refused else shared)[agency, exchange, purpose] += many
    confirmed = {
        (agency, exchange, purpose): many
        for agency, exchange, purpose, many in session.execute(
            select(*by, func.count(func.distinct(Disclosure.id)))
            .join(receipts, receipts.receipt_of == Disclosure.id)
            .where(*within, receipts.at <= until)
            .group_by(*by)
        )
    }
    return tuple(
        Shared(*key, shared[key], in_vain[key], confirmed.get(key, 0)) for key in sorted({*shared, *in_vain})
    )


def agreed_of(session: Session, span: Span) -> tuple[Agreed, ...]:
    """Every agreement as it stood when the review was made."""
    found = []
    for one in standings(session, span.known_at):
        version = one.ruling or (one.versions[-1] if one.versions else None)
        found.append(
            Agreed(
                one.agreement.code,
                one.agency.code,
                0 if version is None else version.number,
                STATES[one.state],
                one.state is State.IN_FORCE,
                one.state in (State.EXPIRED, State.ENDED),
                None if version is None else version.review_on,
                None if version is None else version.ends_on,
            )
        )
    return tuple(found)


def came_in_of(session: Session, span: Span) -> tuple[CameIn, ...]:
    """Messages that came within the span, and what was decided on them until it was over."""
    until = min(span.period.ends_at, span.known_at)
    messages = session.execute(
        select(
            InboundMessage.id, InboundMessage.agency, InboundMessage.exchange, InboundMessage.received_at,
            InboundMessage.same_as_id,
        ).where(InboundMessage.received_at >= span.period.begins_at, InboundMessage.received_at <= until)
    ).all()  # fmt: skip
    outcomes: dict[int, str] = {}
    hours: dict[int, float] = {}
    steps = (
        select(InboxStep.message_id, InboxStep.act, InboxStep.at, InboundMessage.received_at)
        .join(InboundMessage, InboundMessage.id == InboxStep.message_id)
        .where(InboundMessage.received_at >= span.period.begins_at, InboxStep.at <= until)
        .order_by(InboxStep.id)
    )
    for number, act, at, received_at in session.execute(steps):
        if act in _DECIDED:
            outcomes[number] = _DECIDED[act]
            hours.setdefault(number, hours_between(received_at, at))
        elif act == InboxAct.TAKEN_BACK.value:
            outcomes.pop(number, None)
    piles: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
    for number, agency, exchange, _at, same_as in messages:
        piles[agency, exchange].append((number, same_as is not None))
    return tuple(_came_in(key, piles[key], outcomes, hours) for key in sorted(piles))


def _came_in(
    key: tuple[str, str],
    messages: Iterable[tuple[int, bool]],
    outcomes: dict[int, str],
    hours: dict[int, float],
) -> CameIn:
    many = list(messages)
    first = [number for number, double in many if not double]
    counted = Counter(outcomes.get(number, "open") for number in first)
    return CameIn(
        *key, len(many), counted["accepted"], counted["corrected"], counted["refused"],
        len(many) - len(first), counted["open"], delay_of([hours[one] for one in first if one in hours]),
    )  # fmt: skip
