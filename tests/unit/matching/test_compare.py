from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.caching import NullCache
from numba.core.registry import CPUDispatcher as Dispatcher

from matching.comparison import (
    NO_CYLINDERS,
    calibration,
    compare,
    compare_cylinders,
    cylinders,
    hull,
    overlap,
    places,
    planes,
    relaxation,
    search,
    similarity,
)
from matching.comparison.calibration import CEILING, calibrated
from matching.comparison.cylinders import build_cylinders
from matching.comparison.parameters import PX2_PER_CYLINDER
from matching.gallery import Gallery, warm_up
from matching.template import Template

from .made_minutiae import finger, template, touch


class TestSameFinger:
    @pytest.mark.parametrize("seed", range(8))
    def test_another_touch_scores_far_above_chance(self, seed: int):
        assert compare(finger(seed), touch(finger(seed), seed + 100)) > 8

    @pytest.mark.parametrize("turn", [-60, -20, 20, 60])
    def test_turned_and_shifted_too(self, turn: int):
        assert compare(finger(1), touch(finger(1), 7, turn_units=turn, shift=(12, -20))) > 6

    def test_a_record_of_the_standard_scores_the_same(self):
        one, other = finger(2), touch(finger(2), 9)
        assert compare(Template.from_iso(one.to_iso()), other) == compare(one, other)


class TestDifferentFingers:
    def test_scores_stay_low(self):
        scores = [compare(finger(a), finger(b)) for a in range(20) for b in range(a)]
        assert max(scores) < 4
        assert np.median(scores) < 1

    @pytest.mark.parametrize("count", [3, 5, 8, 12])
    def test_a_corner_of_another_finger_does_not_score_high(self, count: int):
        for seed in range(30):
            whole, other = finger(seed), finger(seed + 1000)
            nearest = np.argsort(np.hypot(other.x - 128.0, other.y - 144.0))[:count]
            corner = template(other.x[nearest], other.y[nearest], other.angle[nearest])
            assert compare(corner, whole) < 4.5

    def test_two_prints_of_noise_do_not_match(self):
        random = np.random.default_rng(0)
        noise = [template(*random.integers(0, 256, (3, 255))) for _ in range(4)]
        assert max(compare(noise[a], noise[b]) for a in range(4) for b in range(a)) < 3


class TestTooLittle:
    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_fewer_than_three_minutiae_score_zero_even_with_themselves(self, count: int):
        few = template(*(np.arange(count) * 20 + 9,) * 3)
        assert compare(few, few) == 0.0
        assert compare(few, finger(1)) == compare(finger(1), few) == 0.0

    def test_three_minutiae_cannot_identify_anyone(self):
        three = template([100, 120, 110], [100, 100, 125], [0, 30, 60])
        assert compare(three, three) < 8

    def test_the_most_a_template_holds_is_no_trouble(self):
        full = template(*np.random.default_rng(1).integers(0, 256, (3, 255)))
        assert compare(full, full) > 8

    def test_minutiae_all_in_one_place_have_a_score(self):
        heap = template(*(np.full(255, 100),) * 3)
        assert 0 <= compare(heap, heap) <= CEILING


made = st.lists(st.tuples(*(st.integers(0, 127),) * 3), max_size=40).map(
    lambda rows: template(*np.array(rows, dtype=int).reshape(-1, 3).T)
)


@settings(max_examples=80, deadline=None)
@given(made, made)
def test_order_does_not_matter_and_scores_are_finite(one: Template, other: Template):
    score = compare(one, other)
    assert score == compare(other, one)
    assert 0 <= score <= CEILING


def test_order_does_not_matter_for_prints_that_match():
    for seed in range(20):
        one, other = finger(seed), touch(finger(seed), seed + 50, turn_units=seed)
        assert compare(one, other) == compare(other, one)


class TestCalibration:
    @pytest.mark.parametrize("extent_px2", [400, 900, 5_000, 13_000, 30_000, 50_000, 300_000])
    def test_never_falls_as_the_raw_score_grows(self, extent_px2: float):
        scores = calibrated(np.linspace(0, 1, 2001), extent_px2)
        assert (np.diff(scores) >= 0).all()
        assert scores[0] == 0
        assert scores[-1] >= 4

    def test_less_skin_is_worth_less(self):
        extents = np.linspace(400, 80_000, 500)
        scores = calibrated(np.full(len(extents), 0.07), extents)
        assert (np.diff(scores) >= 0).all()

    @pytest.mark.parametrize(("extent_px2", "limit"), [(1_000, 4.1), (7_000, 5.0), (60_000, 12.0)])
    def test_a_small_part_cannot_score_past_what_was_observed(self, extent_px2: float, limit: float):
        assert limit - 0.3 < calibrated(1.0, extent_px2) <= limit

    def test_less_than_a_square_millimetre_is_worth_nothing(self):
        assert calibrated(1.0, 399.0) == 0

    def test_what_half_of_all_impostors_reach_is_no_score(self):
        extent_px2, median, *_ = calibration._FIT["table"][-1]
        assert calibrated(median, extent_px2) == pytest.approx(0.3, abs=0.01)


class TestExtent:
    def square(self, count: int, side: int) -> Template:
        """Minutiae of which all but the corners lie inside."""
        inner = np.random.default_rng(0).integers(1, side, (2, count - 4))
        x = np.concatenate([[0, side, 0, side], inner[0]])
        y = np.concatenate([[0, 0, side, side], inner[1]])
        return template(x, y, np.zeros(count))

    def test_is_the_area_of_the_convex_hull(self):
        made = self.square(40, 150)
        assert len(build_cylinders(made)) == 40
        assert build_cylinders(made).extent_px2 == 150 * 150

    def test_a_few_minutiae_far_apart_do_not_vouch_for_all_between_them(self):
        made = build_cylinders(self.square(12, 140))
        assert made.extent_px2 == (len(made) - 2) * PX2_PER_CYLINDER < 140 * 140

    def test_minutiae_in_one_line_have_none(self):
        line = template(np.arange(20) * 10, np.full(20, 100), np.zeros(20))
        assert build_cylinders(line).extent_px2 == 0
        assert compare(line, line) == 0


KERNELS = {
    name: value
    for module in (cylinders, hull, overlap, places, planes, similarity, relaxation, search)
    for name, value in vars(module).items()
    if isinstance(value, Dispatcher) and value.py_func.__module__ == module.__name__
}


class TestKernels:
    @pytest.mark.parametrize("name", KERNELS)
    def test_are_kept_on_disk_and_let_other_threads_run(self, name: str):
        kernel = KERNELS[name]
        assert kernel.targetoptions.get("nogil")
        assert not isinstance(kernel._cache, NullCache)

    def test_nothing_is_compiled_after_warming_up(self):
        """Another signature would mean a compilation at somebody's first scan."""
        warm_up()
        warm = {name: len(kernel.signatures) for name, kernel in KERNELS.items()}
        compared = [
            finger(1),
            template([], [], []),
            Template.from_iso(finger(2).to_iso()),
            finger(3).best(12),
        ]
        gallery = Gallery()
        for each in compared:
            gallery.enrol("someone", each)
            compare(each, compared[0])
            gallery.identify(each, expected=["someone"])
        compare_cylinders(NO_CYLINDERS, build_cylinders(compared[0]))
        assert {name: len(kernel.signatures) for name, kernel in KERNELS.items()} == warm
        # For compare, and for second_look where that was compiled in this process and not loaded.
        assert 1 <= warm["relaxed_score"] <= 2
