"""Tables of terminals' health."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.database import Base, Id


class TerminalReport(Base):
    """The last state in which a terminal told how it is, whole, as JSON of `wire.state.State`."""

    __tablename__ = "terminal_reports"

    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"), primary_key=True)
    heard_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)


class TerminalSample(Base):
    """How a terminal was at one time: taken when a word changed, and else from time to time. Kept for a month.

    `alarms` are its words with a space between them; figures that nobody knew are None.
    """

    __tablename__ = "terminal_samples"
    __table_args__ = (Index(None, "terminal_id", "at"),)

    id: Mapped[Id]
    terminal_id: Mapped[int] = mapped_column(ForeignKey("terminals.id"))
    at: Mapped[datetime]
    online: Mapped[bool]
    sensor: Mapped[str] = mapped_column(String(40))
    clock: Mapped[str] = mapped_column(String(16))
    alarms: Mapped[str] = mapped_column(String(900))
    queue_depth: Mapped[int | None] = mapped_column(BigInteger)
    disk_free_mb: Mapped[int | None] = mapped_column(BigInteger)
    temperature_c: Mapped[float | None]
    echo_ms: Mapped[float | None]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    sensor_errors: Mapped[int | None] = mapped_column(BigInteger)
    restarts: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def words(self) -> tuple[bool, str, str, str]:
        """What makes two samples different although little time lies between them."""
        return self.online, self.sensor, self.clock, self.alarms
