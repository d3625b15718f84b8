"""Raw score -> -log10 of the false-match rate.

Where the numbers come from. Raw scores of pairs of different fingers, LEADER minutiae, on five sensors (FVC2000
DB2_B, FVC2002 DB1_B and DB3_B, FVC2004 DB1_B, and the low-cost optical reader of fcj2020, whole and cropped to
256x288 with 16 grey levels): 356,130 pairs of whole prints, and 259,000 pairs of a whole print with the 3 to 23
minutiae nearest a point of another finger, which stand for fingers that touch the glass with a corner only.

The model. Above its 99th percentile the raw score of impostors falls exponentially, and the steeper the more
cylinders the smaller of the two prints has: few cylinders agree by chance more often. `HUNDREDTH` is the raw score
that one impostor in a hundred reaches, `DECADE` how much more it takes for each further power of ten, `MEDIAN` the
middle. Each is the worst of the sensors, widened to the upper end of its 95 % confidence interval, and made
monotonic over the number of cylinders; values between the rows are interpolated.

What it is worth. `SUPPORTED` is the largest score with data behind it: three pairs in the largest group of one
sensor lie beyond it. Larger scores extrapolate the exponential; they rank and they set thresholds, but a claim of
a false-match rate of 10^-8 has not been observed, only inferred. `CEILING` is where even that stops.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

SUPPORTED: Final = 4.7
"""-log10 of the smallest false-match rate that was observed rather than extrapolated."""
CEILING: Final = 12.0
"""No score is larger."""
MIN_CYLINDERS: Final = 3
"""Prints with fewer have score 0: their agreement means nothing."""

_TABLE: Final = np.array(
    [  # cylinders of the smaller print, MEDIAN, HUNDREDTH, DECADE
        (3, 0.0090, 0.0640, 0.1600),
        (4, 0.0122, 0.0600, 0.0900),
        (5, 0.0129, 0.0555, 0.0600),
        (6, 0.0133, 0.0485, 0.0500),
        (8, 0.0140, 0.0390, 0.0290),
        (10, 0.0150, 0.0345, 0.0230),
        (12, 0.0150, 0.0310, 0.0160),
        (14, 0.0150, 0.0290, 0.0135),
        (16, 0.0147, 0.0255, 0.0105),
        (20, 0.0142, 0.0232, 0.0090),
        (25, 0.0140, 0.0210, 0.0060),
        (30, 0.0140, 0.0195, 0.0045),
    ]
)
_COUNTS, MEDIAN, HUNDREDTH, DECADE = _TABLE.T
_AT_MEDIAN: Final = -math.log10(0.5)


def calibrated(raw: ArrayLike, cylinders: ArrayLike) -> NDArray[np.float64]:
    """-log10 of the false-match rate of raw scores, 0 to CEILING; never falls as `raw` grows.

    `cylinders` is the number in the smaller of the two prints.
    """
    raw, cylinders = np.asarray(raw, dtype=np.float64), np.asarray(cylinders)
    hundredth = np.interp(cylinders, _COUNTS, HUNDREDTH)
    median = np.interp(cylinders, _COUNTS, MEDIAN)
    above = 2.0 + (raw - hundredth) / np.interp(cylinders, _COUNTS, DECADE)
    below = 2.0 - (hundredth - raw) / (hundredth - median) * (2.0 - _AT_MEDIAN)
    score = np.clip(np.where(raw >= hundredth, above, below), 0.0, CEILING)
    return np.where((raw > 0) & (cylinders >= MIN_CYLINDERS), score, 0.0)
