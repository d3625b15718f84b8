"""Disclosure control against an attacker who tries: nothing below k is found, in one release or across two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.statistics.cells import Figures
from hub.statistics.control import Protected, hide, plan_of, protect
from hub.statistics.control.applying import small_cells
from hub.statistics.control.attack import Interval, intervals
from hub.statistics.control.earlier import Earlier
from hub.statistics.control.linking import link
from hub.statistics.control.model import Equation, Number, Numbers, Why
from hub.statistics.control.suppressing import suppress
from hub.statistics.periods import period_of

from .control_world import YEAR, prison

K = 5
PLAN = plan_of(period_of(str(YEAR)))

Table = dict[tuple[int, int], int]


def numbers_of(table: Table, rows: int, columns: int) -> Numbers:
    """A table by two cuts with its margins and its total."""
    cells = {f"{row},{column}": many for (row, column), many in table.items()}
    for row in range(rows):
        cells[f"{row},T"] = sum(table[row, column] for column in range(columns))
    for column in range(columns):
        cells[f"T,{column}"] = sum(table[row, column] for row in range(rows))
    cells["T,T"] = sum(table.values())
    equations = []
    for row in [*map(str, range(rows)), "T"]:
        equations.append(Equation((*((f"{row},{column}", 1) for column in range(columns)), (f"{row},T", -1))))
    for column in [*map(str, range(columns)), "T"]:
        equations.append(Equation((*((f"{row},{column}", 1) for row in range(rows)), (f"T,{column}", -1))))
    numbers = {name: Number(name, many, 100.0 if "T" in name else 1.0) for name, many in cells.items()}
    own = tuple(name for name in numbers if "T" not in name)
    return Numbers(numbers, equations, (), {"by.row.column": own})


def found_by_trying(problem: Numbers, withheld: Mapping[str, Why], most: int = 14) -> dict[str, set[int]]:
    """Every value that each withheld inner cell could have, by trying all of them: no solver, no cleverness."""
    inner = sorted(name for name in withheld if "T" not in name)
    grid = np.stack(np.meshgrid(*[np.arange(most + 1)] * len(inner), indexing="ij"), -1).reshape(
        -1, len(inner)
    )
    guess = {name: grid[:, at] for at, name in enumerate(inner)}
    fits = np.ones(len(grid), bool)
    for name in inner:
        fits &= guess[name] >= (0 if withheld[name] is Why.TABLE else 1)
    for margin in (name for name in problem.numbers if "T" in name and name not in withheld):
        made = 0
        for name, number in problem.numbers.items():
            if "T" not in name and all(
                one in ("T", other) for one, other in zip(margin[::2], name[::2], strict=True)
            ):
                made = made + guess.get(name, number.value)
        fits &= made == problem.numbers[margin].value
    return {name: set(guess[name][fits].tolist()) for name in inner}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9]), min_size=6, max_size=6))
def test_an_attacker_who_tries_everything_finds_no_small_number(cells: list[int]) -> None:
    table = {(row, column): cells[row * 3 + column] for row in range(2) for column in range(3)}
    problem = numbers_of(table, 2, 3)
    pattern = suppress(problem, K)
    assert pattern.unsafe == ()
    small = {name for name, number in problem.numbers.items() if 0 < number.value < K}
    assert small <= set(pattern.withheld)
    if not 1 <= sum("T" not in name for name in pattern.withheld) <= 4:
        return  # nothing to find, or more than can be tried in a moment: exact intervals below are for those
    possible = found_by_trying(problem, pattern.withheld)
    for name in small & set(possible):
        assert max(possible[name]) >= K, (name, possible[name])
        assert len(possible[name]) >= K, (name, possible[name])


def test_without_complementary_suppression_the_attacker_wins() -> None:
    """The fault that the test above is there for."""
    problem = numbers_of({(0, 0): 3, (0, 1): 20, (0, 2): 9, (1, 0): 30, (1, 1): 9, (1, 2): 11}, 2, 3)
    only = {"0,0": Why.SMALL}
    assert found_by_trying(problem, only) == {"0,0": {3}}
    assert len(suppress(problem, K).withheld) >= 4


@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_prison_keeps_its_small_numbers(seed: int) -> None:
    """All published tables of a year at once, against exact intervals made anew from what is shown alone."""
    found = protect(prison(seed), PLAN, K)
    assert small_cells(found.figures, K) == []
    assert found.pattern.unsafe == ()
    assert _narrow(found, prison(seed)) == []
    shown = [
        cell for cube in found.figures.cubes.values() for cell in cube.cells.values() if cell.held is None
    ]
    assert len(shown) > 350, "what is left is worth publishing"
    assert found.figures.cube("population").cell(str(YEAR)).value is not None


def test_seeding_no_complement_is_found_in_a_whole_prison() -> None:
    found = protect(prison(1), PLAN, K)
    kept = {name: why for name, why in found.pattern.withheld.items() if why is not Why.FOR_ANOTHER}
    assert _narrow(replace(found, pattern=replace(found.pattern, withheld=kept)), prison(1)) != []


def test_women_and_juveniles_are_few_and_stay_unseen() -> None:
    found = protect(prison(4, people=1_200, women=14, young=24), PLAN, K)
    by_status = found.figures.cube("population", "SEX", "LEGAL_STATUS")
    women = [cell for key, cell in by_status.cells.items() if key[1] == "F" and key[2] != "_T"]
    assert any(cell.held and cell.held.code == "withheld" for cell in women)
    assert all(cell.value is None or cell.value == 0 or cell.value >= K for cell in women)


def test_a_share_does_not_give_back_what_its_count_withholds() -> None:
    found = protect(prison(1), PLAN, K)
    for sex in ("F", "M"):
        share = found.figures.cube("unsentenced_share", "SEX").cell(str(YEAR), sex)
        count = found.values[f"unsentenced_share#count|{YEAR}-12|SEX={sex}"]
        if 0 < count < K:
            assert share.held is not None


def test_a_second_release_shows_nobody_who_came_late() -> None:
    first = protect(prison(1), PLAN, K)
    before = Earlier(1, first.values, dict(first.pattern.withheld))
    # The same again tells nothing new and withholds nothing new.
    again = protect(prison(1), PLAN, K, [before])
    assert set(again.pattern.withheld) == set(first.pattern.withheld)
    later = protect(prison(1, late=9), PLAN, K, [before])
    for name, value in later.values.items():
        was, cut = before.told(name), "=" in name
        if cut and was is not None and name not in later.pattern.withheld:
            assert not 0 < abs(value - was) < K, name


def test_what_was_told_once_counts_as_known_for_ever() -> None:
    """A number that an earlier release gave cannot serve to hide another."""
    table = {(0, 0): 3, (0, 1): 20, (1, 0): 30, (1, 1): 9}
    problem = numbers_of(table, 2, 2)
    told = replace(problem, numbers={
        name: replace(one, public=name in ("0,1", "0,T", "T,T")) for name, one in problem.numbers.items()
    })  # fmt: skip
    found = suppress(told, K)
    assert (found.unsafe, found.lost) == ((), ("0,0",)), (
        "it is said that nothing helps; this one does no harm"
    )
    assert found.intervals["0,0"] == Interval(3, 3)


def test_plain_lists_are_hidden_too() -> None:
    assert hide({"F": 3, "M": 1_197, "U": 0}, K) == {"F", "M"}
    assert hide({"a": 1, "b": 2}, K) == {"a", "b"}
    assert hide({"a": 9, "b": 0}, K) == set()


def _narrow(found: Protected, figures: Figures) -> Sequence[str]:
    """Small numbers that what is shown leaves too few possibilities for."""
    equations = link(figures, PLAN, K).equations
    shown = {name: value for name, value in found.values.items() if name not in found.pattern.withheld}
    floors = {
        name: 1 if found.values[name] and why in (Why.SMALL, Why.FOR_ANOTHER) else 0
        for name, why in found.pattern.withheld.items()
    }
    small = [name for name, value in found.values.items() if 0 < value < K]
    left = intervals(shown, floors, equations, small)
    return [name for name in small if name not in left or not left[name].protects(K)]
