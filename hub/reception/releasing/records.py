"""Tables of releases: one under way, what was attested for it, the signed record, and doubts that show afterwards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


class CaseState(StrEnum):
    """How a release stands."""

    OPEN = "OPEN"
    DONE = "DONE"
    ABANDONED = "ABANDONED"


class ReleaseCase(Base):
    """A release that is being prepared; one for a stay at a time."""

    __tablename__ = "release_cases"
    __table_args__ = (
        Index(
            "uq_release_cases_open",
            "booking_id",
            unique=True,
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    reason: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(12), index=True)
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(300))


class ReleaseMark(Base):
    """What somebody vouched for in a release: `what` is a line of the interlock, `subject` what exactly (an order, a
    twin). Append-only; the newest of a line and subject counts, `held` False takes one back.
    """

    __tablename__ = "release_marks"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("release_cases.id"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(64))
    held: Mapped[bool]
    note: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class ReleaseRecord(Base):
    """The record of a release, as signed: JSON text, Ed25519 over it, and the public key. Append-only.

    `epoch` and `counter` are the version of the roll from which on no terminal holds the person.
    """

    __tablename__ = "release_records"

    id: Mapped[Id]
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    fact_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    signed_at: Mapped[datetime]
    epoch: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[int] = mapped_column(BigInteger)


class ReleaseDoubt(Base):
    """Something that shows after a release and should not: found once for each `subject`. Append-only."""

    __tablename__ = "release_doubts"
    __table_args__ = (UniqueConstraint("booking_id", "what", "subject"),)

    id: Mapped[Id]
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime]


class DoubtAnswer(Base):
    """What was found out about a doubt: it is settled. Append-only."""

    __tablename__ = "release_doubt_answers"

    id: Mapped[Id]
    doubt_id: Mapped[int] = mapped_column(ForeignKey("release_doubts.id"), unique=True)
    note: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


for _kept in (ReleaseMark, ReleaseRecord, ReleaseDoubt, DoubtAnswer):
    protect(cast(Table, _kept.__table__))
