"""Raw score -> -log10 of the false-match rate.

Where the numbers come from. 356,130 pairs of whole prints of different fingers, LEADER minutiae, six sets of five
sensors (FVC2000 DB2_B, FVC2002 DB1_B and DB3_B, FVC2004 DB1_B, and the low-cost optical reader of fcj2020, whole and
cropped to 256x288 with 16 grey levels); and 836,720 pairs of a whole print with a part of another finger's, which
stand for touches with a corner or an edge of the finger and for prints where most ridges are lost: the 3 to 40
minutiae nearest a point, or furthest to one side, or drawn at random.

The model. Above its 99th percentile the raw score of impostors falls exponentially (the widths of the decades up to
10^-4 differ by less than a quarter for whole prints), the faster the larger the skin is that both prints vouch for:
minutiae close together agree more easily by chance. The number of minutiae adds little once the extent is known.
By extent: `MEDIAN`; `HUNDREDTH`, the raw score that one impostor in a hundred reaches; `DECADE`, how much more it
takes for each further power of ten. Each is that of the worst sensor (mostly FVC2000 DB2_B, whose tail is almost
twice as wide as that of the optical readers), smoothed, and interpolated between the rows of the table.

What it is worth. With these numbers none of the pairs of whole prints scores above 4.2, and at each score up to 4
impostors are rarer than it says on all sensors but FVC2000 DB2_B (7 and 9 pairs of 2,880 where 3 belong). `SUPPORTED`
is the largest score with data behind it: 3 pairs in the 172,305 of the largest set are 10^-4.8. Larger scores
extrapolate the exponential; they rank and they set thresholds, but a false-match rate of 10^-8 has not been observed,
only inferred. `LIMIT` is where even that stops: at CEILING for whole prints, near what was observed for small parts,
whose tail is not exponential to the end (two of 241,000 pairs with less than 10,000 px^2 agreed in four or five
minutiae far better than all others).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

SUPPORTED: Final = 4.7
"""-log10 of the smallest false-match rate that was observed rather than extrapolated."""
CEILING: Final = 12.0
"""No score is larger, and few kinds of print reach it (`LIMIT`)."""
MIN_EXTENT_PX2: Final = 400.0
"""About a square millimetre. Prints with less, or fewer than three cylinders, score 0: their agreement says nothing."""

_TABLE: Final = np.array(
    [  # extent of the smaller print in px^2, MEDIAN, HUNDREDTH, DECADE, LIMIT
        (750, 0.0118, 0.0575, 0.1160, 4.0),
        (2_250, 0.0130, 0.0460, 0.0560, 4.2),
        (3_750, 0.0137, 0.0405, 0.0310, 4.5),
        (5_250, 0.0141, 0.0355, 0.0250, 4.7),
        (7_000, 0.0141, 0.0325, 0.0230, 5.0),
        (9_000, 0.0143, 0.0310, 0.0195, 6.0),
        (11_250, 0.0142, 0.0275, 0.0140, 8.0),
        (13_750, 0.0141, 0.0258, 0.0110, 10.0),
        (16_500, 0.0139, 0.0235, 0.0094, 12.0),
        (19_500, 0.0138, 0.0224, 0.0078, 12.0),
        (23_000, 0.0137, 0.0209, 0.0074, 12.0),
        (27_500, 0.0137, 0.0200, 0.0070, 12.0),
        (33_000, 0.0137, 0.0193, 0.0064, 12.0),
        (40_500, 0.0137, 0.0190, 0.0053, 12.0),
        (52_000, 0.0138, 0.0185, 0.0046, 12.0),
    ]
)
_EXTENTS, MEDIAN, HUNDREDTH, DECADE, LIMIT = _TABLE.T
_AT_MEDIAN: Final = -math.log10(0.5)


def calibrated(raw: ArrayLike, extent_px2: ArrayLike) -> NDArray[np.float64]:
    """-log10 of the false-match rate of raw scores, 0 to CEILING; never falls as `raw` grows.

    `extent_px2` is that of the print of the two that has the smaller one.
    """
    raw, extent_px2 = np.asarray(raw, dtype=np.float64), np.asarray(extent_px2, dtype=np.float64)
    hundredth = np.interp(extent_px2, _EXTENTS, HUNDREDTH)
    median = np.interp(extent_px2, _EXTENTS, MEDIAN)
    above = 2.0 + (raw - hundredth) / np.interp(extent_px2, _EXTENTS, DECADE)
    below = 2.0 - (hundredth - raw) / (hundredth - median) * (2.0 - _AT_MEDIAN)
    limit = np.interp(extent_px2, _EXTENTS, LIMIT)
    score = np.clip(np.where(raw >= hundredth, above, below), 0.0, limit)
    return np.where((raw > 0) & (extent_px2 >= MIN_EXTENT_PX2), score, 0.0)
