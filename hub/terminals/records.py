"""Tables of terminals: the grant, the last thing heard, and each change of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base


class Status(StrEnum):
    """Whether a terminal may speak."""

    ACTIVE = "ACTIVE"
    CUT_OFF = "CUT_OFF"


class Terminal(Base):
    """A device that was granted a certificate. `name` is the certificate's common name and is never used again.

    `certificate_fingerprint` is the SHA-256 of the newest certificate in hexadecimal. `model` is "" when nobody said
    it. `replaces_id` is the terminal whose place it took over, which was cut off by that.
    """

    __tablename__ = "terminals"
    __table_args__ = (
        CheckConstraint("status IN ('ACTIVE', 'CUT_OFF')", name="status"),
        CheckConstraint("(status = 'CUT_OFF') = (cut_off_at IS NOT NULL)", name="cut_off"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    checkpoint_code: Mapped[str] = mapped_column(String(64))
    verifying_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealing_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    certificate_fingerprint: Mapped[str] = mapped_column(String(64))
    certificate_until_at: Mapped[datetime]
    granted_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16))
    cut_off_at: Mapped[datetime | None]
    cut_off_reason: Mapped[str | None] = mapped_column(String(200))
    model: Mapped[str] = mapped_column(String(64), default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("terminals.id"))


class TerminalState(Base):
    """The last state heard of a terminal. A death keeps the figures of the life before it."""

    __tablename__ = "terminal_states"

    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), primary_key=True)
    session: Mapped[int] = mapped_column(BigInteger)
    online: Mapped[bool]
    said_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    software: Mapped[str] = mapped_column(String(40))
    boot_id: Mapped[str] = mapped_column(String(32))
    roll_epoch: Mapped[int] = mapped_column(BigInteger)
    roll_counter: Mapped[int] = mapped_column(BigInteger)
    journal_id: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    journal_last: Mapped[int | None] = mapped_column(BigInteger)
    journal_last_link: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sensor: Mapped[str | None] = mapped_column(String(40))
    clock: Mapped[str | None] = mapped_column(String(16))
    queue_depth: Mapped[int | None] = mapped_column(BigInteger)
    disk_free_mb: Mapped[int | None] = mapped_column(BigInteger)
    roll_age_s: Mapped[int | None] = mapped_column(BigInteger)
    refused_from_hub: Mapped[int | None] = mapped_column(BigInteger)


class TerminalStateChange(Base):
    """A terminal came, went, or its sensor's word changed. Append-only."""

    __tablename__ = "terminal_state_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), index=True)
    session: Mapped[int] = mapped_column(BigInteger)
    online: Mapped[bool]
    sensor: Mapped[str | None] = mapped_column(String(40))
    heard_at: Mapped[datetime]


protect(cast(Table, TerminalStateChange.__table__))
