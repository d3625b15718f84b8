"""Tables of orders: given, for where, and ended. Append-only; the steps number what terminals are told."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class SiteOrder(Base):
    """An order; its `id` is the number that terminals know it by. One that is not for the whole site has scopes.

    `until_at`, `person_number` and the referral are those of a LET_THROUGH. `asked_by` is who asked for it, in words,
    where that was not the one who gave it.
    """

    __tablename__ = "site_orders"
    __table_args__ = (
        CheckConstraint("kind IN ('LOCKDOWN', 'EVACUATE', 'LET_THROUGH', 'HOLD')", name="kind"),
        CheckConstraint(
            "(kind = 'LET_THROUGH') = (until_at IS NOT NULL AND person_number IS NOT NULL)",
            name="let_through",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    whole_site: Mapped[bool]
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    since_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    person_number: Mapped[str | None] = mapped_column(String(32))
    referral_terminal: Mapped[str | None] = mapped_column(String(40))
    referral_journal: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    referral_sequence: Mapped[int | None] = mapped_column(BigInteger)
    asked_by: Mapped[str | None] = mapped_column(String(80))


class SiteOrderScope(Base):
    """A zone or a terminal that an order is for; a zone means every terminal whose checkpoint joins it."""

    __tablename__ = "site_order_scopes"
    __table_args__ = (
        CheckConstraint("what IN ('zone', 'terminal')", name="what"),
        UniqueConstraint("order_id", "what", "code"),
        Index("ix_site_order_scopes_what_code", "what", "code"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(BIG, ForeignKey("site_orders.id"))
    what: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64))


class SiteOrderStep(Base):
    """An order was given, or ended. The highest `id` that concerns a terminal is the counter of what it must hold."""

    __tablename__ = "site_order_steps"
    __table_args__ = (
        CheckConstraint("step IN ('GIVEN', 'ENDED')", name="step"),
        UniqueConstraint("order_id", "step"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(BIG, ForeignKey("site_orders.id"))
    step: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))


class OrderReceipt(Base):
    """When a terminal first said that it acts by the orders of this version. Append-only."""

    __tablename__ = "order_receipts"
    __table_args__ = (UniqueConstraint("terminal_id", "epoch", "counter"),)

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    epoch: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime]


for _kept in (SiteOrder, SiteOrderScope, SiteOrderStep, OrderReceipt):
    protect(cast(Table, _kept.__table__))
