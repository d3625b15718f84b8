"""The rolls of two months one after the other: what a category grew by, where few went, is who came to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.statistics.cells import TOTAL, Figures
from hub.statistics.control import linking, plan_of, protect
from hub.statistics.control.applying import Protected
from hub.statistics.control.earlier import Earlier
from hub.statistics.definitions import ARRIVED, INDICATORS
from hub.statistics.periods import period_of
from tests.unit.hub.control_world import prison

K = 5


def two_months(figures: Figures) -> tuple[Protected, Protected]:
    """November, then December beside it, as they would be published."""
    before = protect(figures, plan_of(period_of("2026-11")), K)
    told = Earlier(1, before.values, before.pattern.withheld)
    return before, protect(figures, plan_of(period_of("2026-12")), K, [told])


def grown_by_few(figures: Figures, before: Protected, after: Protected) -> Iterator[str]:
    """Categories of which a reader sees in both rolls how many they were, and that so many came as nobody may know."""
    for by in INDICATORS["population"].cuts:
        now, then = after.figures.cube("population", *by), before.figures.cube("population", *by)
        for _period, key, cell in now.rows():
            was = then.cell("2026-11", *key).value
            if cell.value is None or was is None or all(one == TOTAL for one in key):
                continue
            grown = round(cell.value - was)
            assert grown == figures.cube(ARRIVED.code, *by).cell("2026-12", *key).count  # nobody went
            if 0 < grown < K:
                yield f"{'.'.join(by)}: {key}"


def test_where_nobody_went_two_rolls_do_not_tell_who_came() -> None:
    figures = prison(1, people=300, quiet=True)
    before, after = two_months(figures)
    assert before.safe
    assert after.safe
    assert list(grown_by_few(figures, before, after)) == []
    assert after.figures.cube("population").cell("2026-12").value  # the headline stays


def test_without_that_sum_two_rolls_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "moved", lambda *_: None)
    figures = prison(1, people=300, quiet=True)
    before, after = two_months(figures)
    assert len(list(grown_by_few(figures, before, after))) > 3
