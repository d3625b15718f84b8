"""The table of slips: who printed which for whom, and what became of it. Only the hash of a code is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.records import Account
from hub.database import Base


class PasswordSlip(Base):
    """A code that its owner turns into a new password, once, until `until_at`.

    One that `needs_second` works only after a second person confirmed it. `drops_factors` takes the second
    factors away with the old password.
    """

    __tablename__ = "password_slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    until_at: Mapped[datetime]
    identity_check: Mapped[str] = mapped_column(String(200))
    drops_factors: Mapped[bool]
    needs_second: Mapped[bool]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(String(64), default="")
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")
