"""Tables of agencies and of agreements with them: versions and acts are added, never changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import Date, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class Agency(Base):
    """Another agency. `code` names it in addresses and in the log; nothing is shared with one that is not `active`."""

    __tablename__ = "agencies"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))


class Agreement(Base):
    """An agreement with an agency, in all its versions."""

    __tablename__ = "agreements"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    agency_id: Mapped[int] = mapped_column(BIG, ForeignKey("agencies.id"), index=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(64))


class AgreementVersion(Base):
    """A version as it was written: `terms` is the JSON of Terms, `digest` the SHA-256 of it that signatures name."""

    __tablename__ = "agreement_versions"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(BIG, ForeignKey("agreements.id"))
    number: Mapped[int]
    terms: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date] = mapped_column(Date)
    review_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class Act(StrEnum):
    """What was done about an agreement. SIGNED and REFUSED are about one version, the others about all of it."""

    SIGNED = "signed"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    LIFTED = "lifted"
    """One of the two signatures that end a suspension."""
    ENDED = "ended"
    """One of the two signatures that end the agreement before its time."""


class AgreementAct(Base):
    """One act of one person; `digest` is that of the version which SIGNED and REFUSED mean, empty for the others."""

    __tablename__ = "agreement_acts"
    __table_args__ = (
        Index(
            "uq_agreement_acts_signed",
            "version_id",
            "by",
            unique=True,
            sqlite_where=text("act = 'signed'"),
            postgresql_where=text("act = 'signed'"),
        ),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(BIG, ForeignKey("agreements.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("agreement_versions.id"))
    act: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))


for _kept in (Agreement, AgreementVersion, AgreementAct):
    protect(cast(Table, _kept.__table__))
