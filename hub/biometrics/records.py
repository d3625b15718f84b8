"""Tables of the vault: a data key for each person, wrapped; templates, images and photos locked with it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id


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


class Photo(Base):
    """A photo of a person in two sizes; `number` counts from 1. Append-only.

    Of the angle "front" the highest number is the face that is shown. `mark` is the item of the fact that a photo of a
    mark belongs to.
    """

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    number: Mapped[int]
    sealed_page: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_small: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))
    angle: Mapped[str] = mapped_column(String(8), server_default="front")
    mark: Mapped[int | None]


protect(cast(Table, Photo.__table__), door="biometrics")
