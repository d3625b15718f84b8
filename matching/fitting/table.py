"""How impostors' raw scores fall off, by the extent of the smaller print.

Above the hundredth the raw score falls exponentially. Of each row the worst sensor counts: a rate is promised for all.
Parameters of neighbouring rows are smoothed, and never grow with the extent: more skin cannot agree more by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from matching.fitting import parameters as P  # noqa: N812 - as in `comparison`
from matching.fitting.impostors import Floats, Impostors


def fit_table(sensors: Sequence[Impostors]) -> Floats:
    """[rows, 4]: extent in px^2, MEDIAN, HUNDREDTH and DECADE of the raw score, see `calibration`.

    Raises ValueError when fewer than two rows have enough pairs.
    """
    rows = []
    for low, high in zip(P.EDGES_PX2, (*P.EDGES_PX2[1:], math.inf), strict=True):
        fits = [fit for each in sensors if (fit := _fit(each, low, high)) is not None]
        if fits:
            rows.append(np.max(fits, axis=0) * [0, 1, 1, 1] + [np.mean(fits, axis=0)[0], 0, 0, 0])
    if len(rows) < 2:
        raise ValueError("Too few prints: the table needs at least two rows of 2,000 impostor pairs each.")
    table = np.array(rows)
    table[:, 1:] = _smoothed(table[:, 1:])
    return table


def _fit(each: Impostors, low: float, high: float) -> Floats | None:
    inside = (each.extent_px2 >= low) & (each.extent_px2 < high)
    if inside.sum() < P.LEAST_PAIRS:
        return None
    raw = each.raw[inside]
    median, hundredth = np.quantile(raw, [0.5, 0.99])
    decade = float((raw[raw >= hundredth] - hundredth).mean()) * math.log(10)
    return np.array([np.median(each.extent_px2[inside]), median, hundredth, decade])


def _smoothed(columns: Floats) -> Floats:
    logarithm = np.log(columns)
    padded = np.concatenate([logarithm[:1], logarithm, logarithm[-1:]])
    smooth = np.exp(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:])
    never_growing: Floats = np.maximum.accumulate(smooth[::-1])[::-1]
    return never_growing
