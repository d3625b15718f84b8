"""What `pims-matching evaluate` writes: a dictionary that JSON can hold; all rates and shares in per cent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison.calibration import CEILING
from matching.evaluation.protocol import NO_QUALITY, SetResult
from matching.evaluation.rates import Scores, det_curve, error_rates, rates_at
from matching.quality.discard import error_versus_discard

SCORES_SHOWN: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Thresholds whose rates are reported: one impostor in 10 to one in 100,000,000."""
BIN: Final = 0.25
"""Width of a bar of the histograms, in units of the score."""
MOST_POINTS: Final = 240
"""Of a curve: more cannot be told apart on a page."""
DISCARD_AT: Final = 4.0
"""Threshold of the error-versus-discard curve: one impostor in 10,000, a usual one for a comparison."""
DISCARD_FAILING: Final = 5.0
"""Per cent of the genuine pairs that fail at its second threshold: where nearly all match at the first, there is
nothing for a quality to foresee."""
MOST_DISCARDED: Final = 0.5
"""Share of the images up to which the curve is reported: beyond it a few pairs decide."""


def report(results: Mapping[str, SetResult]) -> dict[str, Any]:
    """Figures of each set, their means, and of all pairs together."""
    sets = {name: _row(result) for name, result in results.items()}
    pooled = _of_scores(
        np.concatenate([result.genuine for result in results.values()]),
        np.concatenate([result.impostor for result in results.values()]),
    )
    return {
        "sets": sets,
        **{f"mean_{key}": _mean(sets, key) for key in ("eer", "fmr100", "fmr1000", "zerofmr")},
        "pooled_eer": pooled["eer"],
        "pooled": pooled,
    }


def _mean(sets: Mapping[str, Mapping[str, Any]], key: str) -> float:
    return round(float(np.mean([row[key] for row in sets.values()])), 4)


def _row(result: SetResult) -> dict[str, Any]:
    figures = _of_scores(result.genuine, result.impostor)
    return {
        **{key: figures.pop(key) for key in ("genuine", "impostor", "eer", "fmr100", "fmr1000", "zerofmr")},
        "extract_ms": round(float(result.extract_ms.mean()), 2),
        "compare_us": round(result.compare_us, 2),
        "images": result.images,
        "fingers": result.fingers,
        "refused": result.refused,
        "extract_p95_ms": round(float(np.percentile(result.extract_ms, 95)), 2),
        "extract_cpu_ms": round(float(result.cpu_ms.mean()), 2),
        "prepare_ms": round(result.prepare_ms, 3),
        "prepared_bytes": round(result.prepared_bytes),
        **figures,
        "discard": _discard(result),
    }


def _of_scores(genuine: Scores, impostor: Scores) -> dict[str, Any]:
    rates = error_rates(genuine, impostor)
    return {
        "genuine": len(genuine),
        "impostor": len(impostor),
        **{name: round(rate, 4) for name, rate in asdict(rates).items()},
        "thresholds": [_at(genuine, impostor, score) for score in SCORES_SHOWN],
        "det": _det(genuine, impostor),
        "histogram": _histogram(genuine, impostor),
        "exceedance": _exceedance(impostor),
    }


def _at(genuine: Scores, impostor: Scores, score: float) -> dict[str, Any]:
    """Rates at a score, with the rate that the score claims."""
    found = asdict(rates_at(genuine, impostor, score))
    return {"score": score, "claimed_fmr": 100.0 * 10**-score} | {
        name: [_significant(end) for end in value] if isinstance(value, tuple) else _significant(value)
        for name, value in found.items()
    }


def _det(genuine: Scores, impostor: Scores) -> dict[str, list[float | None]]:
    """Corners of the curve, thinned out evenly over the logarithm of the rates; the threshold of the last is null."""
    curve = det_curve(genuine, impostor)
    corner = np.ones(len(curve.match), dtype=np.bool_)
    corner[1:-1] = (np.diff(curve.match)[:-1] != 0) & (np.diff(curve.non_match)[1:] != 0)
    corner[1:-1] |= (np.diff(curve.non_match)[:-1] != 0) & (np.diff(curve.match)[1:] != 0)
    kept = _spread(np.flatnonzero(corner), curve.match, curve.non_match)
    thresholds = [float(value) for value in curve.threshold[kept]]
    return {
        "threshold": [round(value, 3) if math.isfinite(value) else None for value in thresholds],
        "fmr": [_significant(value) for value in curve.match[kept]],
        "fnmr": [_significant(value) for value in curve.non_match[kept]],
    }


def _spread(places: NDArray[np.int64], match: Scores, non_match: Scores) -> NDArray[np.int64]:
    if len(places) <= MOST_POINTS:
        return places
    decades = [np.log10(np.maximum(rate[places], 1e-5)) for rate in (match, non_match)]
    walked = np.append(0, np.cumsum(sum(np.abs(np.diff(decade)) for decade in decades)))
    wanted = np.linspace(0, walked[-1], MOST_POINTS)
    chosen = np.union1d(np.searchsorted(walked, wanted).clip(0, len(places) - 1), [0, len(places) - 1])
    spread: NDArray[np.int64] = places[chosen]
    return spread


def _histogram(genuine: Scores, impostor: Scores) -> dict[str, Any]:
    edges = np.arange(0, max(CEILING, genuine.max(), impostor.max()) + 1.5 * BIN, BIN)
    return {
        "bin": BIN,
        "genuine": np.histogram(genuine, edges)[0].tolist(),
        "impostor": np.histogram(impostor, edges)[0].tolist(),
    }


def _exceedance(impostor: Scores) -> dict[str, list[float]]:
    """Share of impostors at or above each score, to see what the score claims beside what it does."""
    scores = np.arange(0.5, 7.01, 0.25)
    shares = 100.0 * (len(impostor) - np.searchsorted(np.sort(impostor), scores)) / len(impostor)
    seen = shares > 0
    return {
        "score": [round(float(score), 2) for score in scores[seen]],
        "share": [_significant(share) for share in shares[seen]],
    }


def _discard(result: SetResult) -> list[dict[str, Any]] | None:
    """Whether the quality foresees misses, at two thresholds; None where nobody asked for the quality."""
    if (result.quality == NO_QUALITY).any():
        return None
    failing = float(np.nextafter(np.percentile(result.genuine, DISCARD_FAILING), np.inf))
    return [_discard_at(result, threshold) for threshold in (DISCARD_AT, failing)]


def _discard_at(result: SetResult, threshold: float) -> dict[str, Any]:
    curve = error_versus_discard(result.quality, result.genuine_images, result.genuine, threshold)
    shown = curve.discarded <= MOST_DISCARDED
    return {
        "score": round(threshold, 3),
        "discarded": [_significant(100 * share) for share in curve.discarded[shown]],
        "fnmr": [_significant(100 * share) for share in curve.fnmr[shown]],
        "area": round(curve.area(), 4),
    }


def _significant(value: float) -> float:
    """Four digits that count: rates run from 100 per cent to a millionth."""
    return value if isinstance(value, int) else float(f"{value:.4g}")
