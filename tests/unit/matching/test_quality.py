from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from matching import Advice, assess
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
