import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.quality.discard import error_versus_discard

PAIRS = [(0, 1), (0, 2), (1, 2), (2, 3)]


def test_the_worst_images_go_first_and_take_their_pairs_along() -> None:
    curve = error_versus_discard([90, 80, 40, 10], PAIRS, [9, 2, 9, 2], threshold=4)
    np.testing.assert_array_equal(curve.at_least, [10, 40, 80])
    np.testing.assert_allclose(curve.discarded, [0, 1 / 4, 2 / 4])
    np.testing.assert_allclose(curve.fnmr, [2 / 4, 1 / 3, 0])
    np.testing.assert_array_equal(curve.pairs, [4, 3, 1])


def test_a_score_at_the_threshold_is_no_reject() -> None:
    assert error_versus_discard([1, 1], [(0, 1)], [4.0], threshold=4.0).fnmr[0] == 0


def test_images_of_one_quality_go_together() -> None:
    curve = error_versus_discard([50, 50, 50, 50], PAIRS, [9, 2, 9, 2], threshold=4)
    assert (curve.discarded.tolist(), curve.fnmr.tolist()) == ([0], [0.5])
    assert curve.area() == 1


def test_the_share_that_may_go_is_never_exceeded() -> None:
    curve = error_versus_discard([90, 80, 40, 10], PAIRS, [9, 2, 9, 2], threshold=4)
    assert [curve.fnmr_at(share) for share in (0, 0.24, 0.25, 0.49, 0.9)] == [0.5, 0.5, 1 / 3, 1 / 3, 0]


def test_the_area_tells_a_good_quality_from_a_bad_one() -> None:
    random = np.random.default_rng(3)
    good = random.uniform(0, 1, 400)
    pairs = random.integers(0, 400, (4000, 2))
    scores = good[pairs].min(axis=1)
    areas = [
        error_versus_discard(quality, pairs, scores, threshold=0.1).area()
        for quality in (good, good + random.normal(0, 0.1, 400), random.uniform(0, 1, 400), -good)
    ]
    assert areas == sorted(areas)
    assert areas[0] < 0.35
    assert 0.9 < areas[2] < 1.1


def test_no_rejects_leave_nothing_to_foretell() -> None:
    assert error_versus_discard([1, 2], [(0, 1)], [9.0], threshold=4).area() == 0


@pytest.mark.parametrize(("pairs", "scores"), [([], []), ([(0, 1)], []), ([(0, 1)], [1.0, 2.0])])
def test_pairs_and_scores_must_belong_together(pairs: list[tuple[int, int]], scores: list[float]) -> None:
    with pytest.raises(ValueError, match="a score for each"):
        error_versus_discard([1, 2], pairs, scores, threshold=4)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_each_point_is_what_counting_says(data: st.DataObject) -> None:
    quality = data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=8))
    image = st.integers(0, len(quality) - 1)
    pairs = data.draw(st.lists(st.tuples(image, image), min_size=1, max_size=12))
    scores = data.draw(st.lists(st.integers(0, 9), min_size=len(pairs), max_size=len(pairs)))
    curve = error_versus_discard(quality, pairs, scores, threshold=4)
    for at_least, discarded, fnmr, left in zip(
        curve.at_least, curve.discarded, curve.fnmr, curve.pairs, strict=True
    ):
        kept = [
            score
            for (a, b), score in zip(pairs, scores, strict=True)
            if min(quality[a], quality[b]) >= at_least
        ]
        assert discarded == sum(each < at_least for each in quality) / len(quality)
        assert (left, fnmr) == (len(kept), sum(score < 4 for score in kept) / len(kept))
    assert curve.discarded[0] == 0
