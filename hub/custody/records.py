"""Tables of custody: the permanent person and each stay, as the facts about them have it now."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.append_only import protect
from hub.database import Base, Id


class Counter(Base):
    """The last number given out of one series; raised in the transaction that uses the number."""

    __tablename__ = "counters"

    series: Mapped[str] = mapped_column(String(16), primary_key=True)
    last: Mapped[int]


class Person(Base):
    """Somebody permanent, whatever the number of stays; `number` looks like P-000123 and is never reused.

    Name, birth and sex are those of the fact IDENTITY that holds; nothing but its projection writes them.
    """

    __tablename__ = "persons"
    __table_args__ = (Index("ix_persons_name", "surname", "given"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    surname: Mapped[str] = mapped_column(String(80))
    given: Mapped[str] = mapped_column(String(80))
    born_on: Mapped[date | None]
    sex: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]

    bookings: Mapped[list[Booking]] = relationship(order_by="Booking.id", back_populates="person")


class Booking(Base):
    """One stay. `released_at` is set once, by the release; nobody has two open bookings."""

    __tablename__ = "bookings"
    __table_args__ = (
        Index(
            "uq_bookings_open",
            "person_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    admitted_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))
    released_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="bookings")


class PersonChange(Base):
    """What terminals hold of a person may be out of date since this row: the highest id is the roll's counter.

    Written in the transaction of the change itself.
    """

    __tablename__ = "person_changes"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    changed_at: Mapped[datetime]


protect(cast(Table, PersonChange.__table__))
