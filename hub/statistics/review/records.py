"""Tables of the review: what was derived, what was done about it, what was sealed; and making it, a row that moves."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class Review(Base):
    """A revision of the review of a year, as it was derived: `content` is the JSON of Content.

    A revision that nobody sealed yet can be derived anew: `take` counts that from 1, and the highest counts. `why`
    says why there is another revision after a sealed one.
    """

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("year", "revision", "take"),)

    id: Mapped[Id]
    year: Mapped[int]
    revision: Mapped[int]
    take: Mapped[int]
    reference_on: Mapped[date] = mapped_column(Date)
    known_at: Mapped[datetime]
    content: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class Act(StrEnum):
    """What somebody did about a review."""

    REWORDED = "reworded"
    DROPPED = "dropped"
    RESTORED = "restored"
    ADDED = "added"
    SIGNED = "signed"
    """By whoever wrote it: `digest` is that of the content they saw."""


class ReviewAct(Base):
    """One act. `key` names the recommendation, `text` is its wording, `reason` why it was dropped."""

    __tablename__ = "review_acts"

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(BIG, ForeignKey("reviews.id"), index=True)
    act: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class ReviewSeal(Base):
    """A frozen revision: `content` as two people signed it, and the hub's Ed25519 signature over `sealed`.

    `sealed` is the JSON of Sealed: the digest of the content with who signed when.
    """

    __tablename__ = "review_seals"
    __table_args__ = (UniqueConstraint("year", "revision"),)

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(BIG, ForeignKey("reviews.id"), unique=True)
    year: Mapped[int]
    revision: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]


class ReviewPaper(Base):
    """A frozen revision as it was handed out on the day it was frozen: `kind` is "pdf" or "html", `raw` the file.

    Kept, because another version of this program would set the same words otherwise; its SHA-256 stands in the seal.
    """

    __tablename__ = "review_papers"
    __table_args__ = (UniqueConstraint("review_id", "language", "kind"),)

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(BIG, ForeignKey("reviews.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class ReviewMaking(Base):
    """A review that is being derived, or was: one of a year is open at a time, until `ended_at`.

    `part` is of gathering.Part, of which `done` of `total` are through. `runner` names the thread that is at it, and
    `beat_at` when it last said so. `known_at` is the state that it is derived from, whoever begins anew. At the end
    there is a `review_id`, or a `problem`, a kept sentence.
    """

    __tablename__ = "review_makings"
    __table_args__ = (
        Index(
            "uq_review_makings_open",
            "year",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    year: Mapped[int]
    why: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    part: Mapped[str] = mapped_column(String(16), default="")
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    runner: Mapped[str] = mapped_column(String(32), default="")
    beat_at: Mapped[datetime | None]
    review_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("reviews.id"))
    problem: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]


for _kept in (Review, ReviewAct, ReviewSeal, ReviewPaper):
    protect(cast(Table, _kept.__table__))
