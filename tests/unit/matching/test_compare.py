from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.comparison import compare, relaxation
from matching.gallery import warm_up
from matching.comparison.calibration import CEILING, calibrated
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
    @pytest.mark.parametrize("cylinders", [3, 4, 7, 11, 20, 26, 40, 200])
    def test_never_falls_as_the_raw_score_grows(self, cylinders: int):
        scores = calibrated(np.linspace(0, 1, 2001), cylinders)
        assert (np.diff(scores) >= 0).all()
        assert scores[0] == 0
        assert scores[-1] > 4

    def test_fewer_cylinders_are_worth_less(self):
        counts = np.arange(3, 60)
        scores = calibrated(np.full(len(counts), 0.07), counts)
        assert (np.diff(scores) >= 0).all()

    def test_below_three_cylinders_nothing_counts(self):
        assert calibrated(1.0, 2) == 0

    def test_the_floor_of_every_impostor_is_no_score(self):
        assert calibrated(0.0140, 40) == pytest.approx(0.3, abs=0.02)


def test_the_kernel_is_compiled_once_for_all_kinds_of_callers():
    """A second signature would mean a compilation at somebody's first scan."""
    warm_up()
    compare(finger(1), template([], [], []))
    compare(finger(1), Template.from_iso(finger(2).to_iso()))
    assert len(relaxation.relaxed_score.signatures) == 1
