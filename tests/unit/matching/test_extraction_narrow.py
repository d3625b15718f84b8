"""Ridges too narrow for the network are enlarged for it, and only those."""

import numpy as np
import pytest

import matching
from matching.extraction import parameters
from matching.extraction.framing import enlarged, rescaled
from matching.extraction.leader import LeaderExtractor
from matching.extraction.narrow import enlargement, ridge_period_px
from matching.images import resampled
from matching.synthesis import make_finger

PRINT = make_finger(11).impression(1, grey_levels=16)


def rings(period: float, side: int = 256) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side] - side / 3
    wave = 140 + 80 * np.sin(2 * np.pi * np.hypot(rows, columns) / period)
    return np.rint(wave + np.random.default_rng(1).normal(0, 20, wave.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("period", [5.0, 6.3, 7.0, 8.6, 9.3, 11.0, 12.5])
def test_the_period_of_known_ridges(period: float) -> None:
    assert ridge_period_px(rings(period)) == pytest.approx(period, rel=0.03)


def test_what_shows_no_ridges_has_no_period() -> None:
    random = np.random.default_rng(1)
    noise = random.integers(0, 256, (288, 256)).astype(np.uint8)
    small = rings(5.0, 90)
    for image in (noise, np.full((288, 256), 200, np.uint8), small):
        assert ridge_period_px(image) is None
        assert enlargement(image) == 1
        assert enlarged(image) is image


@pytest.mark.parametrize("period", [6.9, 8.5, 10.5])
def test_ridges_that_the_network_knows_are_left_as_they_are(period: float) -> None:
    assert enlargement(rings(period)) == 1


def test_narrow_ridges_are_brought_to_a_good_period() -> None:
    larger = enlarged(rings(5.5))
    assert ridge_period_px(larger) == pytest.approx(parameters.GOOD_PERIOD_PX, rel=0.03)


def test_a_large_image_does_not_grow_beyond_what_memory_is_there_for() -> None:
    large = rings(5.5, 700)
    assert enlarged(large).size == pytest.approx(parameters.MOST_ENLARGED_PX, rel=0.01)
    assert enlargement(rings(5.5, 900)) == 1


def test_places_go_back_to_the_pixels_they_came_from() -> None:
    place = np.array([[0, 0], [149, 299], [75, 150]])
    assert rescaled(place, (150, 300), (100, 200)).tolist() == [[0, 0], [99, 199], [50, 100]]
    assert rescaled(place, (150, 300), (150, 300)).tolist() == place.tolist()


def test_a_print_made_narrow_has_the_minutiae_of_the_whole_at_its_own_places() -> None:
    height, width = (round(side * 0.62) for side in PRINT.shape)
    narrow = resampled(PRINT, height, width)
    assert enlargement(narrow) > 1.2
    expected, found = LeaderExtractor().find(PRINT), LeaderExtractor().find(narrow)
    assert (found.width, found.height) == (width, height)
    apart = np.hypot(
        np.subtract.outer(expected.x * 0.62, found.x), np.subtract.outer(expected.y * 0.62, found.y)
    )
    assert np.mean(apart.min(axis=1) < 3) > 0.9


def test_a_print_of_normal_ridges_is_not_touched() -> None:
    assert enlarged(PRINT) is PRINT
    assert len(matching.extract(PRINT)) > 20
