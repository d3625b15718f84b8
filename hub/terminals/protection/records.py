"""Tables of protection at rest: what each terminal says it holds, the hub's halves, and each time one was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base


class TerminalHolding(Base):
    """What a terminal last said of its roll copy: how it is protected, what of the roll it is, who sees names there."""

    __tablename__ = "terminal_holdings"

    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), primary_key=True)
    protection: Mapped[str] = mapped_column(String(40))
    officers_page: Mapped[bool]
    roll_scope: Mapped[str] = mapped_column(String(40))
    heard_at: Mapped[datetime]


class RollHalf(Base):
    """The hub's half of the key of a roll copy, locked with the hub's own key; gone once it was destroyed."""

    __tablename__ = "roll_halves"

    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), primary_key=True)
    locked: Mapped[bytes | None] = mapped_column(LargeBinary(128))
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class KeyRelease(Base):
    """A terminal asked for its half; `given` tells whether it got it. Append-only."""

    __tablename__ = "key_releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    boot_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    given: Mapped[bool]


protect(cast(Table, KeyRelease.__table__))
