"""Figures that were just computed are shown again: reading a whole service takes seconds, and pages come in rows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.movements.cells.records import CellTerms
from hub.statistics.cells import Figures
from hub.statistics.entered.records import EnteredFigure
from hub.statistics.indicators import compute
from hub.statistics.showing import periods_of

HELD_FOR: Final = timedelta(minutes=10)
"""Passes, counts and the docket go on meanwhile; the page says when it was computed."""
_MOST: Final = 8
_Key = tuple[int, datetime | None, int, int, int]


class Remembered:
    """One for a site. A new fact, a figure entered or something said of a cell makes figures anew."""

    def __init__(self) -> None:
        self._figures: OrderedDict[_Key, Figures] = OrderedDict()
        self._turn = threading.Lock()

    def of_year(self, session: Session, year: int, known_at: datetime | None, at: datetime) -> Figures:
        """Months and year, as known then; None for now."""
        newest = session.scalar(select(func.max(Fact.id))) or 0
        entered = session.scalar(select(func.max(EnteredFigure.id))) or 0
        places = session.scalar(select(func.max(CellTerms.id))) or 0
        key = (year, known_at, newest, entered, places)
        with self._turn:  # two readers of one page do not both read everything
            found = self._figures.get(key)
            if found is None or not timedelta(0) <= at - found.computed_at < HELD_FOR:
                found = compute(session, periods_of(year), at=at, known_at=known_at)
                self._figures[key] = found
                while len(self._figures) > _MOST:
                    self._figures.popitem(last=False)
            return found
