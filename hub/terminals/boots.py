"""Two devices with the same keys: seen when a boot comes back that another one had followed.

A boot's number is drawn by chance and never comes again on one device. A copied card in a second device speaks from
a boot of its own, and the two take the connection from each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.database import Base

QUIET = timedelta(hours=1)
"""The two may take turns every few seconds: one alarm in this time."""


class TerminalBoot(Base):
    """A boot of a terminal, with the last session that spoke from it. `alarmed_at`: it had come back."""

    __tablename__ = "terminal_boots"
    __table_args__ = (
        UniqueConstraint("terminal_id", "boot_id"),
        Index("ix_terminal_boots_terminal_id_last_session", "terminal_id", "last_session"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    boot_id: Mapped[str] = mapped_column(String(32))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    last_session: Mapped[int] = mapped_column(BigInteger)
    alarmed_at: Mapped[datetime | None]


def are_two(session: Session, terminal_id: int, boot_id: str, number: int, now: datetime) -> bool:
    """Note that the terminal speaks from this boot as session `number`; True when that is a new proof of two devices.

    Only for states that are news: an older one that comes late proves nothing.
    """
    mine = session.scalar(
        select(TerminalBoot).where(TerminalBoot.terminal_id == terminal_id, TerminalBoot.boot_id == boot_id)
    )
    if mine is not None and mine.last_session >= number:
        return False
    latest = session.scalar(
        select(TerminalBoot)
        .where(TerminalBoot.terminal_id == terminal_id)
        .order_by(TerminalBoot.last_session.desc())
        .limit(1)
    )
    came_back = mine is not None and latest is not mine
    if mine is None:
        mine = TerminalBoot(terminal_id=terminal_id, boot_id=boot_id, first_at=now)
        session.add(mine)
    mine.last_at, mine.last_session = now, number
    if came_back:
        spoken = suspected_at(session, terminal_id)
        came_back = spoken is None or now - spoken >= QUIET
    if came_back:
        mine.alarmed_at = now
    session.flush()
    return came_back


def suspected_at(session: Session, terminal_id: int) -> datetime | None:
    """When the last proof of two devices came; None without any."""
    wanted = select(func.max(TerminalBoot.alarmed_at)).where(TerminalBoot.terminal_id == terminal_id)
    return session.scalar(wanted)
