import numpy as np
import pytest

import matching
from matching import ImageError
from matching.images import at_500_dpi, checked, resampled
from matching.synthesis import make_finger


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
        (grey(), float("inf"), "dpi"),
        (grey(), None, "number of dpi"),
        (grey(), "500", "number of dpi"),
        (np.full((288, 256), np.nan), 500, "float64"),
        (np.full((288, 256), np.nan, np.float32), 500, "float32"),
        (np.zeros((288, 256), np.int8), 500, "int8"),
        (np.zeros((288, 256), object), 500, "object"),
        (np.zeros((0, 256), np.uint8), 500, "too small"),
        (np.uint8(3), 500, "rows and columns"),
        (None, 500, "rows and columns"),
        (grey(79, 256), 500, "too small"),
        (grey(190, 190), 1200, "too small"),
        (grey(100, 20_000), 500, "too large"),
        (grey(300, 20_000), 1200, "too large"),
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


@pytest.mark.parametrize("dpi", [250, 300, 1000, 1200])
def test_narrow_ridges_keep_their_contrast(dpi: int) -> None:
    """0.35 mm, the narrowest that fingers have: 3.5 pixels at 250 dpi."""
    side, period_mm = 400, 0.35
    wave = 128 + 100 * np.sin(2 * np.pi * (np.arange(side) + 0.5) / dpi * 25.4 / period_mm)
    row = at_500_dpi(np.tile(np.rint(wave).astype(np.uint8), (side, 1)), dpi)[100].astype(float)
    places = (np.arange(len(row)) + 0.5) / 500 * 25.4
    contrast = 2 * abs(np.mean((row - 128) * np.exp(2j * np.pi * places / period_mm)))
    assert contrast == pytest.approx(100, abs=2)


@pytest.mark.parametrize("level", [0, 77, 255])
def test_an_even_image_stays_even(level: int) -> None:
    assert set(resampled(np.full((90, 100), level, np.uint8), 71, 160).ravel()) == {level}


def test_the_middle_stays_in_the_middle() -> None:
    image = np.zeros((100, 100), np.uint8)
    image[49:51, 49:51] = 255
    for side in (50, 84, 130):
        answer = resampled(image, side, side).astype(float)
        assert np.average(np.arange(side), weights=answer.sum(0)) == pytest.approx((side - 1) / 2)


@pytest.mark.parametrize("dpi", [300, 1000])
def test_a_print_of_another_resolution_is_the_same_finger(dpi: int) -> None:
    image = make_finger(11).impression(1, grey_levels=16)
    height, width = (round(side * dpi / 500) for side in image.shape)
    other = matching.extract(resampled(image, height, width), dpi)
    assert matching.compare(matching.extract(image), other) > 6
