"""Is this image worth matching, and if not, what should the person do?

Two judgements of one scale. `assess` looks at the ridges alone, in a few milliseconds: it refuses what is no finger,
a trace of one, or too little of one. When the minutiae are found too, their quality says how likely the image is to be
rejected (`python -m matching.fitting.quality` shows how well): it takes the place of the first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.images import at_500_dpi
from matching.quality import parameters as p
from matching.quality.advice import Advice, Look, fault, look, remedy
from matching.quality.minutiae import quality_of
from matching.quality.ridges import RidgeMap, measure
from matching.template import Template

__all__ = ["Advice", "Quality", "assess", "judge", "quality_of"]

_NO_FINGER = (Advice.PLACE_FINGER, Advice.WIPE_GLASS, Advice.TOO_FEW_RIDGES)
"""Faults of images that are not worth the ridges they seem to show."""


@dataclass(frozen=True)
class Quality:
    """The judgement on one image and what it rests on."""

    score: int
    """0 (no use) to 100 (as good as it gets): by the area of clear ridges, or by the minutiae once they are known."""
    advice: Advice
    """OK when the image can be used: the score reaches what was asked for, and it is a whole finger and no trace of
    one. Otherwise what to change."""
    ridge_area_mm2: float
    contrast: float
    """Median height of the ridges, in grey levels (root mean square)."""
    hint: Advice = Advice.OK
    """What would make a better image of it, usable or not."""

    @property
    def usable(self) -> bool:
        return self.advice is Advice.OK

    def with_minutiae(self, template: Template, at_least: int = p.USABLE_SCORE) -> Quality:
        """The judgement now that the minutiae of the same image are known; a fault of the image stays one."""
        score = quality_of(template)
        if self.advice is not Advice.OK:
            return replace(self, score=min(score, self.score))
        return replace(self, score=score, advice=Advice.OK if score >= at_least else self.hint)


def assess(
    image: NDArray[Any], dpi: float = 500, at_least: int = p.USABLE_SCORE, template: Template | None = None
) -> Quality:
    """Judge a grey uint8 image [height, width] of dark ridges on bright ground; raises ImageError for its form.

    `at_least` is the score, 0 to 100, that is good enough: the default is for matching, enrolment asks for more.
    `template`, what `extract` made of this image, makes the score one that foretells rejects.
    """
    if template is None:
        return judge(measure(at_500_dpi(image, dpi)), at_least)
    return judge(measure(at_500_dpi(image, dpi)), p.USABLE_SCORE).with_minutiae(template, at_least)


def judge(seen: RidgeMap, at_least: int = p.USABLE_SCORE) -> Quality:
    """The judgement that a ridge map leads to."""
    at = look(seen)
    found = fault(at)
    score = min(_score(at), p.USABLE_SCORE - 1) if found in _NO_FINGER else _score(at)
    hint = remedy(at) if at.touched.any() else Advice.PLACE_FINGER
    if found is Advice.OK and score < at_least:
        found = hint
    contrast = float(np.median(seen.contrast[at.ridges])) if at.ridges.any() else 0.0
    return Quality(
        score=score,
        advice=found,
        ridge_area_mm2=round(at.ridge_area_mm2, 1),
        contrast=round(contrast, 1),
        hint=hint,
    )


def _score(at: Look) -> int:
    """The area of ridges, unclear ones in part, as share of what a whole finger shows."""
    clearness = (at.seen.purity[at.ridges] - p.UNCLEAR_PURITY) / (p.CLEAR_PURITY - p.UNCLEAR_PURITY)
    clear_area_mm2 = float(clearness.clip(0, 1).sum() * p.MM2_PER_WINDOW)
    return round(100 * min(1.0, clear_area_mm2 / p.FULL_AREA_MM2))
