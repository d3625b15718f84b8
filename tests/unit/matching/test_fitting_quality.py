"""The tables from which the quality's numbers come, on sets whose answers are known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from matching import Template, assess
from matching.fitting.quality import Prints, curves, part, powers, refusals, rejects, trace
from matching.synthesis import make_finger

TOUCH = make_finger(21).impression(1, severity=0.3)


def template(certain: int, doubtful: int = 0) -> Template:
    count = certain + doubtful
    places = np.arange(count, dtype=np.int16)
    return Template(
        x=places,
        y=places,
        angle=places.astype(np.uint8),
        kind=np.ones(count, np.uint8),
        quality=np.repeat(np.array([100, 30], np.uint8), (certain, doubtful)),
        width=256,
        height=288,
    )


def prints(templates: list[Template], scores: list[float], name: str = "a set") -> Prints:
    """Each template against the next, with these scores."""
    images = np.array([(n, n + 1) for n in range(len(scores))])
    result = SimpleNamespace(genuine=np.array(scores), genuine_images=images)
    return Prints(name, [TOUCH], templates, cast(Any, result))


DOUBTFUL_FAIL = prints([*[template(20)] * 9, template(2, 70)], [*[9.0] * 8, 1.0])
"""By the number of minutiae the print that fails is the best; by the certain ones it is the worst."""


def test_the_power_that_foretells_rejects_is_seen() -> None:
    header, row, *_ = powers([DOUBTFUL_FAIL, DOUBTFUL_FAIL])
    areas = dict(zip(header.split()[1:6], map(float, row.split()[2:7]), strict=True))
    assert (areas["1"], areas["3"]) == (1.0, 0.5)
    assert row.split()[-1] != "1"


def test_the_curve_falls_as_the_worst_is_discarded() -> None:
    few = [template(20)] * 9 + [template(2), template(20)]
    row = curves([prints(few, [9.0] * 8 + [1.0, 1.0])])[1].split()[2:]
    assert row == ["20.00", "20.00", "0.00", "0.00"]


def test_rejects_are_counted_by_the_weaker_image() -> None:
    lines = rejects([prints([template(20), template(2), template(20), template(20)], [1.0, 1.0, 9.0])])[1:]
    assert [line.split() for line in lines] == [
        ["0", "to", "9", "2", "100.00%"],
        ["40", "to", "59", "1", "0.00%"],
    ]


def test_parts_and_traces_are_refused_and_whole_touches_are_not() -> None:
    whole, *lesser = refusals([prints([], [])])[1].split()[2:]
    assert whole == "0.0%"
    assert set(lesser) == {"100.0%"}


@pytest.mark.parametrize("number", range(4))
def test_a_part_is_what_is_left_of_the_finger_at_one_side(number: int) -> None:
    half = part(TOUCH, 0.5, number)
    assert half.shape == TOUCH.shape
    assert (255 - half.astype(int)).sum() < 0.65 * (255 - TOUCH.astype(int)).sum()
    assert not assess(half).usable


def test_a_trace_has_the_contrast_asked_for() -> None:
    pale = trace(TOUCH, 0.3, 1)
    assert 0.25 < pale.std() / TOUCH.std() < 0.35
