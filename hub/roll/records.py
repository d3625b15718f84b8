"""Tables of the roll's way to the terminals."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class RollReceipt(Base):
    """A terminal said for the first time that it holds this version. Append-only."""

    __tablename__ = "roll_receipts"

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]


protect(cast(Table, RollReceipt.__table__))
