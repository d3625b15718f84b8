"""Tables of thefts. What was on a card is written down when it is reported: later nobody could say it any more."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base


class Theft(Base):
    """A terminal was reported stolen. Append-only.

    `protection` is how its roll copy was protected, by its own last word; `half_destroyed` tells that the hub's half
    of the key was destroyed. `names_held` tells that names and photos went to it as well. `heard_at` is its last
    word, and `key_given_at` when it last got the hub's half; None for never.
    """

    __tablename__ = "thefts"

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), unique=True)
    reported_at: Mapped[datetime]
    reported_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    protection: Mapped[str] = mapped_column(String(40))
    roll_version: Mapped[str] = mapped_column(String(40))
    roll_scope: Mapped[str] = mapped_column(String(40))
    names_held: Mapped[bool]
    half_destroyed: Mapped[bool]
    heard_at: Mapped[datetime | None]
    key_given_at: Mapped[datetime | None]


class TheftPerson(Base):
    """Somebody whose fingers were on the card, by ISO finger codes ("2 7").

    `certain` is false where a change came since its last word: the person may have been on it. Append-only.
    """

    __tablename__ = "theft_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    theft_id: Mapped[int] = mapped_column(ForeignKey("thefts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    fingers: Mapped[str] = mapped_column(String(40))
    impressions: Mapped[int]
    certain: Mapped[bool]


class TheftOfficer(Base):
    """An officer whose PIN, as Argon2id, was on the card. Append-only."""

    __tablename__ = "theft_officers"

    id: Mapped[int] = mapped_column(primary_key=True)
    theft_id: Mapped[int] = mapped_column(ForeignKey("thefts.id"), index=True)
    login: Mapped[str] = mapped_column(String(64))


class TheftStep(Base):
    """Something that was done about it, in the words of whoever did it. Append-only."""

    __tablename__ = "theft_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    theft_id: Mapped[int] = mapped_column(ForeignKey("thefts.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(500))


class BreachNotice(Base):
    """Who has to be told of a theft within how many hours, as this site wrote it; the newest holds. Append-only."""

    __tablename__ = "breach_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    hours: Mapped[int]
    words: Mapped[str] = mapped_column(Text)


for _kept in (Theft, TheftPerson, TheftOfficer, TheftStep, BreachNotice):
    protect(cast(Table, _kept.__table__))
