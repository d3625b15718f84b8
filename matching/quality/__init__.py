"""Is this image worth matching, and if not, what should the person do?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.images import at_500_dpi
from matching.quality import parameters as p
from matching.quality.ridges import RidgeMap, Windows, measure


class Advice(Enum):
    """What would make the next image better."""

    OK = "ok"
    PLACE_FINGER = "place finger"
    """Nothing on the glass, or only what an earlier finger left there."""
    CENTRE_FINGER = "centre finger"
    PRESS_HARDER = "press harder"
    """Faint or broken ridges: too little pressure, or a dry finger."""
    PRESS_LIGHTER = "press lighter"
    """Ridges run together: too much pressure, or a wet finger or glass; wipe both."""
    TOO_FEW_RIDGES = "too few ridges"
    """Something is there, but too little of it is ridges: wipe the glass, or use another finger."""


@dataclass(frozen=True)
class Quality:
    """The judgement on one image and what it rests on."""

    score: int
    """0 (no ridges) to 100 (as much clear ridge as a well placed finger shows)."""
    advice: Advice
    """OK when the score reaches what was asked for and the finger is not at the edge; otherwise what to change."""
    ridge_area_mm2: float
    contrast: float
    """Median height of the ridges, in grey levels (root mean square)."""

    @property
    def usable(self) -> bool:
        return self.advice is Advice.OK


def assess(image: NDArray[Any], dpi: float = 500, at_least: int = p.USABLE_SCORE) -> Quality:
    """Judge a grey uint8 image [height, width] of dark ridges on bright ground; raises ImageError for its form.

    `at_least` is the score, 0 to 100, that is good enough: the default is for matching, enrolment asks for more.
    """
    return judge(measure(at_500_dpi(image, dpi)), at_least)


def judge(seen: RidgeMap, at_least: int = p.USABLE_SCORE) -> Quality:
    """The judgement that a ridge map leads to."""
    ridges = seen.ridges()
    area = float(ridges.sum() * p.MM2_PER_WINDOW)
    clearness = (seen.purity[ridges] - p.UNCLEAR_PURITY) / (p.CLEAR_PURITY - p.UNCLEAR_PURITY)
    clear_area = float(clearness.clip(0, 1).sum() * p.MM2_PER_WINDOW)
    score = round(100 * min(1.0, clear_area / p.FULL_AREA_MM2))
    contrast = float(np.median(seen.contrast[ridges])) if ridges.any() else 0.0
    advice = _advice(seen, ridges, area, score >= at_least)
    return Quality(score, advice, round(area, 1), round(contrast, 1))


def _advice(seen: RidgeMap, ridges: Windows, area_mm2: float, enough: bool) -> Advice:
    touched = ridges | (seen.grey <= np.percentile(seen.grey, p.GLASS_PERCENTILE) - p.TOUCHED_BELOW_GLASS)
    at_edge = area_mm2 < p.HALF_FINGER_MM2 and touched.any() and _off_centre(touched) > p.MAX_OFF_CENTRE
    if enough and not at_edge:
        return Advice.OK
    if touched.mean() < p.MIN_TOUCHED_SHARE or seen.faint().mean() > p.MIN_FAINT_SHARE:
        return Advice.PLACE_FINGER
    if at_edge:
        return Advice.CENTRE_FINGER
    grey = float(np.median(seen.grey[touched]))
    if grey <= p.WET_GREY:
        return Advice.PRESS_LIGHTER
    return Advice.PRESS_HARDER if grey >= p.DRY_GREY else Advice.TOO_FEW_RIDGES


def _off_centre(touched: Windows) -> float:
    places = np.argwhere(touched).mean(axis=0) + 0.5
    return float(np.abs(places / touched.shape - 0.5).max())
