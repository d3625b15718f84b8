from __future__ import annotations

import itertools

import numpy as np
import pytest

from matching.comparison.calibration import SUPPORTED, clopper_pearson, supported_interval
from matching.comparison.confidence import confidence, fuse


class TestConfidence:
    def test_says_what_was_counted(self):
        about = confidence(4.3)
        assert about.score == 4.0
        assert about.pairs > 100_000
        assert about.low <= about.reached / about.pairs <= about.high
        assert not about.extrapolated
        assert "20,000" in str(about)
        assert f"{about.pairs:,}" in str(about)

    def test_asks_for_a_second_finger_beyond_what_the_pairs_can_tell(self):
        about = confidence(8.0)
        assert about.extrapolated
        assert about.score == SUPPORTED
        assert "second finger" in str(about)

    def test_a_score_that_everybody_reaches(self):
        assert confidence(0.2).score == 0.0
        assert confidence(0.2).reached == confidence(0.2).pairs

    def test_no_claimed_rate_up_to_the_supported_one_is_ruled_out_as_too_low(self):
        for score in (1.0, 2.0, 3.0, 4.0, SUPPORTED):
            assert confidence(score).low <= 10**-score

    def test_the_supported_rate_lies_inside_its_interval(self):
        low, high = supported_interval()
        assert low <= 10**-SUPPORTED <= high


class TestInterval:
    @pytest.mark.parametrize(
        ("count", "of", "low", "high"),
        [(0, 100, 0.0, 0.0362), (5, 100, 0.0164, 0.1128), (100, 100, 0.9638, 1.0), (0, 0, 0.0, 1.0)],
    )
    def test_of_known_counts(self, count: int, of: int, low: float, high: float):
        assert clopper_pearson(count, of) == pytest.approx((low, high), abs=1e-4)


class TestFuse:
    def test_one_finger_is_its_own_score(self):
        assert fuse([4.2]) == pytest.approx(4.2)

    def test_two_fingers_are_worth_nearly_their_sum(self):
        assert 6.5 < fuse([4.0, 4.0]) < 8.0

    def test_a_finger_that_says_nothing_does_not_help(self):
        assert fuse([5.0, 0.0]) < 5.0

    def test_keeps_to_the_rate_for_fingers_that_are_independent(self):
        chances = np.random.default_rng(4).uniform(size=(100_000, 2))
        fused = np.array([fuse(pair) for pair in (-np.log10(chances)).tolist()])
        for score in (1.0, 2.0, 3.0):
            assert np.mean(fused >= score) == pytest.approx(10**-score, rel=0.35)

    def test_order_does_not_matter(self):
        assert len({round(fuse(order), 9) for order in itertools.permutations([1.0, 2.5, 4.0])}) == 1

    @pytest.mark.parametrize("scores", [[], [3.0, -1.0]])
    def test_refuses_what_is_no_score(self, scores: list[float]):
        with pytest.raises(ValueError, match="none below 0"):
            fuse(scores)
