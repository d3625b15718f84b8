"""Tables of accounts: who may log in, the sessions they hold, failed attempts, and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Account(Base):
    """Somebody who may log in. `must_change` asks for a new password before anything else.

    `name` is how colleagues read of them; empty where nobody wrote one. `factor_due_at` is until when a role that
    must have a second factor may do without; None before the first sign-in.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(80), default="")
    factor_due_at: Mapped[datetime | None]


class OfficerPin(Base):
    """What an officer types at a terminal, as an Argon2id string. `must_change` keeps it from every terminal."""

    __tablename__ = "officer_pins"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    pin_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    must_change: Mapped[bool]


class OfficerChange(Base):
    """What terminals hold of officers may be out of date since this row. Append-only."""

    __tablename__ = "officer_changes"

    id: Mapped[Id]
    changed_at: Mapped[datetime]


class LoginSession(Base):
    """A browser that signed in. Only the hash of its token is kept.

    While `waits` the second factor was not shown yet. `proved_at` is when its owner last proved who they are, by the
    strongest means they have; `known` that the browser had signed in before. `challenge` is what a security key has
    to answer, once.
    """

    __tablename__ = "login_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False)
    known: Mapped[bool] = mapped_column(default=False)
    browser: Mapped[str] = mapped_column(String(60), default="")
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    challenge_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")


class KnownDevice(Base):
    """A browser from which an account signed in before: its failures are counted apart from strangers'."""

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("token_hash", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    since_at: Mapped[datetime]


class LoginFailure(Base):
    """Failed sign-ins of one login from one place; `place` is an address or a known device."""

    __tablename__ = "login_failures"
    __table_args__ = (UniqueConstraint("login", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(96))
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """One look or one change: who, in what role, when, from where, what, about whom, why. Append-only.

    No names in `detail`. `hub.accounts.audit_records` chains the lines.
    """

    __tablename__ = "audit_entries"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    detail: Mapped[str] = mapped_column(String(500))
    role: Mapped[str] = mapped_column(String(32), default="")
    why: Mapped[str] = mapped_column(String(200), default="")


for _kept in (OfficerChange, AuditEntry):
    protect(cast(Table, _kept.__table__))
