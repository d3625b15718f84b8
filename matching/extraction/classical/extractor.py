"""The classical way from an image to its minutiae: one screen, each stage in its own module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.extraction import Stages
from matching.extraction.classical import parameters as p
from matching.extraction.classical.filtering import evened, filtered
from matching.extraction.classical.grading import probability
from matching.extraction.classical.grid import enlarged
from matching.extraction.classical.minutiae import Minutiae, find_minutiae, thinned
from matching.extraction.classical.normalisation import Levelled, Pixels, levelled
from matching.extraction.classical.orientation import along_ridges, orientation
from matching.extraction.classical.period import period
from matching.extraction.classical.segmentation import Mask, foreground
from matching.extraction.classical.waves import Cells, Turns, measure
from matching.images import GreyImage
from matching.template import MAX_MINUTIAE, Template

UNITS_PER_RADIAN: Final = 256 / (2 * np.pi)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the stages leave behind; cells are squares of STEP_PX."""

    level: Levelled
    flow: Cells
    inside: Mask
    period_px: Cells
    turn: Turns
    once: Pixels
    twice: Pixels
    minutiae: Minutiae
    probability: NDArray[np.float64]


class ClassicalExtractor:
    """Numpy, scikit-image and two compiled kernels; no network, no state. May be shared by threads."""

    name = "classical"

    def find(self, image: GreyImage) -> Template:
        return _template(_work_on(image))

    def trace(self, image: GreyImage) -> Stages:
        work = _work_on(image)
        shape = image.shape
        period_px = np.where(work.inside, enlarged(work.period_px, shape), np.float32(np.nan))
        return [
            ("image at 500 dpi", image),
            ("levelled", work.level.grey),
            ("flow of the ridges", enlarged(work.flow, shape)),
            ("segmentation", work.inside),
            ("period of the ridges", period_px),
            ("filtered once", work.once),
            ("orientation of the ridges", along_ridges(work.turn, work.inside)),
            ("filtered twice", work.twice),
            ("ridges, in two values", (work.twice < 0) & work.inside),
            ("thinned ridges", thinned((work.twice < 0) & work.inside)),
            ("thinned valleys", thinned((work.twice > 0) & work.inside)),
            ("minutiae", _template(work)),
        ]

    def warm_up(self) -> None:
        self.find((128 + 100 * np.cos(np.arange(96)[:, None] * 0.7 + np.arange(96) * 0.1)).astype(np.uint8))


def _work_on(image: GreyImage) -> _Work:
    level = levelled(image)
    waves = measure(level.grey)
    flow = waves.flow()
    cells = foreground(flow, level.contrast)
    inside = enlarged(cells.astype(np.float32), image.shape) > 0.5
    period_px = period(waves, cells)
    once = filtered(level.grey, orientation(waves, cells), period_px, inside)
    even = evened(once, inside)
    turn = orientation(measure(even), cells, p.SECOND_CELLS)
    twice = filtered(_surer(level.grey, even, flow), turn, period_px, inside)
    minutiae = find_minutiae(twice, turn, inside)
    likely = probability(minutiae, flow, waves.purity, inside)
    return _Work(level, flow, inside, period_px, turn, once, twice, minutiae, likely)


def _surer(grey: Pixels, filtered_once: Pixels, flow: Cells) -> Pixels:
    """The image where its ridges are clear, what filtering made of it where they are not.

    Filtering twice is a longer filter: it bridges what one pass cannot, and smooths away small minutiae.
    """
    trust = np.clip((flow - p.UNSURE_FLOW) / (p.SURE_FLOW - p.UNSURE_FLOW), 0, 1)
    share = enlarged(trust, grey.shape)
    mixed: Pixels = share * grey + (1 - share) * filtered_once
    return mixed


def _template(work: _Work) -> Template:
    """The likely minutiae, best first."""
    order = np.argsort(-work.probability, kind="stable")[:MAX_MINUTIAE]
    order = order[work.probability[order] >= p.MIN_QUALITY]
    minutiae, likely = work.minutiae, work.probability[order]
    counter_clockwise = np.rint(-minutiae.angle[order] * UNITS_PER_RADIAN).astype(np.int64) % 256
    height, width = work.inside.shape
    return Template(
        x=minutiae.place[order, 1].astype(np.int16),
        y=minutiae.place[order, 0].astype(np.int16),
        angle=counter_clockwise.astype(np.uint8),
        kind=minutiae.kind[order].astype(np.uint8),
        quality=np.clip(np.rint(likely * 100), 1, 100).astype(np.uint8),
        width=width,
        height=height,
    )
