"""Two templates -> one number that means something."""

from __future__ import annotations

from matching.comparison.calibration import calibrated_one
from matching.comparison.cylinders import NO_CYLINDERS, Cylinders, build_cylinders
from matching.comparison.relaxation import ANGLE_AGREEMENT, DISTANCE_AGREEMENT, relaxed_score
from matching.template import Template

__all__ = ["NO_CYLINDERS", "Cylinders", "build_cylinders", "compare", "compare_cylinders", "raw_score"]


def compare(probe: Template, candidate: Template) -> float:
    """Score of two templates: -log10 of the false-match rate, so 4.0 is what one impostor in 10,000 reaches.

    0 to 12, the same in both orders. Above `calibration.SUPPORTED` the rate is extrapolated. Templates without three
    minutiae near each other score 0: they say nothing about whose finger it was.
    """
    return compare_cylinders(build_cylinders(probe), build_cylinders(candidate))


def compare_cylinders(probe: Cylinders, candidate: Cylinders) -> float:
    """`compare` for templates whose cylinders are at hand."""
    return calibrated_one(raw_score(probe, candidate), min(probe.extent_px2, candidate.extent_px2))


def raw_score(probe: Cylinders, candidate: Cylinders) -> float:
    """How much two prints agree, 0 to 1, before it is known how much chance gives."""
    return float(relaxed_score(probe.rows, candidate.rows, DISTANCE_AGREEMENT, ANGLE_AGREEMENT))
