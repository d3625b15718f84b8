"""The stages of the classical extractor, each on something of known answer."""

import numpy as np
import pytest

from matching.extraction.classical import ClassicalExtractor
from matching.extraction.classical import parameters as p
from matching.extraction.classical.filtering import filtered
from matching.extraction.classical.grading import probability
from matching.extraction.classical.grid import enlarged
from matching.extraction.classical.minutiae import Minutiae, find_minutiae, thinned
from matching.extraction.classical.normalisation import levelled
from matching.extraction.classical.orientation import along_ridges, orientation
from matching.extraction.classical.period import period
from matching.extraction.classical.products import product, products_down
from matching.extraction.classical.segmentation import foreground
from matching.extraction.classical.tracing import line_ends
from matching.extraction.classical.waves import measure
from matching.template import BIFURCATION, ENDING

SHAPE = (200, 216)
Y, X = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
MIDDLE = (slice(5, -5), slice(5, -5))
"""Cells whose windows lie inside the image."""


def wave(period_px: float, across_deg: float) -> np.ndarray:
    """Ridges with their crests across a direction, y down; heights from -1 to 1."""
    across = np.deg2rad(across_deg)
    return np.sin(2 * np.pi * (X * np.cos(across) + Y * np.sin(across)) / period_px).astype(np.float32)


def grey(heights: np.ndarray, contrast: float = 100) -> np.ndarray:
    return np.clip(128 + contrast * heights, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("period_px", [6.0, 9.0, 12.0])
@pytest.mark.parametrize("across_deg", [0, 30, 90, 150])
def test_a_wave_is_measured(period_px: float, across_deg: int) -> None:
    waves = measure(wave(period_px, across_deg))
    mask = np.ones(waves.purity.shape, np.bool_)
    off = np.angle(orientation(waves, mask) * np.exp(-2j * np.deg2rad(across_deg)))[MIDDLE] / 2
    assert np.abs(np.rad2deg(off)).max() < 2
    assert period(waves, mask)[MIDDLE] == pytest.approx(period_px, rel=0.04)
    assert waves.purity[MIDDLE].min() > 0.95
    assert waves.flow()[MIDDLE].min() > 0.8


def test_noise_has_no_flow_and_waves_that_cross_have_none_either() -> None:
    noise = np.random.default_rng(3).normal(size=SHAPE).astype(np.float32)
    assert measure(noise).flow().mean() < 0.2
    crossed = measure(wave(9, 20) + wave(9, 110))
    assert np.abs(crossed.turn)[MIDDLE].max() < 0.2


def test_levelling_takes_off_shade_and_fading() -> None:
    faded = wave(9, 40) * (0.3 + 0.7 * X / X.max()) + 0.2 * Y / Y.max()
    inner = levelled(grey(faded, 70)).grey[30:-30, 30:-30]
    thirds = [inner[:, :50], inner[:, -50:]]
    assert all(abs(part.mean()) < 0.05 for part in thirds)
    assert thirds[0].std() == pytest.approx(thirds[1].std(), rel=0.15)


def test_the_print_is_told_from_the_glass() -> None:
    inside = np.hypot(X - 110, Y - 100) < 70
    glass = 0.9 + 0.01 * np.random.default_rng(4).normal(size=SHAPE)
    level = levelled(grey(np.where(inside, wave(9, 60), glass)))
    mask = enlarged(foreground(measure(level.grey).flow(), level.contrast).astype(np.float32), SHAPE) > 0.5
    assert mask[np.hypot(X - 110, Y - 100) < 60].mean() > 0.97
    assert mask[np.hypot(X - 110, Y - 100) > 85].mean() < 0.01


def test_filtering_restores_ridges_from_noise() -> None:
    clean = wave(9, 25)
    noisy = clean + 1.5 * np.random.default_rng(5).normal(size=SHAPE).astype(np.float32)
    waves = measure(noisy)
    mask = np.ones(waves.purity.shape, np.bool_)
    restored = filtered(noisy, orientation(waves, mask), period(waves, mask), np.ones(SHAPE, np.bool_))

    def alike(heights: np.ndarray) -> float:
        return float(np.corrcoef(heights[20:-20, 20:-20].ravel(), clean[20:-20, 20:-20].ravel())[0, 1])

    assert alike(restored) > 0.9 > 0.6 > alike(noisy)


def test_a_filter_says_nothing_about_grey_level_and_nothing_outside() -> None:
    cells = (25, 27)
    inside = X > 100
    response = filtered(
        np.full(SHAPE, 5, np.float32), np.ones(cells, np.complex64), np.full(cells, 9, np.float32), inside
    )
    assert np.abs(response[20:-20, 120:-20]).max() < 1e-4
    assert not response[:, :100].any()


def drawn(*rows: str) -> np.ndarray:
    return np.array([[mark == "#" for mark in row] for row in rows])


def test_lines_are_followed_from_their_ends() -> None:
    lines = drawn(
        "....................",
        ".##################.",
        "....................",
        "..###...............",
        ".....#..............",
        "......##............",
    )
    ends = line_ends(lines, np.ones_like(lines))
    assert [tuple(end) for end in ends] == [
        (1, 1, 1, 13, p.TRACE_PX),
        (1, 18, 1, 6, p.TRACE_PX),
        (3, 2, 5, 7, 5),
        (5, 7, 3, 2, 5),
    ]


def test_a_walk_stops_at_a_fork_and_counts_as_whole_where_the_print_ends() -> None:
    lines = drawn(
        "..........#",
        ".........#.",
        ".########..",
        ".........#.",
        "..........#",
    )
    known = np.ones_like(lines)
    assert tuple(line_ends(lines, known)[1]) == (2, 1, 2, 8, 7)
    known[:, 5:] = False
    assert [tuple(end) for end in line_ends(lines, known)] == [(2, 1, 2, 5, p.TRACE_PX)]


def interrupted(across_px: float = 9.0) -> np.ndarray:
    """Ridges along x; one more comes in at x = 100, from there to the right (a spiral phase)."""
    phase = 2 * np.pi * (Y - 100) / across_px + np.arctan2(Y - 100, X - 100) - np.pi
    return np.cos(phase).astype(np.float32)


@pytest.mark.parametrize(("sign", "kind"), [(1, ENDING), (-1, BIFURCATION)])
def test_a_ridge_that_ends_and_a_valley_that_ends(sign: int, kind: int) -> None:
    """The same place and angle for both: up the line that begins there, which goes left or right."""
    response = sign * interrupted()
    cells = (25, 27)
    minutiae = find_minutiae(response, -np.ones(cells, np.complex64), np.ones(SHAPE, np.bool_))
    assert len(minutiae.kind) == 1
    row, column = minutiae.place[0]
    assert np.hypot(row - 100, column - 100) < 8
    assert minutiae.kind[0] == kind


def test_a_broken_line_has_no_minutiae() -> None:
    ridges = -np.cos(2 * np.pi * (Y - 100) / 10).astype(np.float32)
    gap = (np.abs(X - 100) < 1.5) & (np.abs(Y - 100) < 5)
    response = np.where(gap, np.float32(0.5), ridges)
    everywhere = np.ones(SHAPE, np.bool_)
    assert np.sum(np.abs(line_ends(thinned(response < 0), everywhere)[:, 1] - 100) < 6) == 2
    across = -np.ones((25, 27), np.complex64)
    assert len(find_minutiae(response, across, everywhere).kind) == 0


def test_clear_deep_and_lonely_minutiae_are_likelier() -> None:
    place = np.array([[100, 100], [100, 4], [150, 60], [150, 66], [154, 60]])
    minutiae = Minutiae(place, np.zeros(5), np.ones(5, np.int64))
    cells = np.ones((25, 27), np.float32)
    clear = probability(minutiae, 0.8 * cells, 0.9 * cells, np.ones(SHAPE, np.bool_))
    murky = probability(minutiae, 0.3 * cells, 0.6 * cells, np.ones(SHAPE, np.bool_))
    assert clear[0] > 0.9
    assert clear[0] > clear[1:].max()
    assert np.all(murky < clear)
    assert murky[0] < 0.6


def test_the_pictures_are_named_in_the_order_of_the_work() -> None:
    stages = dict(ClassicalExtractor().trace(grey(wave(9, 30))))
    captions = list(stages)
    assert captions[0] == "image at 500 dpi"
    for earlier, later in [("segmentation", "filtered once"), ("filtered twice", "thinned ridges")]:
        assert captions.index(earlier) < captions.index(later)
    along = stages["orientation of the ridges"]
    assert np.rad2deg(np.nanmedian(along)) == pytest.approx(120, abs=3)
    assert stages["thinned ridges"].dtype == np.bool_


def test_orientation_is_shown_inside_the_print_only() -> None:
    inside = X < 50
    along = along_ridges(np.full((25, 27), 1, np.complex64), inside)
    assert np.isnan(along[~inside]).all()
    assert along[inside] == pytest.approx(np.pi / 2)


def test_products_are_those_of_numpy() -> None:
    random = np.random.default_rng(6)
    left, right = (random.normal(size=size).astype(np.float32) for size in ((5, 8), (8, 7)))
    assert product(left, right) == pytest.approx(left @ right, abs=1e-5)
    tall = random.normal(size=(20, 7)).astype(np.float32)
    expected = np.stack([left @ tall[top : top + 8] for top in (0, 4, 8, 12)])
    assert products_down(left, tall, 4) == pytest.approx(expected, abs=1e-5)
