"""Tables of publications: what was drafted, what was done with it, its files. Nothing of them is ever changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import BIG, Base, Id


class Act(StrEnum):
    """What is done with a draft."""

    FREEZE = "freeze"
    DROP = "drop"


class Publication(Base):
    """A draft of one period, published once it is frozen. `number` of it is its id.

    `body` holds the figures as they are given out, `inputs` every number that disclosure control saw, `proof` what it
    did and found, each as JSON; `held` why it cannot be frozen, empty where it can. `digest` is over all of that.
    `inputs` and `proof` stay inside.
    """

    __tablename__ = "publications"

    id: Mapped[Id]
    period: Mapped[str] = mapped_column(String(24), index=True)
    revision: Mapped[int]
    k: Mapped[int]
    known_at: Mapped[datetime]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text)
    inputs: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(Text)
    held: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class PublicationAct(Base):
    """What somebody did: one act ends a draft. Of a freezing `signature` is over the list of checksums, in hex."""

    __tablename__ = "publication_acts"

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(BIG, ForeignKey("publications.id"), unique=True)
    act: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300))
    signature: Mapped[str] = mapped_column(String(128))
    public_key: Mapped[str] = mapped_column(String(64))


class PublicationFile(Base):
    """A file of a draft, made together with it."""

    __tablename__ = "publication_files"
    __table_args__ = (UniqueConstraint("publication_id", "name"),)

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(BIG, ForeignKey("publications.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    media_type: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


for _table in (Publication, PublicationAct, PublicationFile):
    protect(cast(Table, _table.__table__))
