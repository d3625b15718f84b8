"""Rates of the decision "score reaches threshold", from scores of genuine and of impostor pairs.

Maio, Maltoni, Cappelli, Wayman, Jain: "FVC2000: Fingerprint Verification Competition", IEEE TPAMI 24(3), 2002;
DET curves: Martin et al.: "The DET curve in assessment of detection task performance", Eurospeech 1997.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison.calibration import clopper_pearson

Scores = NDArray[np.float64]

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """In per cent. `fmr100`: false non-matches where one impostor in 100 matches; `zerofmr`: where none does."""

    eer: float
    fmr100: float
    fmr1000: float
    zerofmr: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Error rates over rising thresholds, each an array of the same length, from (100, 0) to (0, 100 or less).

    - `threshold`: score that a pair must reach
    - `match`: share of impostor pairs that reach it, in per cent
    - `non_match`: share of genuine pairs that do not, in per cent
    """

    threshold: Scores
    match: Scores
    non_match: Scores


@dataclass(frozen=True, slots=True)
class RatesAtScore:
    """What a threshold does to a set; rates and their 95 % intervals in per cent."""

    score: float
    false_matches: int
    fmr: float
    fmr_interval: tuple[float, float]
    false_non_matches: int
    fnmr: float
    fnmr_interval: tuple[float, float]


def error_rates(genuine: Scores, impostor: Scores) -> ErrorRates:
    """Rates over all thresholds. Raises ValueError when either array is empty."""
    curve = det_curve(genuine, impostor)
    return ErrorRates(
        eer=_equal_error_rate(curve),
        fmr100=_lowest(curve, 1.0),
        fmr1000=_lowest(curve, 0.1),
        zerofmr=_lowest(curve, 0.0),
    )


def det_curve(genuine: Scores, impostor: Scores) -> Curve:
    """One point for each score that occurs, and one above all. Raises ValueError when either array is empty."""
    if not len(genuine) or not len(impostor):
        raise ValueError("Error rates need at least one genuine and one impostor pair.")
    genuine, impostor = np.sort(genuine), np.sort(impostor)
    thresholds = np.append(np.unique(np.concatenate([genuine, impostor])), np.inf)
    non_match = np.searchsorted(genuine, thresholds) / len(genuine)
    match = (len(impostor) - np.searchsorted(impostor, thresholds)) / len(impostor)
    return Curve(thresholds, 100.0 * match, 100.0 * non_match)


def rates_at(genuine: Scores, impostor: Scores, score: float) -> RatesAtScore:
    """Rates of the threshold `score`. The intervals take pairs for independent, which those of one finger are not."""
    false_matches = int((impostor >= score).sum())
    false_non_matches = int((genuine < score).sum())
    return RatesAtScore(
        score=score,
        false_matches=false_matches,
        fmr=100.0 * false_matches / len(impostor),
        fmr_interval=interval(false_matches, len(impostor)),
        false_non_matches=false_non_matches,
        fnmr=100.0 * false_non_matches / len(genuine),
        fnmr_interval=interval(false_non_matches, len(genuine)),
    )


def interval(events: int, trials: int) -> tuple[float, float]:
    """Where the rate lies, in per cent, at 95 % confidence, when `events` of `trials` were seen."""
    if not 0 <= events <= trials or not trials:
        raise ValueError("An interval needs at least one trial, and no more events than trials.")
    low, high = clopper_pearson(events, trials, CONFIDENCE)
    return 100.0 * low, 100.0 * high


def _equal_error_rate(curve: Curve) -> float:
    """Where the curves cross; of the two thresholds around it, the one with the smaller sum of errors."""
    after = int(np.argmax(curve.match <= curve.non_match))
    before = after if curve.match[after] == curve.non_match[after] else max(0, after - 1)
    return float(min((curve.non_match[place] + curve.match[place]) / 2 for place in (before, after)))


def _lowest(curve: Curve, fmr_percent: float) -> float:
    return float(curve.non_match[np.argmax(curve.match <= fmr_percent + 1e-10)])
