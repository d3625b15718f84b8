"""Tables of referrals: what the terminal left to an officer, each change of it, and what an officer said."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Referral(Base):
    """A passage that an officer has to answer. How urgent it is follows from `opened_at`, never from a column.

    `person_id` is whom the finger matched (a gate that wants an officer all the same), `likely_id` the first
    candidate. `past` was over before the hub heard of it: it never rings. `holder` is the login of who has it.
    `outcome` stays None until it is answered.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("terminal", "journal_id", "sequence", "link"),
        Index(
            "ix_referrals_open",
            "opened_at",
            sqlite_where=text("outcome IS NULL AND NOT past"),
            postgresql_where=text("outcome IS NULL AND NOT past"),
        ),
        Index("ix_referrals_likely_id_opened_at", "likely_id", "opened_at"),
    )

    id: Mapped[Id]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sequence: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    checkpoint: Mapped[str] = mapped_column(String(64))
    from_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    rule: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    likely_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    candidates: Mapped[list[str]] = mapped_column(JSON)
    attempt: Mapped[int]
    quality: Mapped[int | None]
    score: Mapped[float | None]
    needed: Mapped[float | None]
    second_finger: Mapped[bool]
    occurred_at: Mapped[datetime]
    clock_sure: Mapped[bool]
    opened_at: Mapped[datetime]
    past: Mapped[bool]
    holder: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(16))
    answered_at: Mapped[datetime | None]


class ReferralChange(Base):
    """Something became of a referral: opened, given, taken, escalated, alarmed, answered, lapsed. Append-only."""

    __tablename__ = "referral_changes"

    id: Mapped[Id]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    what: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200))


class Attestation(Base):
    """An officer vouched for somebody, or turned somebody away; at a terminal or at the hub. Append-only.

    `sequence` is that of the terminal's own entry, None for one given at the hub. `second` is the other officer who
    vouched, where the gate asks for two. `standing` says that a reviewed
    procedure asked for it, so that it asks for no new fingers.
    """

    __tablename__ = "attestations"

    id: Mapped[Id]
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    decision: Mapped[str] = mapped_column(String(8))
    checkpoint: Mapped[str] = mapped_column(String(64))
    from_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    to_zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    officer: Mapped[str] = mapped_column(String(64))
    second: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    standing: Mapped[bool]
    terminal: Mapped[str] = mapped_column(String(40))
    journal_id: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class ReferralSettings(Base):
    """How long a referral waits before somebody else hears of it, in seconds; the latest row holds. Append-only.

    `tries` referrals that point to one person within `within_days` open a re-enrolment task.
    """

    __tablename__ = "referral_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    escalate_after_s: Mapped[int]
    alarm_after_s: Mapped[int]
    lapse_after_s: Mapped[int]
    tries: Mapped[int]
    within_days: Mapped[int]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(64))


for _kept in (ReferralChange, Attestation, ReferralSettings):
    protect(cast(Table, _kept.__table__))
