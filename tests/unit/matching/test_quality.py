from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

import matching
from matching import Advice, Template, assess, quality_of
from matching.quality.parameters import USABLE_SCORE
from matching.synthesis import make_finger

SHAPE = (288, 256)
Y, X = np.mgrid[: SHAPE[0], : SHAPE[1]]
PRINT = make_finger(5).impression(2, grey_levels=16)


def random(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def sixteen_levels(image: np.ndarray) -> np.ndarray:
    return ((image >> 4) * 17).astype(np.uint8)


def empty_glass() -> np.ndarray:
    """A bright field with the sensor's black frame above and speckle on the left."""
    glass = np.full(SHAPE, 235, np.uint8)
    glass[:20] = 0
    glass[:, :30][random().random((288, 30)) < 0.1] = 20
    return glass


def trace_on_glass(share: float = 0.08) -> np.ndarray:
    return (240 - (255 - PRINT.astype(float)) * share).astype(np.uint8)


def blotches() -> np.ndarray:
    """What photographs have: smooth shapes of every size."""
    layers = [ndimage.gaussian_filter(random(s).normal(0, s, SHAPE), s) * s for s in (2, 4, 8, 16)]
    return np.clip(128 + 25 * sum(layers), 0, 255).astype(np.uint8)


NOT_PRINTS = {
    "all black": np.zeros(SHAPE, np.uint8),
    "all white": np.full(SHAPE, 255, np.uint8),
    "noise": random().integers(0, 256, SHAPE).astype(np.uint8),
    "empty glass": empty_glass(),
    "a trace on the glass": trace_on_glass(),
    "a gradient": (X * 0.5 + Y * 0.3).astype(np.uint8),
    "blotches": blotches(),
    "a chequered cloth": (((X // 16 + Y // 16) % 2) * 200).astype(np.uint8),
}


@pytest.mark.parametrize("name", NOT_PRINTS)
@pytest.mark.parametrize("levels", [16, 256])
def test_what_is_no_print_is_refused(name: str, levels: int) -> None:
    image = NOT_PRINTS[name]
    judged = assess(sixteen_levels(image) if levels == 16 else image)
    assert not judged.usable
    assert judged.score < USABLE_SCORE


@pytest.mark.parametrize("name", ["all white", "empty glass"])
def test_nothing_on_the_glass_asks_for_a_finger(name: str) -> None:
    assert assess(NOT_PRINTS[name]).advice is Advice.PLACE_FINGER


def test_ridges_that_run_together_ask_for_less_pressure() -> None:
    assert assess(ndimage.minimum_filter(PRINT, 9)).advice is Advice.PRESS_LIGHTER


def test_a_finger_without_ridges_asks_for_more_pressure() -> None:
    pale = 250 - 45 * np.exp(-(((X - 128) / 70) ** 4) - ((Y - 144) / 90) ** 4)
    assert assess(pale.astype(np.uint8)).advice is Advice.PRESS_HARDER


def test_a_finger_at_the_edge_is_asked_to_the_middle() -> None:
    image = np.full(SHAPE, 250, np.uint8)
    image[:80] = PRINT[100:180]
    judged = assess(image)
    assert judged.advice is Advice.MOVE_DOWN
    assert not judged.usable


@pytest.mark.parametrize("seed", range(8))
def test_synthetic_prints_are_good(seed: int) -> None:
    judged = assess(make_finger(seed).impression(seed, grey_levels=16))
    assert judged.advice is Advice.OK
    assert judged.score >= 50
    assert judged.contrast > 15


def test_frame_and_speckle_do_not_spoil_a_print() -> None:
    framed = np.minimum(PRINT, empty_glass())
    assert assess(framed).usable


def test_enrolment_may_ask_for_more() -> None:
    half = PRINT.copy()
    half[170:] = 250
    judged = assess(half)
    assert judged.usable
    demanding = assess(half, at_least=judged.score + 1)
    assert demanding.score == judged.score
    assert not demanding.usable


def test_less_finger_is_less_quality() -> None:
    scores = []
    for rows in (288, 200, 130, 60):
        image = np.full(SHAPE, 250, np.uint8)
        image[:rows] = PRINT[:rows]
        scores.append(assess(image).score)
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_real_prints_of_a_gate_like_sensor_pass(real_prints: Path) -> None:
    paths = sorted((real_prints / "fcj2020_half").glob("*.png"))[::6]
    refused = 0
    for path in paths:
        image = np.asarray(Image.open(path))
        top, left = ((side - wanted) // 2 for side, wanted in zip(image.shape, SHAPE, strict=True))
        refused += not assess(sixteen_levels(image[top : top + 288, left : left + 256])).usable
    assert len(paths) > 50
    assert refused <= len(paths) * 0.04


def template(qualities: list[int]) -> Template:
    places = np.arange(len(qualities))
    return Template(
        x=places.astype(np.int16),
        y=places.astype(np.int16),
        angle=places.astype(np.uint8),
        kind=np.ones(len(qualities), np.uint8),
        quality=np.array(qualities, np.uint8),
        width=256,
        height=288,
    )


class TestQualityOfATemplate:
    def test_is_zero_without_minutiae_and_full_with_many_certain_ones(self) -> None:
        assert quality_of(template([])) == 0
        assert quality_of(template([100] * 20)) == 50
        assert quality_of(template([100] * 40)) == 100
        assert quality_of(template([100] * 255)) == 100

    def test_many_doubtful_minutiae_do_not_make_up_for_a_few_certain_ones(self) -> None:
        assert quality_of(template([20] * 120)) < quality_of(template([100] * 3))

    def test_minutiae_without_a_stated_quality_are_middling(self) -> None:
        assert quality_of(template([0] * 40)) == quality_of(template([50] * 40)) > 0

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.integers(1, 100), max_size=60), st.integers(1, 100))
    def test_never_falls_with_a_further_minutia(self, qualities: list[int], another: int) -> None:
        assert 0 <= quality_of(template(qualities)) <= quality_of(template([*qualities, another])) <= 100

    def test_extract_states_it(self) -> None:
        found = matching.extract(PRINT)
        assert found.finger_quality == quality_of(found) >= 50


class TestAfterExtraction:
    def test_the_minutiae_decide_the_score(self) -> None:
        found = matching.extract(PRINT)
        judged = assess(PRINT, template=found)
        assert judged.score == quality_of(found)
        assert judged.advice is Advice.OK
        assert judged == assess(PRINT).with_minutiae(found)

    def test_too_few_minutiae_are_refused_with_what_would_help(self) -> None:
        judged = assess(PRINT, template=template([60] * 3))
        assert judged.score < USABLE_SCORE
        assert judged.advice is judged.hint is not Advice.OK

    def test_enrolment_may_ask_for_more_minutiae(self) -> None:
        found = matching.extract(PRINT)
        assert assess(PRINT, template=found, at_least=quality_of(found)).usable
        assert not assess(PRINT, template=found, at_least=quality_of(found) + 1).usable

    def test_a_trace_stays_refused_however_many_minutiae_it_shows(self) -> None:
        """The extractor is made to read the palest print; the gate is there so that it need not."""
        judged = assess(trace_on_glass(0.3), template=matching.extract(PRINT))
        assert judged.advice is Advice.WIPE_GLASS
        assert judged.score < USABLE_SCORE


FINGERS = [make_finger(seed) for seed in (21, 22, 23, 24)]
TOUCHES = [finger.impression(1, severity=0.3) for finger in FINGERS]


@pytest.mark.parametrize("noise_grey", [0.5, 2.0, 6.0])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.15, 0.2, 0.3])
@pytest.mark.parametrize("levels", [16, 256])
def test_a_trace_of_an_earlier_finger_is_refused(noise_grey: float, share: float, levels: int) -> None:
    for number, touch in enumerate(TOUCHES):
        noise = random(number).normal(0, noise_grey, SHAPE)
        pale = (245 - share * (245 - touch.astype(float)) + noise).clip(0, 255).astype(np.uint8)
        judged = assess(sixteen_levels(pale) if levels == 16 else pale)
        assert judged.advice in (Advice.WIPE_GLASS, Advice.PLACE_FINGER)
        assert judged.score < USABLE_SCORE


@pytest.mark.parametrize("contrast", [0.5, 0.7, 1.0])
def test_a_pale_touch_is_no_trace(contrast: float) -> None:
    for touch in TOUCHES:
        pale = (250 - contrast * (250 - touch.astype(float))).astype(np.uint8)
        assert assess(pale).usable


@pytest.mark.parametrize(
    ("axis", "way", "advice"),
    [
        (1, 1, Advice.MOVE_LEFT),
        (1, -1, Advice.MOVE_RIGHT),
        (0, 1, Advice.MOVE_UP),
        (0, -1, Advice.MOVE_DOWN),
    ],
)
@pytest.mark.parametrize("left", [1 / 3, 1 / 2])
def test_half_a_finger_is_told_which_way_to_go(axis: int, way: int, advice: Advice, left: float) -> None:
    """A finger that lies so far to one side that the glass shows a half, or a third, of it."""
    for touch in TOUCHES:
        dark = (250 - touch.astype(float)).mean(axis=1 - axis)
        reached = np.cumsum(dark if way < 0 else dark[::-1])
        gone = int(np.searchsorted(reached, (1 - left) * reached[-1])) * way
        shift = (gone, 0) if axis == 0 else (0, gone)
        image = ndimage.shift(touch, shift, order=0, cval=250)
        assert assess(image).advice is advice


def test_a_whole_finger_a_little_aside_is_fine() -> None:
    for finger in FINGERS:
        for shift in ((25, 0), (-25, 0), (0, 30), (0, -30)):
            assert assess(finger.impression(1, severity=0.3, displacement_px=shift)).usable


@pytest.mark.parametrize("pattern", ["stripes", "a grid", "a chequered cloth"])
def test_straight_patterns_are_no_finger(pattern: str) -> None:
    image = {
        "stripes": 128 + 100 * np.sin((2 * X + Y) * 0.3),
        "a grid": np.where((X % 9 < 3) | (Y % 9 < 3), 30, 230),
        "a chequered cloth": (X // 5 + Y // 5) % 2 * 200,
    }[pattern].astype(np.uint8)
    judged = assess(image)
    assert judged.ridge_area_mm2 > 50
    assert judged.advice is Advice.TOO_FEW_RIDGES
    assert judged.score < USABLE_SCORE


def test_a_flooded_finger_is_told_to_dry() -> None:
    flooded = np.where(PRINT < 200, 8, PRINT)
    black = ndimage.minimum_filter(flooded.astype(np.uint8), 15)
    assert assess(black).advice is Advice.TOO_WET


def test_a_tip_that_is_clear_but_small_is_asked_to_lie_flat() -> None:
    tip = np.where(np.hypot(X - 128, Y - 144) < 62, PRINT, 250).astype(np.uint8)
    judged = assess(tip, at_least=60)
    assert judged.advice is judged.hint is Advice.LAY_FLAT
    assert assess(tip).usable


def test_a_dry_finger_is_told_so() -> None:
    """Pale ridges, broken over the whole finger: it meets the glass only here and there."""
    meets = ndimage.gaussian_filter(random().normal(0, 1, SHAPE), 2.5) > 0
    dry = np.where(meets & (PRINT < 200), PRINT // 2 + 60, 240).astype(np.uint8)
    assert assess(dry, at_least=40).advice is Advice.TOO_DRY
