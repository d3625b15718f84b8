"""Raw score -> -log10 of the false-match rate.

The model. Above its 99th percentile the raw score of impostors falls exponentially, the faster the larger the skin is
that both prints vouch for: minutiae close together agree more easily by chance. The number of minutiae adds little
once the extent is known. By extent: `median`; `hundredth`, the raw score that one impostor in a hundred reaches;
`decade`, how much more it takes for each further power of ten. Each is that of the worst sensor, smoothed, and
interpolated between the rows of the table.

Where the numbers come from: `impostors.json`, written by `python -m matching.fitting`, which also holds how many
impostors of each sensor reach which score after all. `SUPPORTED` is the largest score with data behind it: three of
all pairs of whole prints are expected to reach it. Larger scores extrapolate the exponential; they rank and they set
thresholds, but a false-match rate of 10^-8 has not been observed, only inferred. `LIMIT` is where even that stops: at
CEILING for whole prints, near what was observed for small parts, whose tail is not exponential to the end.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

FITTED: Final = Path(str(resources.files("matching.comparison").joinpath("impostors.json")))
CEILING: Final = 12.0
"""No score is larger, and few kinds of print reach it (`LIMIT`)."""
MIN_EXTENT_PX2: Final = 400.0
"""About a square millimetre. Prints with less, or fewer than three cylinders, score 0: their agreement says nothing."""
LIMIT: Final = np.array(
    [  # extent of the smaller print in px^2, largest score
        (750, 4.0),
        (2_250, 4.2),
        (3_750, 4.5),
        (5_250, 4.7),
        (7_000, 5.0),
        (9_000, 6.0),
        (11_250, 8.0),
        (13_750, 10.0),
        (16_500, CEILING),
    ]
)
_AT_MEDIAN: Final = -math.log10(0.5)


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """`table`: float64 [rows, 4], rising extents in px^2, then median, hundredth and decade of the raw score."""

    table: NDArray[np.float64]

    def score(self, raw: ArrayLike, extent_px2: ArrayLike) -> NDArray[np.float64]:
        """-log10 of the false-match rate of raw scores, 0 to CEILING; never falls as `raw` grows.

        `extent_px2` is that of the print of the two that has the smaller one.
        """
        raws, extents = np.broadcast_arrays(np.asarray(raw, np.float64), np.asarray(extent_px2, np.float64))
        found = np.empty(raws.shape, dtype=np.float64)
        _scores(raws.ravel(), extents.ravel(), self.table, LIMIT, found.reshape(-1))
        return found

    def score_of_one(self, raw: float, extent_px2: float) -> float:
        """`score` of one pair, without the cost of arrays."""
        return float(_score(raw, extent_px2, self.table, LIMIT))


@njit(cache=True, nogil=True)
def _scores(raws: Any, extents_px2: Any, table: Any, limits: Any, out: Any) -> None:
    for place in range(len(out)):
        out[place] = _score(raws[place], extents_px2[place], table, limits)


@njit(cache=True, nogil=True)
def _score(raw: float, extent_px2: float, table: Any, limits: Any) -> float:
    if raw <= 0.0 or extent_px2 < MIN_EXTENT_PX2:
        return 0.0
    median = _between(extent_px2, table, 1)
    hundredth = _between(extent_px2, table, 2)
    if raw >= hundredth:
        score = 2.0 + (raw - hundredth) / _between(extent_px2, table, 3)
    else:
        score = 2.0 - (hundredth - raw) / (hundredth - median) * (2.0 - _AT_MEDIAN)
    return min(max(score, 0.0), _between(extent_px2, limits, 1))


@njit(cache=True, nogil=True)
def _between(extent_px2: float, table: Any, column: int) -> float:
    """A column of the table at an extent, on a line between its rows; its end beyond them."""
    if extent_px2 <= table[0, 0]:
        return float(table[0, column])
    for row in range(1, len(table)):
        if extent_px2 <= table[row, 0]:
            share = (extent_px2 - table[row - 1, 0]) / (table[row, 0] - table[row - 1, 0])
            return float(table[row - 1, column] + share * (table[row, column] - table[row - 1, column]))
    return float(table[-1, column])


_FIT: Final[dict[str, Any]] = json.loads(FITTED.read_text(encoding="utf-8"))
_CALIBRATION: Final = Calibration(np.array(_FIT["table"], dtype=np.float64))
SUPPORTED: Final[float] = _FIT["supported"]
"""-log10 of the smallest false-match rate that was observed rather than extrapolated."""
calibrated: Final = _CALIBRATION.score
calibrated_one: Final = _CALIBRATION.score_of_one


def impostors_that_reach(score: float) -> tuple[float, int, int]:
    """The largest score up to this and SUPPORTED at which impostors were counted, how many reach it, and of how many.

    Pairs of whole prints of different fingers, of all sensors. Below the first that was counted: 0, and all.
    """
    kinds = [sensor["whole"] for sensor in _FIT["sensors"].values()]
    pairs = sum(kind["pairs"] for kind in kinds)
    counted = [float(at) for at in kinds[0]["reach"]] if kinds else []
    at = max((each for each in counted if each <= min(score, SUPPORTED)), default=0.0)
    return at, sum(kind["reach"][f"{at:g}"] for kind in kinds) if at else pairs, pairs


def observed_interval(score: float) -> tuple[float, float]:
    """95 % interval of the false-match rate at a score at which impostors were counted, of all sensors together."""
    _, reached, pairs = impostors_that_reach(score)
    return clopper_pearson(reached, pairs)


def supported_interval() -> tuple[float, float]:
    """95 % interval of the false-match rate at SUPPORTED."""
    return observed_interval(SUPPORTED)


def clopper_pearson(count: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Bounds of a rate of which `count` cases were seen `of` so many; 0 to 1 where there were none.

    C. Clopper and E. Pearson: "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26(4), 1934.
    """
    from scipy.special import betaincinv

    if not of:
        return 0.0, 1.0
    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1.0 - tail)) if count < of else 1.0
    return low, high
