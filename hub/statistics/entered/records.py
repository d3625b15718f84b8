"""The table of entered figures. A row is added and never changed: a later one for the same day takes its place."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final, cast

from sqlalchemy import BigInteger, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounts.append_only import protect
from hub.database import Base, Id
from hub.sentences import Sentence


class Entered(StrEnum):
    """What can be entered."""

    NATIONAL_POPULATION = "national_population"
    OFFICIAL_CAPACITY = "official_capacity"
    ESTABLISHMENTS = "establishments"


ENTERED: Final = {
    Entered.NATIONAL_POPULATION: Sentence("People living in the country"),
    Entered.OFFICIAL_CAPACITY: Sentence("Official capacity, where it is not that of the cells"),
    Entered.ESTABLISHMENTS: Sentence("Prisons of the service"),
}


class EnteredFigure(Base):
    """`value` holds from `effective_on` until a later day's row; `source` says who published it and where."""

    __tablename__ = "entered_figures"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(40), index=True)
    value: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))


protect(cast(Table, EnteredFigure.__table__))
