"""Tables of cells. What a cell is for and how many it holds is said anew at each change, never overwritten."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Cell(Base):
    """A place to sleep, in a zone. Nothing of it changes: what does is in `CellTerms`."""

    __tablename__ = "cells"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), index=True)


class CellTerms(Base):
    """What was said of a cell at `recorded_at`; the newest row counts. Append-only.

    It is so since `effective_on`, which may lie before it was recorded; None: since it was recorded. What is reckoned
    of an earlier day takes the newest row among those that were in effect then.

    `sexes` is M, F or any; `ages` adult, juvenile or any; `statuses` legal statuses joined by commas, empty for all.
    Places: `certified` for ordinary times, `working` as it is run now, `maximum` beyond which nobody sleeps there.
    """

    __tablename__ = "cell_terms"
    __table_args__ = (Index("ix_cell_terms_cell_id_id", "cell_id", "id"),)

    id: Mapped[Id]
    cell_id: Mapped[int] = mapped_column(ForeignKey("cells.id"))
    name: Mapped[str] = mapped_column(String(80))
    block: Mapped[str] = mapped_column(String(80))
    tier: Mapped[str] = mapped_column(String(80))
    certified: Mapped[int]
    working: Mapped[int]
    maximum: Mapped[int]
    sexes: Mapped[str] = mapped_column(String(3))
    ages: Mapped[str] = mapped_column(String(8))
    statuses: Mapped[str] = mapped_column(String(200))
    out_of_order: Mapped[bool]
    effective_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, CellTerms.__table__))
