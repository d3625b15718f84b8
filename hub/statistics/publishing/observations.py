"""Figures as lines of one flat table, as the observatory reads them: a column a dimension, a line an observation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub.sharing.catalogue.brought import COLUMNS as SHARED
from hub.statistics.cells import TOTAL, Cell, Figures
from hub.statistics.control.names import COLUMNS as CUTS
from hub.statistics.control.names import dimensions
from hub.statistics.definitions import INDICATORS

REF_AREA: Final = "BZ"
"""ISO 3166-1 of the country whose prison this is."""
COLUMNS: Final = tuple(one.name for one in SHARED)
"""In the order in which agreements name them, which is that of the file."""
DIMENSIONS: Final = ("REF_AREA", "TIME_PERIOD", "INDICATOR", *CUTS)
FREE: Final = "F"
CONFIDENTIAL: Final = "C"
NORMAL: Final = "A"
MISSING: Final = "O"
SUPPRESSED: Final = "Q"
"""CONF_STATUS and OBS_STATUS as SDMX codes them. Whether a withheld number was small or goes with one is not said."""
_WITHHELD: Final = frozenset({"withheld", "as_earlier"})

Line = dict[str, str | int | float | None]


@dataclass(frozen=True)
class _Key:
    indicator: str
    period: str
    where: tuple[tuple[str, str], ...]


def lines_of(figures: Figures) -> list[Line]:
    """Every observation once, in the order of definitions, periods and tables."""
    return list(_lines(figures))


def _lines(figures: Figures) -> Iterator[Line]:
    seen: set[_Key] = set()
    order = {code: place for place, code in enumerate(INDICATORS)}
    for cube in sorted(figures.cubes.values(), key=lambda one: order[one.indicator.code]):
        for period, key, cell in cube.rows():
            where = dimensions(cube, key)
            known = _Key(cube.indicator.code, period.code, tuple(sorted(where.items())))
            if known in seen:
                continue
            seen.add(known)
            yield {
                "REF_AREA": REF_AREA,
                "TIME_PERIOD": period.code,
                "INDICATOR": cube.indicator.code,
                **{column: where.get(column, TOTAL) for column in CUTS},
                "OBS_VALUE": cell.value,
                "OBS_STATUS": status_of(cell),
                "CONF_STATUS": CONFIDENTIAL if status_of(cell) == SUPPRESSED else FREE,
                "UNIT_MEASURE": cube.indicator.unit.value,
            }


def status_of(cell: Cell) -> str:
    """Whether there is a value, none, or one that is withheld."""
    if cell.held is None:
        return NORMAL
    return SUPPRESSED if cell.held.code in _WITHHELD else MISSING
