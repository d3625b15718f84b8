"""The table of facts. A row is added and never changed; what a later row corrects or withdraws stays readable."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class Act(StrEnum):
    """What a row says: the fact holds from `effective_at`, no longer holds from then, or was never so."""

    STATES = "states"
    ENDS = "ends"
    WITHDRAWS = "withdraws"


def _new_salt() -> str:
    return secrets.token_hex(16)


class Fact(Base):
    """One statement about a person, in one of the kinds of `hub.custody.facts.catalogue`.

    `item` names the first row of the thing that it tells about; None in that first row. `corrects_id` is the row
    that this one takes the place of. `value` is the JSON of the kind's form. `source` says from whom or what paper,
    `document_id` the scan of it, `reason` why it was corrected or withdrawn. `salt` goes into the digest that the trail
    holds (`hub.custody.facts.digest`); None in rows older than that.
    """

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_person_id_kind", "person_id", "kind"),
        Index("ix_facts_kind_id", "kind", "id"),
        Index(
            "ix_facts_order_source",
            "source",
            sqlite_where=text("kind = 'order'"),
            postgresql_where=text("kind = 'order'"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    item: Mapped[int | None] = mapped_column(BIG)
    act: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(200))
    document_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(300))
    corrects_id: Mapped[int | None] = mapped_column(BIG)
    salt: Mapped[str | None] = mapped_column(String(32), default=_new_salt, deferred=True)


protect(cast(Table, Fact.__table__), door="facts")
