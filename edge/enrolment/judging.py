"""From an image of the glass to a print that may be enrolled, and to the bytes that are kept of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge.enrolment.parameters import WANTED_QUALITY
from edge.ports import Capture
from matching import MatchingError, Template
from wire.enrolment import Impression

GREY_STEP = 17
"""Between the 16 greys that a sensor of 4 bits knows."""


class Engine(Protocol):
    """The face of `matching` that a desk uses."""

    def assess(
        self, image: NDArray[Any], dpi: float = ..., at_least: int = ..., template: Template | None = ...
    ) -> Any: ...
    def extract(self, image: NDArray[Any], dpi: float = ...) -> Template: ...
    def compare(self, one: Template, other: Template) -> float: ...


@dataclass(frozen=True)
class TakenPrint:
    """A touch, judged. `advice` is empty when it is good enough; `impression` is what the hub gets of it."""

    template: Template | None = field(repr=False)
    quality: int
    minutiae: int
    advice: str
    impression: Impression | None = field(repr=False)


def judge(engine: Engine, capture: Capture, *, sensor: str, at: datetime) -> TakenPrint:
    """What the touch is worth for enrolment; an image that the engine cannot use is one of quality 0."""
    try:
        first = engine.assess(capture.image, capture.dpi)
        if not first.usable and first.score == 0:
            return TakenPrint(None, 0, 0, str(first.advice.value), None)
        template = engine.extract(capture.image, capture.dpi)
        quality = engine.assess(capture.image, capture.dpi, at_least=WANTED_QUALITY, template=template)
    except MatchingError:
        return TakenPrint(None, 0, 0, "image", None)
    packed = pack(capture.image, dpi=capture.dpi, sensor=sensor, at=at, quality=int(quality.score))
    advice = "" if quality.usable else str(quality.advice.value)
    return TakenPrint(template, int(quality.score), len(template), advice, packed)


def pack(image: NDArray[np.uint8], *, dpi: float, sensor: str, at: datetime, quality: int) -> Impression:
    """The image without loss: two pixels a byte when it has the 16 greys of a sensor, else one."""
    height, width = image.shape
    few = bool((image % GREY_STEP == 0).all())
    rows = _halves(image) if few else np.ascontiguousarray(image)
    return Impression(
        packed=zlib.compress(rows.tobytes(), 6),
        bits=4 if few else 8,
        width=width,
        height=height,
        dpi=dpi,
        sensor=sensor,
        captured_at=at,
        quality=quality,
    )


def _halves(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    values = image // GREY_STEP
    if values.shape[1] % 2:
        values = np.pad(values, ((0, 0), (0, 1)))
    pairs: NDArray[np.uint8] = (values[:, 0::2] << 4 | values[:, 1::2]).astype(np.uint8)
    return pairs
