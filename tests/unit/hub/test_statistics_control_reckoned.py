"""What a reader reckons beyond plain sums: printed shares, medians given or not, overlapping tables, months."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.statistics.control import plan_of, protect
from hub.statistics.control.attack import Interval, intervals
from hub.statistics.control.earlier import Earlier
from hub.statistics.control.linking import link
from hub.statistics.control.model import Equation, Number, Numbers, Share, Why
from hub.statistics.control.suppressing import left_by, suppress
from hub.statistics.periods import period_of

from .control_world import YEAR, prison

K = 5
PLAN = plan_of(period_of(str(YEAR)))
DECEMBER = plan_of(period_of(f"{YEAR}-12"))


def one_share(many: int, remand: int, civil: int) -> Numbers:
    """People held, of whom some are no matter of the share; the share is printed, its two numbers are not."""
    base = many - civil
    numbers = {
        "held": Number("held", many, public=True),
        "remand": Number("remand", remand),
        "civil": Number("civil", civil),
        "others": Number("others", many - remand - civil),
        "base": Number("base", base),
        "share": Number("share", round(1000 * remand / base), 50.0, sensitive=False),
    }
    sums = [
        Equation((("remand", 1), ("civil", 1), ("others", 1), ("held", -1))),
        Equation((("base", 1), ("civil", 1), ("held", -1))),
    ]
    share = Share("share", "remand", "base", numbers["share"].value)
    return Numbers(numbers, sums, (), {"by.status": ("remand", "civil", "others")}, (share,))


def test_a_share_of_few_gives_its_numbers_away_and_is_withheld() -> None:
    problem = one_share(60, 20, 2)
    unseen = {"civil": Why.SMALL, "others": Why.FOR_ANOTHER, "base": Why.UNPUBLISHED}
    assert not left_by(problem, unseen, ["civil"])["civil"].protects(K), "the seeded fault: the share stays"
    found = suppress(problem, K, before={"base": Why.UNPUBLISHED})
    assert found.unsafe == ()
    assert found.intervals["civil"].protects(K)


def test_a_share_of_many_stays_for_its_rounding_hides_the_few() -> None:
    found = suppress(one_share(1_200, 400, 2), K, before={"base": Why.UNPUBLISHED})
    assert "share" not in found.withheld
    assert found.intervals["civil"].protects(K)


def test_what_is_printed_bounds_both_numbers_and_no_more() -> None:
    share = Share("share", "part", "whole", 333)
    left = intervals({}, {"part": 0, "whole": 1}, [Equation((("whole", 1),), 12)], {"part"}, [share])
    assert left["part"] == Interval(4, 4)
    assert intervals({}, {"part": 0, "whole": 0}, [], {"whole"}, [share])["whole"].least == 3, "not of nobody"


def test_the_headline_stays_whatever_hides_behind_it() -> None:
    found = protect(prison(1), PLAN, K)
    assert [one for one in found.pattern.withheld if one.startswith("population|") and "=" not in one] == []


def test_who_is_not_sentenced_by_offence_is_no_difference_of_two_tables() -> None:
    figures = prison(1, people=150)
    linked = link(figures, PLAN, K)
    small = [one for one in linked.values if one.startswith("not_sentenced|") and 0 < linked.values[one] < K]
    assert small, "the fault that control has to see"
    found = protect(figures, PLAN, K)
    assert found.safe
    for name in small:
        where = name.partition("|")[2]
        month = where.replace(str(YEAR), f"{YEAR}-12", 1)
        both = {f"population|{month}", f"sentenced|{month}"}
        assert both & set(found.pattern.withheld), name


def test_that_a_median_is_given_says_how_many_there_are() -> None:
    """Thirteen on remand, ten of them men: a median of the men alone leaves three women at the most."""
    numbers = {
        "all": Number("all", 13, public=True),
        "men": Number("men", 10, floor=10),
        "women": Number("women", 3, ceiling=9),
    }
    problem = Numbers(numbers, [Equation((("men", 1), ("women", 1), ("all", -1)))])
    assert suppress(problem, K).unsafe == ("women",)
    plain = replace(
        problem, numbers={name: replace(one, floor=0, ceiling=None) for name, one in numbers.items()}
    )
    assert suppress(plain, K).unsafe == (), "without the median nothing is found"


def test_occupancy_tells_no_population_that_is_withheld() -> None:
    figures = prison(1, people=4, women=1, young=1)
    assert 0 < (figures.cube("population").cell(f"{YEAR}-12").value or 0) < K
    shown = protect(figures, DECEMBER, K).figures
    for code in ("population", "occupancy"):
        assert shown.cube(code).cell(f"{YEAR}-12").held is not None, code


def test_a_month_hides_who_came_by_sex() -> None:
    """The month gives the people by sex, and so did the month before: the difference came or went."""
    values = link(prison(1), DECEMBER, K).values
    assert f"admissions|{YEAR}-12|SEX=F" in values
    assert f"releases|{YEAR}-12|CITIZENSHIP=FOREIGN" in values


@pytest.mark.parametrize("k", [5, 10])
def test_a_threshold_that_is_raised_holds_no_later_publication_of_the_same(k: int) -> None:
    first = protect(prison(1), DECEMBER, K)
    before = Earlier(1, first.values, dict(first.pattern.withheld))
    later = protect(prison(1), DECEMBER, k, [before])
    assert later.safe
    shown = later.figures.cube("population", "ICCS")
    assert all(cell.value is None or cell.value == 0 or cell.value >= k for cell in shown.cells.values())
