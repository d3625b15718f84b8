"""The case of a stay from its facts, as they hold now or were known at a time; for one stay or for all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.kinds import Kind, V
from hub.custody.facts.reading import Held, holding, item_of, standing
from hub.custody.facts.records import Act, Fact
from hub.custody.legal import CHARGE, ORDER, Charge
from hub.custody.merging.reading import joined_stays
from hub.custody.records import Booking
from hub.custody.sentencing.case import Adjusted, Case, Credited, Paid, Sentenced
from hub.custody.sentencing.forms import ADJUSTMENT, FINE_PAYMENT, REMAND_CREDIT, SENTENCE, Imposed

KINDS: Final = (
    SENTENCE.name,
    FINE_PAYMENT.name,
    REMAND_CREDIT.name,
    ADJUSTMENT.name,
    CHARGE.name,
    ORDER.name,
)
_SENTENCED: Final = KINDS[:4]
_AT_ONCE: Final = 500

_COLUMNS: Final = (
    Fact.id,
    Fact.person_id,
    Fact.booking_id,
    Fact.kind,
    Fact.item,
    Fact.act,
    Fact.value,
    Fact.effective_at,
    Fact.recorded_at,
    Fact.source,
    Fact.corrects_id,
)


def case_of(session: Session, booking_id: int, *, known_at: datetime | None = None) -> Case | None:
    """What counts of one stay; None where no sentence is recorded."""
    return dict(cases(session, [booking_id], known_at=known_at)).get(booking_id)


def cases(
    session: Session, booking_ids: Collection[int] | None = None, *, known_at: datetime | None = None
) -> Iterator[tuple[int, Case]]:
    """Every stay with a sentence, of `booking_ids` or of all that are open.

    A stay that was set aside when two files were joined counts with the one that it goes on as: what a court ordered
    under either number holds the person.
    """
    aside = joined_stays(session)
    asked = None if booking_ids is None else set(booking_ids)
    leading = {into for into in aside.values() if asked is None or into in asked}
    apart = leading | {one for one, into in aside.items() if into in leading}
    if asked is None:
        for booking_id, rows in _grouped(session, None):
            if booking_id not in apart:
                yield from _case(booking_id, rows, known_at)
        leading &= set(session.scalars(select(Booking.id).where(Booking.released_at.is_(None))))
    else:
        alone = sorted(asked - apart)
        for start in range(0, len(alone), _AT_ONCE):
            for booking_id, rows in _grouped(session, alone[start : start + _AT_ONCE]):
                yield from _case(booking_id, rows, known_at)
    for lead in sorted(leading):
        stays = [lead, *(one for one, into in aside.items() if into == lead)]
        whole = [row for _, rows in _grouped(session, stays) for row in rows]
        yield from _case(lead, sorted(whole, key=lambda row: row.id), known_at)


def _grouped(session: Session, booking_ids: Sequence[int] | None) -> Iterator[tuple[int, list[Fact]]]:
    wanted = select(*_COLUMNS)
    if booking_ids is None:
        wanted = wanted.where(Fact.kind.in_(KINDS)).join(Booking, Booking.id == Fact.booking_id)
        wanted = wanted.where(Booking.released_at.is_(None))
    else:
        # An expression, so that no index on kinds is taken for it: SQLite would read every sentence of the prison.
        wanted = wanted.where(Fact.booking_id.in_(booking_ids), (Fact.kind + "").in_(KINDS))
    ordered = wanted.order_by(Fact.booking_id, Fact.id).execution_options(yield_per=5_000)
    for booking_id, rows in groupby(session.execute(ordered), key=lambda row: row.booking_id):
        yield booking_id, cast(list[Fact], list(rows))


def _case(booking_id: int, rows: Sequence[Fact], known_at: datetime | None) -> Iterator[tuple[int, Case]]:
    found = case_from(rows, known_at=known_at)
    if found is not None:
        yield booking_id, found


def case_from(rows: Sequence[Fact], *, known_at: datetime | None = None) -> Case | None:
    """The case that the rows of one stay make; None without a sentence, ever or any more."""
    by_kind: dict[str, list[Fact]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    return case_of_kinds(by_kind, known_at=known_at)


def case_of_kinds(rows: Mapping[str, Sequence[Fact]], *, known_at: datetime | None = None) -> Case | None:
    """The same from rows by the name of their kind; kinds that do not count may be among them."""
    sentences = _held(SENTENCE, rows, known_at)
    if not sentences:
        return None
    charges = {charge.item: charge for charge in _held(CHARGE, rows, known_at)}
    orders = _orders(rows.get(ORDER.name, ()), known_at) if any(one.value.order for one in sentences) else {}
    return Case(
        tuple(
            _sentenced(one, charges.get(one.value.charge or 0), orders.get(one.value.order or 0, 0))
            for one in sentences
        ),
        tuple(Paid(one.row.id, one.value, one.row.source) for one in _held(FINE_PAYMENT, rows, known_at)),
        tuple(
            Credited(one.row.id, one.value, one.row.source) for one in _held(REMAND_CREDIT, rows, known_at)
        ),
        tuple(Adjusted(one.row.id, one.value, one.row.source) for one in _held(ADJUSTMENT, rows, known_at)),
    )


def last_fact(session: Session) -> int:
    """Number of the newest row that a date can depend on; 0 where there is none."""
    newest = select(Fact.id).where(Fact.kind.in_(_SENTENCED)).order_by(Fact.id.desc()).limit(1)
    return session.scalar(newest) or 0


def _held(kind: Kind[V], rows: Mapping[str, Sequence[Fact]], known_at: datetime | None) -> list[Held[V]]:
    found = rows.get(kind.name)
    return holding(kind, found, known_at=known_at) if found else []


def _orders(rows: Iterable[Fact], known_at: datetime | None) -> dict[int, int]:
    """By item the row of each order that holds: a change of what a sentence stands on is a change of the sentence."""
    found: dict[int, int] = {}
    for row in standing(rows, known_at=known_at):
        if row.act == Act.STATES:
            found[item_of(row)] = row.id
        elif row.act == Act.ENDS:
            found.pop(item_of(row), None)
    return found


def _sentenced(one: Held[Imposed], charge: Held[Charge] | None, order_fact: int) -> Sentenced:
    if charge is None:
        return Sentenced(one.item, one.row.id, one.value, source=one.row.source, order_fact=order_fact)
    return Sentenced(
        one.item,
        one.row.id,
        one.value,
        charge.value.iccs,
        charge.value.offence_on,
        charge.row.id,
        one.row.source,
        order_fact,
    )
