"""The table of bundles: who asked for an hour, for whom and why, and what became of the file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base


class ReplayBundle(Base):
    """One bundle. `state` is of `bundles.State`; the file lies with the hub from `made_at` until `ended_at`.

    `digest` is the SHA-256 of the file in hexadecimal; `entries` counts the terminals' entries in it. `beat_at` is when
    its maker last said that it works; `fetched` counts how often it was.
    """

    __tablename__ = "replay_bundles"
    __table_args__ = (
        Index(
            "ix_replay_bundles_waiting",
            "asked_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    beat_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    entries: Mapped[int] = mapped_column(BigInteger, default=0)
    fetched: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]
