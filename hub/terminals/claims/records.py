"""Tables of claims: what a terminal asked, who approved it, and what it was given."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base


class Claim(Base):
    """A terminal asking to be taken in. `code` is there once it revealed its nonce; `claim` is its public number.

    How it stands follows from the times: see `hub.terminals.claims.rules.state_of`. Nothing in it is secret. Claims
    that nobody approved are forgotten after a day.
    """

    __tablename__ = "terminal_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(64))
    request: Mapped[bytes] = mapped_column(LargeBinary)
    verifying_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    hub_nonce: Mapped[bytes] = mapped_column(LargeBinary(32))
    code: Mapped[str | None] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    checkpoint_code: Mapped[str | None] = mapped_column(String(64))
    from_zone: Mapped[str | None] = mapped_column(String(64))
    to_zone: Mapped[str | None] = mapped_column(String(64))
    replaces: Mapped[str | None] = mapped_column(String(40))
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(400), default="")
    granted_at: Mapped[datetime | None]
    grant: Mapped[bytes | None] = mapped_column(LargeBinary)


class ClaimApproval(Base):
    """Somebody compared the code and said where the terminal belongs. Append-only."""

    __tablename__ = "terminal_claim_approvals"
    __table_args__ = (UniqueConstraint("claim", "by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    checkpoint_code: Mapped[str] = mapped_column(String(64))
    replaces: Mapped[str | None] = mapped_column(String(40))


protect(cast(Table, ClaimApproval.__table__))
