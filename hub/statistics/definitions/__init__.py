"""Every indicator with its definition: what is counted, how, from what, and what it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.statistics.definitions import law, life, population, work
from hub.statistics.definitions.model import Indicator, Sort, Unit
from hub.statistics.definitions.population import ARRIVED, DEPARTED

__all__ = ("ARRIVED", "DEPARTED", "INDICATORS", "Indicator", "Sort", "Unit")

INDICATORS: Final[Mapping[str, Indicator]] = {
    one.code: one for one in (*population.ALL, *law.ALL, *life.ALL, *work.ALL)
}
"""By code, in the order in which pages show them."""
