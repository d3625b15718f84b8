"""Totals of days that no publication covers, told beside those that do: the difference shows nobody either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.statistics.cells import Cell, Figures
from hub.statistics.control.applying import OF_ALL, WITHHELD, protect_together
from hub.statistics.control.earlier import Earlier
from hub.statistics.control.gathered import Linked
from hub.statistics.control.linking import PARTS, flows, link
from hub.statistics.control.names import name_of
from hub.statistics.control.plans import HOUSE, is_ratio, is_stock, totals_plan
from hub.statistics.definitions import INDICATORS, Indicator
from hub.statistics.periods import Period, months, year_of

Totals = Mapping[str, Cell]
"""By the code of the indicator, as it may be told."""


def protect_totals(
    figures: Figures, periods: Sequence[Period], k: int, earlier: Sequence[Earlier]
) -> dict[Period, Totals]:
    """Every total of these periods, which are told in one document, beside what `earlier` publications told.

    What was published stays published; where that leaves no safe choice, nothing that counts people is told.
    """
    plans = [totals_plan(period) for period in periods]
    linked = Linked()
    for plan in plans:
        link(figures, plan, k, linked)
    for period in periods:
        _rest_of(linked, period, earlier, k)
    found = protect_together(figures, plans, linked, k, earlier)
    return {
        plan.period: {
            name: _told(name, cube.cell(plan.period), safe=one.safe)
            for name, cube in one.figures.cubes.items()
        }
        for plan, one in zip(plans, found, strict=True)
    }


def _told(code: str, cell: Cell, *, safe: bool) -> Cell:
    about_walls = code in HOUSE and code not in OF_ALL
    return cell if safe or about_walls or cell.value is None else Cell(None, held=WITHHELD)


def _rest_of(linked: Linked, period: Period, earlier: Sequence[Earlier], k: int) -> None:
    """What lies between the period and what was published of the year around it, or of months within."""
    whole = year_of(period.year)
    inside = [one for one in months(period.first_on, period.last_on) if one.last_on <= period.last_on]
    around = [one for one in (whole, *inside) if one != period and _put_published(linked, one, earlier)]
    for one in around:
        flows(linked, one, k, whole=False)
    for code, part in _adding_up():
        name = name_of(code, period, part)
        wide, parts = (
            name_of(code, whole, part),
            [name_of(code, one, part) for one in inside if one in around],
        )
        parts = [one for one in parts if one in linked.values]
        if whole in around:
            linked.rest(f"{code.code}_after#{part}", period, {}, [(wide, 1)], [(name, 1)])
        if parts:
            linked.rest(f"{code.code}_beside#{part}", period, {}, [(name, 1)], [(one, 1) for one in parts])


def _put_published(linked: Linked, period: Period, earlier: Sequence[Earlier]) -> bool:
    """What the publications of a period reckoned with, given or not: of one that was given the value is known."""
    names = [name_of(code, period, part) for code, part in _adding_up()]
    names += [name_of(INDICATORS[code], period) for code in ("population", "opening")]
    found = False
    for name in names:
        values = [one.values[name] for one in earlier if name in one.values]
        if values:
            found = True
            if name not in linked.values:
                linked.put(name, values[-1], 0, hidden=True)
    return found


def _adding_up() -> Iterator[tuple[Indicator, str]]:
    """Indicators and their parts that add up over time."""
    for one in INDICATORS.values():
        if one.code not in HOUSE and not is_stock(one) and (one.sums or is_ratio(one)):
            yield from ((one, part) for part in (PARTS if is_ratio(one) else ("",)))
