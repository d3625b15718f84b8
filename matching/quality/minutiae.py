"""How much a template can be relied on: what its minutiae are worth together."""

from __future__ import annotations

import numpy as np

from matching.quality import parameters as p
from matching.template import Template


def quality_of(template: Template) -> int:
    """0 (nothing to compare) to 100 (as much as a very good print shows), from the minutiae alone."""
    return round(min(100.0, 100 * certain_minutiae(template) / p.FULL_MINUTIAE))


def certain_minutiae(template: Template, power: float = p.CERTAINTY_POWER) -> float:
    """The number of minutiae, each counted by a power of the probability that it is one.

    Many doubtful ones do not make up for a few certain ones. Those whose quality is not reported (0) are middling.
    """
    probability = np.where(template.quality == 0, p.UNREPORTED_QUALITY, template.quality) / 100
    return float((probability**power).sum())
