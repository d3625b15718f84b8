"""Rows of the log, written in the transaction of the sharing itself. The chain comes a moment later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert, literal, select
from sqlalchemy.orm import Session

from hub.sharing.disclosures.records import Disclosure

_TABLE: Final = cast(Table, Disclosure.__table__)
_APPEND: Final = insert(_TABLE).returning(_TABLE.c.id, sort_by_parameter_order=True)


def write_rows(
    session: Session, rows: Sequence[Mapping[str, Any]], *, at: datetime, actor: str, way: str
) -> list[int]:
    """Append rows; their numbers, in the same order."""
    if not rows:
        return []
    same = {"at": at, "actor": actor[:64], "way": str(way), "receipt_of": None, "receipt": ""}
    return list(session.connection().execute(_APPEND, [{**row, **same} for row in rows]).scalars())


def write_receipt(session: Session, disclosure_id: int, receipt: str, *, at: datetime) -> None:
    """Append how a disclosure arrived; nothing when there is none of this number."""
    told = session.get(Disclosure, disclosure_id)
    if told is None:
        return
    session.add(
        Disclosure(
            at=at,
            agency=told.agency,
            agreement=told.agreement,
            version=told.version,
            exchange=told.exchange,
            purpose=told.purpose,
            person=told.person,
            fields="",
            way=told.way,
            actor=told.actor,
            reference=told.reference,
            refused="",
            receipt_of=told.id,
            receipt=receipt.strip()[:200],
        )
    )
    session.flush()


def write_receipts(session: Session, disclosure_ids: Sequence[int], receipt: str, *, at: datetime) -> None:
    """The same receipt for many disclosures, in one statement."""
    if not disclosure_ids:
        return
    told = _TABLE
    same = [told.c[name] for name in _SAME]
    rows = select(
        *same,
        literal(at, told.c.at.type),
        literal(""),
        literal(""),
        told.c.id,
        literal(receipt.strip()[:200]),
    ).where(told.c.id.in_(disclosure_ids))
    names = [*_SAME, "at", "fields", "refused", "receipt_of", "receipt"]
    session.execute(insert(told).from_select(names, rows.order_by(told.c.id)))


_SAME = ("agency", "agreement", "version", "exchange", "purpose", "person", "way", "actor", "reference")
