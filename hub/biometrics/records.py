"""Tables of the vault: a data key for each person, wrapped; templates and images locked with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class PersonKey(Base):
    """The person's data key under the vault key. Without this row all that was locked with it is gone."""

    __tablename__ = "person_keys"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(128))
    created_at: Mapped[datetime]


class Finger(Base):
    """One impression of one finger. `position` is the ISO finger code 1 to 10, `impression` counts from 1."""

    __tablename__ = "fingers"
    __table_args__ = (UniqueConstraint("person_id", "position", "impression"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    position: Mapped[int]
    impression: Mapped[int]
    quality: Mapped[int]
    sealed_template: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_image: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[str] = mapped_column(String(64))
