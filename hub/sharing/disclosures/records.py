"""Tables of the log: its rows, and the chain over them. Rows are added and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class Disclosure(Base):
    """One act of sharing, one that was refused, or what the partner said of an earlier one.

    `person` is a number, not a row: the log outlives the file, and says then to whom a number was told, no more.
    `fields` are the names of the fields that left, or, where `refused` has the gate's code, of those that were asked
    for in vain. A row with `receipt_of` says in `receipt` how the disclosure of that number arrived. No value of a
    field stands here.
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        Index("ix_disclosures_person_id", "person", "id"),
        Index("ix_disclosures_agency_id", "agency", "id"),
        Index("ix_disclosures_at", "at"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    agency: Mapped[str] = mapped_column(String(32))
    agreement: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    exchange: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(16))
    fields: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(120))
    refused: Mapped[str] = mapped_column(String(32))
    receipt_of: Mapped[int | None] = mapped_column(BIG, index=True)
    receipt: Mapped[str] = mapped_column(String(200))


class DisclosureLink(Base):
    """The place of a row in the chain, from 1 without a gap, and the hash over it and all before it."""

    __tablename__ = "disclosure_links"

    position: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    disclosure_id: Mapped[int] = mapped_column(BIG, ForeignKey("disclosures.id"), unique=True)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


for _kept in (Disclosure, DisclosureLink):
    protect(cast(Table, _kept.__table__))
