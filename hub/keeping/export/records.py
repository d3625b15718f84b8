"""The table of exports: who asked for the whole register and why, who signed, and what became of the file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class Export(Base):
    """One export. `state` is of `actions.State`; one is open at a time, until `ended_at`.

    `locked` is its passphrase under the vault's key, from the asking until the file is made; empty before and after.
    `done` of `total` rows are written; `beat_at` is when the maker last said so.
    """

    __tablename__ = "exports"
    __table_args__ = (
        Index(
            "uq_exports_open",
            "open_slot",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    open_slot: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    with_fingers: Mapped[bool]
    locked: Mapped[bytes] = mapped_column(LargeBinary(256))
    state: Mapped[str] = mapped_column(String(12))
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str] = mapped_column(String(64), default="")
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    beat_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(String(200), default="")
