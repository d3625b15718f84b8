"""Tables of external movements: what is allowed, each time it happens, and who travels together."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column

import hub.movements.records  # noqa: F401 - whose persons and zones these tables point at
from hub.accounts.append_only import protect
from hub.database import Base, Id


class Authorisation(Base):
    """Somebody may go out: once, or with `weekdays` (digits 0 Monday to 6) on each of them.

    `leave_s` and `back_s` are seconds after midnight at the site, None where every occurrence says its own times.
    """

    __tablename__ = "absence_authorisations"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    why: Mapped[str] = mapped_column(String(12))
    where_to: Mapped[str] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(120))
    conditions: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    until_on: Mapped[date]
    weekdays: Mapped[str] = mapped_column(String(7))
    leave_s: Mapped[int | None]
    back_s: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(64), default="")


class Convoy(Base):
    """Several who travel together: vehicle, driver, who goes along. It leaves and comes back as a whole or by name."""

    __tablename__ = "convoys"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    leave_at: Mapped[datetime]
    due_back_at: Mapped[datetime]
    vehicle: Mapped[str] = mapped_column(String(40))
    driver: Mapped[str] = mapped_column(String(80))
    escorts: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(64), default="")
    """The second officer who signed for people in it who must be kept apart."""


class Occurrence(Base):
    """One time that somebody goes out and comes back.

    `fact_item` is the fact ABSENCE that the law's record has of it, once the person has left. `source` tells what it
    was made of, once. `next_at` is when time alone changes the state.
    """

    __tablename__ = "absence_occurrences"
    __table_args__ = (
        Index(
            "ix_absence_occurrences_open",
            "next_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_absence_occurrences_leave_at", "leave_at"),
    )

    id: Mapped[Id]
    authorisation_id: Mapped[int] = mapped_column(ForeignKey("absence_authorisations.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    convoy_id: Mapped[int | None] = mapped_column(ForeignKey("convoys.id"), index=True)
    source: Mapped[str | None] = mapped_column(String(80), unique=True)
    leave_at: Mapped[datetime]
    due_back_at: Mapped[datetime]
    escort: Mapped[str] = mapped_column(String(120))
    papers: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    left_at: Mapped[datetime | None]
    back_at: Mapped[datetime | None]
    fact_item: Mapped[int | None] = mapped_column(BigInteger, index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    next_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ExternalStep(Base):
    """Something became of an authorisation, an occurrence or a convoy (`subject` A, O or C). Append-only."""

    __tablename__ = "external_steps"
    __table_args__ = (Index("ix_external_steps_subject", "subject", "subject_id"),)

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(1))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(12))
    occurred_at: Mapped[datetime]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(String(300))


protect(cast(Table, ExternalStep.__table__))
