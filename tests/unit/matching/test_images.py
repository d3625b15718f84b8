import numpy as np
import pytest

import matching
from matching import ImageError
from matching.images import at_500_dpi, checked


def grey(height: int = 288, width: int = 256) -> np.ndarray:
    return np.full((height, width), 200, np.uint8)


@pytest.mark.parametrize(
    ("image", "dpi", "reason"),
    [
        (np.zeros((288, 256, 3), np.uint8), 500, "without colour channels"),
        (np.zeros(288 * 256, np.uint8), 500, "rows and columns"),
        (np.zeros((0, 0), np.uint8), 500, "too small"),
        ([[0, 1], [2, 3]], 500, "rows and columns"),
        (np.zeros((288, 256), np.uint16), 500, "uint16"),
        (np.zeros((288, 256), np.float64), 500, "float64"),
        (np.zeros((288, 256), np.bool_), 500, "bool"),
        (grey(), 249.9, "dpi"),
        (grey(), 1200.1, "dpi"),
        (grey(), -500, "dpi"),
        (grey(), float("nan"), "dpi"),
        (grey(79, 256), 500, "too small"),
        (grey(190, 190), 1200, "too small"),
        (grey(100, 20_000), 500, "too large"),
        (grey(1000, 900), 300, "too large"),
    ],
)
@pytest.mark.parametrize("use", [matching.extract, matching.assess])
def test_an_image_of_a_wrong_form_is_refused(use, image, dpi: float, reason: str) -> None:
    with pytest.raises(ImageError, match=reason):
        use(image, dpi)


def test_refusals_are_sentences() -> None:
    with pytest.raises(ImageError) as refusal:
        checked(grey(20, 20), 500)
    assert str(refusal.value).endswith(".")


def test_500_dpi_is_left_as_it_is() -> None:
    image = grey()
    assert at_500_dpi(image, 500) is image


@pytest.mark.parametrize("dpi", [250, 363, 508, 1000, 1200])
def test_ridges_have_their_period_after_resampling(dpi: int) -> None:
    side, period_mm = 400, 0.5
    millimetres = (np.arange(side) + 0.5) / dpi * 25.4
    wave = 128 + 100 * np.sin(2 * np.pi * millimetres / period_mm)
    resampled = at_500_dpi(np.tile(wave.astype(np.uint8), (side, 1)), dpi)
    expected_side = round(side * 500 / dpi)
    assert resampled.shape == (expected_side, expected_side)
    row = resampled[expected_side // 2].astype(float)
    places = (np.arange(expected_side) + 0.5) / 500 * 25.4
    assert np.corrcoef(row, np.sin(2 * np.pi * places / period_mm))[0, 1] > 0.99


def test_what_a_coarser_grid_cannot_hold_leaves_no_false_ridges() -> None:
    fine = np.tile(np.array([0, 255], np.uint8), (800, 400))
    assert np.ptp(at_500_dpi(fine, 1200)[20:-20, 20:-20].astype(int)) < 60
