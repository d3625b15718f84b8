"""Tables of second factors. A secret stands here sealed, a printed code as a keyed hash."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import BIG, Base


class FactorKind(StrEnum):
    """What is shown after the password."""

    APP = "app"
    KEY = "key"


class Factor(Base):
    """A second factor of an account; in use from `confirmed_at` until `removed_at`.

    Of an app: `sealed` secret and `last_step`, the newest half minute whose code was taken. Of a security key:
    its id, public key and counter, and the host it was registered for.
    """

    __tablename__ = "factors"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary(128))
    last_step: Mapped[int] = mapped_column(BIG, default=0)
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(1024))
    sign_count: Mapped[int] = mapped_column(BIG, default=0)
    host: Mapped[str] = mapped_column(String(255), default="")


class RecoveryCode(Base):
    """One printed code of an account: good once, until it is used or a new sheet is printed."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
