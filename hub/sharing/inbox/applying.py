"""Stating what a message says, through the one way that facts are recorded; and trying it without leaving a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.kinds import Form, Per
from hub.custody.facts.reading import item_of
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.custody.sentencing import signing
from hub.custody.sentencing.case import Reckoned
from hub.custody.sentencing.forms import REMAND_CREDIT, SENTENCE
from hub.sentences import RefusedError, Sentence
from hub.sharing.inbox.drafts import Draft
from hub.sharing.inbox.records import InboundMessage

_RECKONED = frozenset({SENTENCE.name, REMAND_CREDIT.name})


@dataclass(frozen=True)
class Where:
    """Whose file, which stay, and from which message."""

    person: Person
    booking: Booking | None
    message: InboundMessage
    reference: str = ""

    @property
    def source(self) -> str:
        return f"{self.message.number} {self.message.agency} {self.reference}".strip()[:200]

    def __repr__(self) -> str:
        return f"Where({self.message.number})"


@dataclass(frozen=True)
class Trial:
    """The release date as it is reckoned now, and as it would be. None where no sentence is recorded."""

    before: Reckoned | None
    after: Reckoned | None
    problem: Sentence | None = None


def apply(
    session: Session, drafts: Sequence[Draft], where: Where, *, actor: Actor, at: datetime
) -> list[Fact]:
    """State every draft that is to be recorded, those that others name first. FactFaultsError, RefusedError."""
    items: dict[str, int] = {}
    names = {one.name for one in drafts if one.recorded}
    waiting = [one for one in drafts if one.recorded]
    stated: list[Fact] = []
    while waiting:
        ready = [one for one in waiting if all(other in items for other in _needs(one, names))]
        if not ready:
            raise RefusedError(
                "circle", Sentence("These follow each other in a circle. Correct which of them starts.")
            )
        for one in ready:
            row = _state(session, one, items, where, actor, at)
            items[one.name] = item_of(row)
            stated.append(row)
        waiting = [one for one in waiting if one not in ready]
    return stated


def _needs(one: Draft, names: set[str]) -> list[str]:
    return [other for other in one.links.values() if other in names]


def _state(
    session: Session, one: Draft, items: dict[str, int], where: Where, actor: Actor, at: datetime
) -> Fact:
    assert one.value is not None, "faults are looked at before"
    named = {field: items[other] for field, other in one.links.items() if other in items}
    value: Form = msgspec.structs.replace(one.value, **named)
    proposal, booking = one.proposal, where.booking
    of_stay = proposal.kind.per is Per.BOOKING
    person_id = booking.person_id if of_stay and booking is not None else where.person.id
    statement = Statement(
        proposal.kind,
        value,
        proposal.effective_at,
        source=where.source,
        booking_id=booking.id if of_stay and booking is not None else None,
    )
    return state(session, person_id, statement, actor=actor, at=at, item=proposal.item)


def moves_dates(drafts: Sequence[Draft]) -> bool:
    """Whether anything of it is reckoned into a release date."""
    return any(one.recorded and one.proposal.kind.name in _RECKONED for one in drafts)


def tried(
    session: Session, drafts: Sequence[Draft], where: Where, *, actor: Actor, at: datetime, today: date
) -> Trial:
    """Reckon the release date with the drafts and without; nothing of it stays in the database."""
    if where.booking is None:
        return Trial(None, None)
    booking_id = where.booking.id
    found = signing.explain(session, booking_id, today=today)
    before = None if found is None else found.reckoned
    inner = session.begin_nested()
    try:
        apply(session, drafts, where, actor=actor, at=at)
        then = signing.explain(session, booking_id, today=today)
    except RefusedError as error:
        return Trial(before, None, error.message)
    finally:
        inner.rollback()
    return Trial(before, None if then is None else then.reckoned)
