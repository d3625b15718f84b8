"""The hub's epoch: what every version that it hands out begins with."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, Table, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base


class HubEpoch(Base):
    """The hub's epoch: the highest row. A restore adds one, so that what it says again counts as newer."""

    __tablename__ = "roll_epochs"

    epoch: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since_at: Mapped[datetime]


protect(cast(Table, HubEpoch.__table__))


def current_epoch(session: Session) -> int:
    """1 until the hub was restored for the first time."""
    return session.scalar(select(func.max(HubEpoch.epoch))) or 1
