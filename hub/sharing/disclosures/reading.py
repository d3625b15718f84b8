"""The log as it is searched: by agency, person, exchange and day; and who was told something that proved wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.sharing.catalogue import EXCHANGES
from hub.sharing.disclosures.joined import Whose
from hub.sharing.disclosures.records import Disclosure
from hub.web.formats import start_of

PAGE: Final = 100
COLUMNS: Final = (
    "id at agency agreement version exchange purpose person fields way actor reference refused receipt_of receipt"
).split()
"""Columns of an export, in their order."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty ones do not count. `last_on` is included; `before` is the number to go on from."""

    agency: str = ""
    whose: Whose | None = None
    exchange: str = ""
    first_on: date | None = None
    last_on: date | None = None
    refused: bool = False
    before: int = 0


def find(session: Session, wanted: Wanted, known_at: datetime | None = None) -> tuple[list[Disclosure], bool]:
    """A page of rows, newest first, and whether there are older ones. Receipts are not among them."""
    rows = session.scalars(_asked(wanted, known_at).order_by(Disclosure.id.desc()).limit(PAGE + 1)).all()
    return list(rows[:PAGE]), len(rows) > PAGE


def all_of(session: Session, wanted: Wanted) -> Iterator[Disclosure]:
    """Every row that is looked for, oldest first."""
    return iter(
        session.scalars(_asked(wanted, None).order_by(Disclosure.id).execution_options(yield_per=2_000))
    )


def receipts_of(
    session: Session, numbers: Collection[int], known_at: datetime | None = None
) -> dict[int, Disclosure]:
    """The newest receipt of each of these disclosures."""
    wanted = select(Disclosure).where(Disclosure.receipt_of.in_(numbers)).order_by(Disclosure.id)
    if known_at is not None:
        wanted = wanted.where(Disclosure.at <= known_at)
    return {row.receipt_of: row for row in session.scalars(wanted) if row.receipt_of is not None}


def told_to_person(
    session: Session, numbers: Collection[str], known_at: datetime | None = None
) -> Sequence[Disclosure]:
    """What was shared of somebody under any of their numbers, oldest first; refusals shared nothing."""
    wanted = select(Disclosure).where(
        Disclosure.person.in_(numbers), Disclosure.refused == "", Disclosure.receipt_of.is_(None)
    )
    if known_at is not None:
        wanted = wanted.where(Disclosure.at <= known_at)
    return session.scalars(wanted.order_by(Disclosure.id)).all()


def received(session: Session, numbers: Collection[str], kind: str, since: datetime) -> list[Disclosure]:
    """Disclosures since a time with a field that is read from this kind of fact: who has what proved wrong.

    The newest of each agency and exchange: what it replaced at the partner is no longer held there.
    """
    found: dict[tuple[str, str], Disclosure] = {}
    for row in told_to_person(session, numbers):
        exchange = EXCHANGES.get(row.exchange)
        if row.at < since or exchange is None:
            continue
        fields = [exchange.field(name) for name in row.fields.split(",")]
        if any(one is not None and kind in one.kinds for one in fields):
            found[row.agency, row.exchange] = row
    return list(found.values())


def _asked(wanted: Wanted, known_at: datetime | None) -> Select[Disclosure]:
    asked = select(Disclosure).where(Disclosure.receipt_of.is_(None))
    if wanted.agency:
        asked = asked.where(Disclosure.agency == wanted.agency)
    if wanted.whose is not None:
        asked = asked.where(wanted.whose.rows)
    if wanted.exchange:
        asked = asked.where(Disclosure.exchange == wanted.exchange)
    if wanted.refused:
        asked = asked.where(Disclosure.refused != "")
    if wanted.first_on is not None:
        asked = asked.where(Disclosure.at >= start_of(wanted.first_on))
    if wanted.last_on is not None:
        asked = asked.where(Disclosure.at < start_of(wanted.last_on + timedelta(days=1)))
    if wanted.before:
        asked = asked.where(Disclosure.id < wanted.before)
    if known_at is not None:
        asked = asked.where(Disclosure.at <= known_at)
    return asked
