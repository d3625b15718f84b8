"""Error rates by the protocol of the Fingerprint Verification Competitions, with all impostor pairs.

Genuine: every two impressions of one finger. Impostor: every two impressions of different fingers. An image that
cannot be used stays in the protocol: all its scores are 0. Rates follow Maio, Maltoni, Cappelli, Wayman, Jain:
"FVC2000: Fingerprint Verification Competition", IEEE TPAMI 24(3), 2002.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.comparison import NO_CYLINDERS, Cylinders, build_cylinders, compare_cylinders
from matching.errors import ImageError
from matching.prints import Impression
from matching.template import Template

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """In per cent. `fmr100`: false non-matches where one impostor in 100 matches; `zerofmr`: where none does."""

    eer: float
    fmr100: float
    fmr1000: float
    zerofmr: float


@dataclass(frozen=True, slots=True)
class SetResult:
    """Scores of one set.

    - `genuine`, `impostor`: float64, one score a pair
    - `extract_ms`, `compare_us`: means
    - `refused`: images that could not be used
    """

    genuine: Scores
    impostor: Scores
    extract_ms: float
    compare_us: float
    refused: int

    def as_dict(self) -> dict[str, float]:
        rates = error_rates(self.genuine, self.impostor)
        return {
            "genuine": len(self.genuine),
            "impostor": len(self.impostor),
            "eer": round(rates.eer, 4),
            "fmr100": round(rates.fmr100, 4),
            "fmr1000": round(rates.fmr1000, 4),
            "zerofmr": round(rates.zerofmr, 4),
            "extract_ms": round(self.extract_ms, 2),
            "compare_us": round(self.compare_us, 2),
            "refused": self.refused,
        }


def error_rates(genuine: Scores, impostor: Scores) -> ErrorRates:
    """Rates of the decision "score reaches threshold", over all thresholds; neither array may be empty."""
    if not len(genuine) or not len(impostor):
        raise ValueError("Error rates need at least one genuine and one impostor pair.")
    genuine, impostor = np.sort(genuine), np.sort(impostor)
    thresholds = np.append(np.unique(np.concatenate([genuine, impostor])), np.inf)
    non_match = np.searchsorted(genuine, thresholds) / len(genuine)
    match = 1.0 - np.searchsorted(impostor, thresholds) / len(impostor)
    return ErrorRates(
        eer=100.0 * _equal_error_rate(non_match, match),
        fmr100=100.0 * _lowest(non_match, match, 1e-2),
        fmr1000=100.0 * _lowest(non_match, match, 1e-3),
        zerofmr=100.0 * _lowest(non_match, match, 0.0),
    )


def _equal_error_rate(non_match: Scores, match: Scores) -> float:
    """Where the curves cross; of the two thresholds around it, the one with the smaller sum of errors."""
    after = int(np.argmax(match <= non_match))
    before = after if match[after] == non_match[after] else max(0, after - 1)
    return float(min((non_match[place] + match[place]) / 2 for place in (before, after)))


def _lowest(non_match: Scores, match: Scores, fmr: float) -> float:
    return float(non_match[np.argmax(match <= fmr + 1e-12)])


def evaluate_set(
    impressions: Sequence[Impression],
    extract: Callable[[Impression], Template],
    follow: Callable[[Iterable[Any], str, int], Iterable[Any]] = lambda items, _what, _count: items,
) -> SetResult:
    """Extract every impression once and compare every two of them.

    `follow(items, what, count)` passes the items on and may show how far it is.
    """
    started = time.perf_counter()
    cylinders, refused = _all_cylinders(follow(impressions, "extracting", len(impressions)), extract)
    extracted = time.perf_counter()
    pairs = len(impressions) * (len(impressions) - 1) // 2
    scores = np.empty(pairs)
    same = np.empty(pairs, dtype=np.bool_)
    numbered = enumerate(combinations(range(len(impressions)), 2))
    for place, (first, second) in follow(numbered, "comparing", pairs):
        scores[place] = compare_cylinders(cylinders[first], cylinders[second])
        same[place] = impressions[first].finger == impressions[second].finger
    compared = time.perf_counter()
    return SetResult(
        genuine=scores[same],
        impostor=scores[~same],
        extract_ms=(extracted - started) / max(1, len(impressions)) * 1e3,
        compare_us=(compared - extracted) / max(1, pairs) * 1e6,
        refused=refused,
    )


def _all_cylinders(
    impressions: Iterable[Impression], extract: Callable[[Impression], Template]
) -> tuple[list[Cylinders], int]:
    cylinders, refused = [], 0
    for impression in impressions:
        try:
            cylinders.append(build_cylinders(extract(impression)))
        except ImageError:
            cylinders.append(NO_CYLINDERS)
            refused += 1
    return cylinders, refused


def report(results: dict[str, SetResult]) -> dict[str, Any]:
    """What `pims-matching evaluate` writes: rates in per cent, of each set, their mean, and of all pairs together."""
    sets = {name: result.as_dict() for name, result in results.items()}
    pooled = error_rates(
        np.concatenate([result.genuine for result in results.values()]),
        np.concatenate([result.impostor for result in results.values()]),
    )
    return {
        "sets": sets,
        "mean_eer": round(float(np.mean([row["eer"] for row in sets.values()])), 4),
        "pooled_eer": round(pooled.eer, 4),
    }
