"""Every number of the fit, with its unit and origin; [own] chosen on five public sets of five sensors."""

from __future__ import annotations

from typing import Final

PART_PAIRS: Final = 140_000
"""Pairs of a part with a whole print, of each sensor: as many as the largest set has of whole prints [own]."""
PAIRS_A_PART: Final = 40
"""Whole prints of other fingers that each part is compared with [own]."""
LEAST_MINUTIAE: Final = 3
MOST_MINUTIAE: Final = 40
"""Of a part: from what cannot be compared at all to nearly a whole print."""
EDGES_PX2: Final = (
    *(400, 1_500, 3_000, 4_500, 6_000, 8_000, 10_000, 12_500),
    *(15_000, 18_000, 21_000, 25_000, 30_000, 36_000),
)
"""Lower bounds of the rows of the table; the last holds all larger ones, so that every sensor has a say in it [own]."""
LEAST_PAIRS: Final = 2_000
"""Of one sensor in one row: with fewer there are not twenty beyond the hundredth [own]."""
SEED: Final = 2026
"""Of the parts that are drawn."""
SUPPORTING_PAIRS: Final = 3.0
"""Expected exceedances below which a rate counts as extrapolated: where three are expected and none comes, the rate is
higher than claimed with 5 per cent of probability ("rule of three": Hanley and Lippman-Hand, JAMA 249, 1983)."""
CONFIDENCE: Final = 0.95
