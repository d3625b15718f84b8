"""What a manifest says of somebody beyond name, order and fingers, as facts of the stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from hub.custody.facts.actions import Statement
from hub.custody.legal import CHARGE, HEARING, Charge, Hearing, OrderToHold
from hub.custody.rules import OrderFacts
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.stays import Admission as Stay
from hub.custody.who.origin import NATIONALITY, Nationality
from hub.reception.admission import More
from hub.reception.manifest import PersonEntry
from hub.web.formats import SITE_ZONE, start_of

_COURTS_BEGIN: Final = time(9)
_RECEPTION: Final = time(10)
"""The hour that stands for a day of admission of which only the day is known."""


def what_more(entry: PersonEntry, order: OrderFacts, now: datetime) -> More:
    """The same as a guided admission would have asked, as far as the entry tells it."""
    came_at = now if entry.admitted_on is None else min(now, _at(entry.admitted_on, _RECEPTION))
    paper = OrderToHold(
        kind=order.kind,
        reference=order.reference,
        issued_on=order.issued_on or came_at.astimezone(SITE_ZONE).date(),
        expires_on=order.expires_on,
        court=entry.court,
    )
    return More(
        paper=paper,
        status=entry.status,
        stay=Stay(admitted_at=came_at),
        cell=entry.cell,
        statements=tuple(_statements(entry, paper, came_at)),
    )


def _statements(entry: PersonEntry, paper: OrderToHold, came_at: datetime) -> Iterator[Statement[Any]]:
    source, since = paper.reference, start_of(paper.issued_on)
    if entry.country:
        yield Statement(NATIONALITY, Nationality(country=entry.country), came_at, source=source)
    if entry.offence is not None:
        said = entry.offence
        convicted = entry.sentence is not None
        charge = Charge(
            iccs=said.iccs,
            offence=said.offence,
            court=entry.court,
            case=said.case,
            outcome="convicted" if convicted else "",
            decided_on=paper.issued_on if convicted else None,
        )
        yield Statement(CHARGE, charge, since, source=source)
    if entry.sentence is not None:
        term = entry.sentence
        imposed = Imposed(
            type=SentenceType.TERM,
            imposed_on=paper.issued_on,
            term=Term(years=term.years, months=term.months, weeks=term.weeks, days=term.days),
            court=entry.court,
        )
        yield Statement(SENTENCE, imposed, since, source=source)
    if entry.next_court_on is not None:
        case = entry.offence.case if entry.offence is not None else ""
        court_at = _at(entry.next_court_on, _COURTS_BEGIN)
        hearing = Hearing(court=entry.court, hearing_at=court_at, purpose="Mention", case=case)
        yield Statement(HEARING, hearing, came_at, source=source)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SITE_ZONE)
