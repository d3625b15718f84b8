"""Who was told something that proved wrong. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.merging.reading import family_of
from hub.custody.queries import names
from hub.custody.records import Person
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.corrections.depending import beside_facts, made_of
from hub.sharing.disclosures.joined import told_to, whose
from hub.sharing.disclosures.reading import told_to_person
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.outbox.deriving import FactRow
from hub.sharing.outbox.records import Delivery, SharingEvent
from hub.sharing.recollecting import recollect

MARGIN: Final = timedelta(minutes=5)
"""A message that left so shortly after a correction may have been read before it."""


@dataclass(frozen=True)
class Hearer:
    """An agency that was told it in one kind of message; see `records.CorrectionHearer`."""

    agency: str
    exchange: str
    fields: tuple[str, ...]
    disclosures: tuple[Disclosure, ...]
    told_at: datetime


def told_fact(session: Session, row: FactRow) -> list[Hearer]:
    """Everybody who holds what this row puts right: by an event of the wrong one, or in a field that was made of it.

    Of a field the newest disclosure to an agency in one kind of message counts: what it replaced is not held any more.
    """
    chain = _chain(session, row)
    newest = _newest(session, row, chain[-1].recorded_at)
    known = recollect(session, row.person_id, row.booking_id, row.kind, row.recorded_at)
    about = (None, *(one.id for one in chain))
    found: dict[tuple[str, str], list[tuple[str, Disclosure]]] = defaultdict(list)
    for (agency, exchange, name), told in newest.items():
        field = EXCHANGES[exchange].by_name[name]
        beside = beside_facts(field, row.kind)
        early = told.at <= row.recorded_at + MARGIN
        if early and (beside or known.differs(field, told.at, row.id, about)):
            found[agency, exchange].append((name, told))
    hearers = {key: _hearer(*key, parts) for key, parts in found.items()}
    for key, one in _by_event(session, chain).items():
        hearers.setdefault(key, one)
    return [hearers[key] for key in sorted(hearers)]


def told_of_number(
    session: Session, numbers: Iterable[str], since: datetime | None, until: datetime
) -> list[Hearer]:
    """Everybody who was told anything under these numbers in that time: the newest of each kind of message."""
    newest: dict[tuple[str, str], Disclosure] = {}
    for told in told_to_person(session, set(numbers)):
        if told.fields and told.at <= until and (since is None or told.at >= since):
            newest[told.agency, told.exchange] = told
    return [
        _hearer(*key, [(name, told) for name in told.fields.split(",")])
        for key, told in sorted(newest.items())
        if key[1] in EXCHANGES
    ]


def numbers_of(session: Session, person_id: int) -> set[str]:
    """Every number of a person."""
    family = names(session, family_of(session, person_id))
    return {session.get_one(Person, person_id).number, *(one.number for one in family.values())}


def _chain(session: Session, row: FactRow) -> list[Fact]:
    """The row that was wrong, the one that it had corrected, and so on back to the first."""
    found: list[Fact] = []
    number = row.corrects_id
    while number is not None:
        wrong = session.get_one(Fact, number)
        found.append(wrong)
        number = wrong.corrects_id
    return found


def _newest(session: Session, row: FactRow, since: datetime) -> Mapping[tuple[str, str, str], Disclosure]:
    found: dict[tuple[str, str, str], Disclosure] = {}
    family = family_of(session, row.person_id)
    # Also what was told while the file was one with another by mistake: it was read from both.
    of = whose(session, family, (one.number for one in names(session, family).values()))
    for told in told_to(session, of):
        exchange = EXCHANGES.get(told.exchange)
        if exchange is None or told.at < since:
            continue
        for name in told.fields.split(","):
            field = exchange.field(name)
            if field is not None and made_of(field, row.kind):
                found[told.agency, told.exchange, name] = told
    return found


def _by_event(session: Session, chain: Sequence[Fact]) -> dict[tuple[str, str], Hearer]:
    """Agencies that were told that it happened, whether they fetched more of it or not."""
    wanted = (
        select(Delivery.agency, Delivery.exchange, Delivery.made_at, Delivery.disclosure_id)
        .join(SharingEvent, SharingEvent.id == Delivery.event_id)
        .where(SharingEvent.fact_id.in_([one.id for one in chain]))
        .order_by(Delivery.id)
    )
    found: dict[tuple[str, str], Hearer] = {}
    for agency, exchange, at, disclosure_id in session.execute(wanted):
        told = None if disclosure_id is None else session.get(Disclosure, disclosure_id)
        found[agency, exchange] = Hearer(agency, exchange, (), () if told is None else (told,), at)
    return found


def _hearer(agency: str, exchange: str, parts: Sequence[tuple[str, Any]]) -> Hearer:
    rows = {told.id: told for _, told in parts}
    wrong = {name for name, _ in parts}
    fields = tuple(name for name in EXCHANGES[exchange].names if name in wrong)
    newest = max(rows.values(), key=lambda told: told.id)
    return Hearer(agency, exchange, fields, tuple(rows[one] for one in sorted(rows)), newest.at)
