"""Tables of corrections: what proved wrong, who had been told it, and what was done where no message may go out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id
from hub.sentences import Sentence


class Sort(StrEnum):
    """In which way something was wrong."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"
    """Two files are of one person: one of the numbers is no longer used."""
    PARTED = "parted"
    """Two people had been taken for one."""


SORTS: Final = {
    Sort.CORRECTED: Sentence("corrected"),
    Sort.WITHDRAWN: Sentence("withdrawn: it was never so"),
    Sort.JOINED: Sentence("two files are of one person"),
    Sort.PARTED: Sentence("two people had been taken for one"),
}


class Duty(StrEnum):
    """How an agency is to hear of it."""

    NOTICE = "notice"
    BY_HAND = "by_hand"
    """No agreement in force lets a notice out: somebody tells them by the route that the old agreement names."""
    LAPSED = "lapsed"
    """They had to delete it before: there is nothing left to correct."""


DUTIES: Final = {
    Duty.NOTICE: Sentence("told by a message"),
    Duty.BY_HAND: Sentence("to be told by hand"),
    Duty.LAPSED: Sentence("they may not hold it any more"),
}


class Correction(Base):
    """Something that was told and proved wrong. `person` is a number, not a row, as in the log of disclosures.

    `fact_id` is the row that put it right and `wrong_id` the one that was wrong, None where a merge was: then `step_id`
    is its step. One without hearers stands here for a step alone, so that it is looked at once.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_person_id", "person", "id"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(16), unique=True)
    at: Mapped[datetime]
    sort: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(32))
    fact_id: Mapped[int | None] = mapped_column(BIG, unique=True)
    wrong_id: Mapped[int | None] = mapped_column(BIG)
    step_id: Mapped[int | None] = mapped_column(BIG, unique=True)
    person: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(40))


class CorrectionHearer(Base):
    """An agency that was told it in one kind of message: `fields` are the names of what was wrong in it.

    `disclosures` are the numbers of those that told it, the newest of each field; `told_at` is when the newest left.
    An empty `fields` says that the message itself was wrong: that it happened at all.
    """

    __tablename__ = "correction_hearers"
    __table_args__ = (UniqueConstraint("correction_id", "agency", "exchange"),)

    id: Mapped[Id]
    correction_id: Mapped[int] = mapped_column(ForeignKey("corrections.id"))
    agency: Mapped[str] = mapped_column(String(32))
    exchange: Mapped[str] = mapped_column(String(32))
    fields: Mapped[str] = mapped_column(Text)
    disclosures: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime]
    agreement: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    duty: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(32))
    delivery_id: Mapped[int | None] = mapped_column(BIG)


class CorrectionTold(Base):
    """Somebody told an agency by hand: how, in their words."""

    __tablename__ = "correction_told"

    id: Mapped[Id]
    hearer_id: Mapped[int] = mapped_column(ForeignKey("correction_hearers.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(String(300))


for _kept in (Correction, CorrectionHearer, CorrectionTold):
    protect(cast(Table, _kept.__table__))
