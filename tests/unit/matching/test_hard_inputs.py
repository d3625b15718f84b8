"""What the engine answers to what it was not made for: through its face alone, by every extractor."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

import matching
from matching import Advice, Gallery, ImageError, MatchingError, Outcome, Template, TemplateError
from matching.extraction import Extractor
from matching.extraction.classical import ClassicalExtractor
from matching.extraction.leader import LeaderExtractor
from matching.synthesis import make_finger

from .made_minutiae import finger, template, touch

SHAPE = (192, 192)
Y, X = np.mgrid[: SHAPE[0], : SHAPE[1]]
PRINT = make_finger(5).impression(2, width=192, height=192)
EXTRACTORS: list[Extractor] = [LeaderExtractor(), ClassicalExtractor()]


def grey(height: int, width: int, level: int = 200) -> np.ndarray:
    return np.full((height, width), level, np.uint8)


@cache
def usual(extractor: Extractor) -> Template:
    return matching.extract(PRINT, extractor=extractor)


def cat() -> np.ndarray:
    """The one that ships with scikit-image, in grey."""
    return (data.chelsea() @ [0.299, 0.587, 0.114]).astype(np.uint8)[60:252, 100:292]


NO_IMAGES: dict[str, tuple[Any, float]] = {
    "nothing": (None, 500),
    "a list": ([[0, 1], [2, 3]], 500),
    "a file's bytes": (b"\x89PNG\r\n", 500),
    "one number": (np.uint8(7), 500),
    "no pixel": (np.zeros((0, 0), np.uint8), 500),
    "no columns": (np.zeros((288, 0), np.uint8), 500),
    "one pixel": (grey(1, 1), 500),
    "one row": (grey(1, 500), 500),
    "colour": (np.zeros((288, 256, 3), np.uint8), 500),
    "colour and transparency": (np.zeros((288, 256, 4), np.uint8), 500),
    "a pile of images": (np.zeros((2, 288, 256), np.uint8), 500),
    "two levels": (np.zeros((288, 256), np.bool_), 500),
    "16 bits": (np.zeros((288, 256), np.uint16), 500),
    "signed": (np.zeros((288, 256), np.int8), 500),
    "floats from 0 to 1": (np.zeros((288, 256)), 500),
    "not a number": (np.full((288, 256), np.nan), 500),
    "complex": (np.zeros((288, 256), np.complex64), 500),
    "text": (np.full((288, 256), "x"), 500),
    "20,000 wide": (grey(288, 20_000), 500),
    "20,000 high": (grey(20_000, 256), 500),
    "20,000 wide at 1,200 dpi": (grey(288, 20_000), 1200),
    "half the resolution of a web camera": (grey(288, 256), 72),
    "just under 250 dpi": (grey(288, 256), 249.9),
    "just over 1,200 dpi": (grey(600, 600), 1200.1),
    "no resolution": (grey(288, 256), 0),
    "negative resolution": (grey(288, 256), -500),
    "resolution not a number": (grey(288, 256), math.nan),
    "endless resolution": (grey(288, 256), math.inf),
}


@pytest.mark.parametrize("name", NO_IMAGES)
@pytest.mark.parametrize("use", [matching.extract, matching.assess])
def test_what_is_no_image_of_a_finger_in_form_is_refused_with_a_sentence(
    name: str, use: Callable[[Any, float], Any]
) -> None:
    image, dpi = NO_IMAGES[name]
    with pytest.raises(ImageError) as refusal:
        use(image, dpi)
    assert str(refusal.value)[0].isupper()
    assert str(refusal.value).endswith(".")


def odd_images() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    checked = ((X // 5 + Y // 5) % 2 * 200).astype(np.uint8)
    return {
        "all black": grey(*SHAPE, level=0),
        "all white": grey(*SHAPE, level=255),
        "one black pixel": np.where((X == 90) & (Y == 90), 0, 255).astype(np.uint8),
        "half black, half white": np.where(X < 96, 0, 255).astype(np.uint8),
        "noise": random.integers(0, 256, SHAPE).astype(np.uint8),
        "black and white noise": (random.integers(0, 2, SHAPE) * 255).astype(np.uint8),
        "a cat": cat(),
        "stripes": (128 + 100 * np.sin(2 * np.pi * X / 9)).astype(np.uint8),
        "slanted stripes": (128 + 100 * np.sin(2 * np.pi * (X + 2 * Y) / 19)).astype(np.uint8),
        "a grid": np.where((X % 9 < 3) | (Y % 9 < 3), 30, 230).astype(np.uint8),
        "crossing waves": (128 + 50 * (np.sin(X * 0.7) + np.sin(Y * 0.7))).astype(np.uint8),
        "a chequered cloth": checked,
        "a gradient": (X + Y // 2).astype(np.uint8),
    }


ODD = odd_images()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda extractor: extractor.name)
def test_what_is_no_finger_has_an_answer_and_no_owner(
    name: str, extractor: Extractor, known: Gallery
) -> None:
    judged = matching.assess(ODD[name])
    assert not judged.usable
    assert judged.advice is not Advice.OK
    found = matching.extract(ODD[name], extractor=extractor)
    height, width = ODD[name].shape
    assert (found.height, found.width) == (height, width)
    assert known.identify(found).outcome is Outcome.NO_MATCH
    assert matching.compare(found, finger(1)) < 4


@pytest.fixture(scope="module")
def known() -> Gallery:
    gallery = Gallery()
    for seed in range(40):
        gallery.enrol(f"person {seed}", finger(seed))
    return gallery


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda extractor: extractor.name)
@pytest.mark.parametrize("dpi", [250, 333, 1200])
def test_a_print_of_another_resolution_still_matches(extractor: Extractor, dpi: int) -> None:
    other = ndimage.zoom(PRINT.astype(np.float32), dpi / 500, order=3, grid_mode=True, mode="nearest")
    again = matching.extract(other.clip(0, 255).astype(np.uint8), dpi, extractor)
    assert abs(again.width - 192) <= 1
    assert matching.compare(usual(extractor), again) > 6


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda extractor: extractor.name)
@pytest.mark.parametrize("view", ["every second column", "columns first", "read-only"])
def test_how_the_array_lies_in_memory_changes_nothing(extractor: Extractor, view: str) -> None:
    frozen = PRINT.copy()
    frozen.setflags(write=False)
    image = {
        "every second column": np.repeat(PRINT, 2, axis=1)[:, ::2],
        "columns first": np.asfortranarray(PRINT),
        "read-only": frozen,
    }[view]
    assert matching.extract(image, extractor=extractor) == usual(extractor)
    assert matching.assess(image) == matching.assess(PRINT)


def strange_templates() -> dict[str, Template]:
    random = np.random.default_rng(2)
    x, y, angle = random.integers(0, 256, (3, 255))
    many = np.arange(255)
    return {
        "no minutia": template([], [], []),
        "one": template([100], [100], [30]),
        "two": template([100, 130], [100, 90], [30, 200]),
        "three": template([100, 130, 110], [100, 90, 130], [30, 200, 90]),
        "255 at random": template(x, y, angle),
        "255 in one place": template(np.full(255, 128), np.full(255, 128), angle),
        "255 in one place and direction": template(*(np.full(255, value) for value in (128, 128, 64))),
        "255 in one direction": template(x, y, np.full(255, 64)),
        "255 on a line": template(many, np.full(255, 128), angle),
        "255 on a line in one direction": template(many, many, np.full(255, 32)),
        "255 on a grid": template(many % 16 * 16, many // 16 * 16, np.zeros(255)),
        "255 in the corners": template(many % 2 * 255, many // 2 % 2 * 255, angle),
    }


STRANGE = strange_templates()


@pytest.mark.parametrize("name", STRANGE)
def test_strange_templates_compare_in_both_orders_alike(name: str) -> None:
    for other in (STRANGE[name], STRANGE["255 in one direction"], STRANGE["two"], finger(1)):
        score = matching.compare(STRANGE[name], other)
        assert 0 <= score <= 12
        assert score == matching.compare(other, STRANGE[name])


@pytest.mark.parametrize("name", STRANGE)
def test_strange_templates_are_nobody_known(name: str, known: Gallery) -> None:
    found = known.identify(STRANGE[name])
    assert (found.outcome, found.key, found.searched) == (Outcome.NO_MATCH, None, 40)


def test_strange_templates_enrolled_claim_nobody() -> None:
    gallery = Gallery()
    for name, strange in STRANGE.items():
        gallery.enrol(name, strange)
    gallery.enrol("person", finger(3))
    for seed in range(100, 120):
        assert gallery.identify(finger(seed)).outcome is Outcome.NO_MATCH
    assert gallery.identify(finger(3)).key == "person"


@pytest.mark.parametrize("name", STRANGE)
def test_strange_templates_survive_their_record(name: str) -> None:
    assert Template.from_iso(STRANGE[name].to_iso()) == STRANGE[name]


def test_several_may_change_a_gallery_while_it_is_searched() -> None:
    """Writers that come and go; a print that nobody touches is found by every search, and nothing is lost."""
    gallery = Gallery()
    gallery.enrol("stays", finger(3))
    writers = 3

    def come_and_go(writer: int) -> None:
        for turn in range(15):
            gallery.enrol(f"{writer} of {turn}", finger(100 + 20 * writer + turn))
            gallery.enrol(f"{writer} of {turn}", STRANGE["no minutia"])
            if turn % 2:
                assert gallery.remove(f"{writer} of {turn}") == 2

    with ThreadPoolExecutor(writers) as pool:
        changes = [pool.submit(come_and_go, writer) for writer in range(writers)]
        while not all(change.done() for change in changes):
            found = gallery.identify(touch(finger(3), 1))
            assert (found.outcome, found.key) == (Outcome.MATCH, "stays")
        for change in changes:
            change.result()
    assert len(gallery) == 1 + writers * 8 * 2
    assert gallery.identify(touch(finger(100), 1)).key == "0 of 0"
    assert gallery.identify(touch(finger(101), 1)).outcome is Outcome.NO_MATCH


def test_256_minutiae_are_no_template() -> None:
    with pytest.raises(TemplateError, match="255"):
        template(np.arange(256) % 200, np.arange(256) % 200, np.zeros(256))


@pytest.mark.parametrize(
    "call", [lambda: matching.compare(None, finger(1)), lambda: Gallery().enrol("a", None)]
)  # type: ignore[arg-type]
def test_what_is_no_template_is_a_programmers_mistake(call: Callable[[], object]) -> None:
    with pytest.raises((AttributeError, TypeError, MatchingError)):
        call()
