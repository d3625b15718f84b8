"""Who is to hear of which events, by the agreements in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.agreements.records import AgreementVersion
from hub.sharing.agreements.terms import Frequency
from hub.sharing.outbox.events import EventType
from hub.web.formats import start_of


@dataclass(frozen=True)
class Listener:
    """An agency that hears of a type of event, under which exchange and purpose, of what happened since when.

    With `on_request` nothing is sent: it lies ready until they fetch it.
    """

    agency: str
    exchange: str
    purpose: str
    since_at: datetime
    on_request: bool = False


def listeners(session: Session, at: datetime) -> Mapping[str, Sequence[Listener]]:
    """By type of event, in the order of agencies' codes."""
    found: dict[str, list[Listener]] = defaultdict(list)
    # A renewed agreement goes on: what happened before the renewal and is recorded after it is told as well.
    first = select(AgreementVersion.agreement_id, func.min(AgreementVersion.starts_on)).group_by(
        AgreementVersion.agreement_id
    )
    began = {number: day for number, day in session.execute(first)}  # noqa: C416 - a result is no mapping
    for one in sorted(agreements_in_force(session, at), key=lambda held: (held.agency, held.code)):
        on_request = one.terms.frequency is Frequency.ON_REQUEST
        since_at = start_of(min(one.terms.starts_on, began[one.agreement_id]))
        for grant in one.terms.grants:
            for event in grant.events:
                hearer = Listener(one.agency, grant.exchange, grant.purpose, since_at, on_request)
                found[event].append(hearer)
    return found


def told_for(session: Session, agency: str, exchange: str, type: EventType, at: datetime) -> frozenset[str]:
    """The purposes for which an agreement in force sends this exchange to an agency when this happens."""
    return frozenset(
        grant.purpose
        for one in agreements_in_force(session, at, agency)
        for grant in one.terms.grants
        if grant.exchange == exchange and type.value in grant.events
    )


def purpose_for(session: Session, agency: str, exchange: str, at: datetime) -> str:
    """The purpose under which an agreement in force with an agency has an exchange; "" where none has."""
    for one in agreements_in_force(session, at):
        for grant in one.terms.grants:
            if one.agency == agency and grant.exchange == exchange:
                return str(grant.purpose)
    return ""
