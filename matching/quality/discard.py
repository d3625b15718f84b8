"""Does a quality foretell rejects? Error-versus-discard curves.

After Grother and Tabassi, "Performance of biometric quality measures", IEEE TPAMI 29(4), 2007, and ISO/IEC 29794-1:
take the images of the worst quality away, and see how many genuine comparisons of the others still fail. A quality
that knows nothing leaves the rate where it was; one that knows everything brings it down by as much as is discarded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class DiscardCurve:
    """One point for each quality that occurs, from keeping every image on; float64 arrays of the same length.

    - `at_least`: the quality that is asked for
    - `discarded`: share of the images below it, 0 to 1, rising
    - `fnmr`: share of the genuine pairs of the other images whose score is below the threshold, 0 to 1
    - `pairs`: how many pairs that share is taken of, at least 1: the curve ends where none is left
    """

    at_least: NDArray[np.float64]
    discarded: NDArray[np.float64]
    fnmr: NDArray[np.float64]
    pairs: NDArray[np.float64]

    def fnmr_at(self, discarded: float) -> float:
        """The false non-match rate when this share of the images may be discarded, and no more."""
        return float(self.fnmr[np.searchsorted(self.discarded, discarded, side="right") - 1])

    def area(self, up_to: float = 0.2) -> float:
        """Mean of the false non-match rate while the discarded share goes from 0 to `up_to`, as share of the first.

        1 for a quality that knows nothing, below 1 for one that foretells rejects; 0 when nothing is rejected at all.
        """
        if self.fnmr[0] == 0:
            return 0.0
        edges = np.append(np.minimum(self.discarded, up_to), up_to)
        return float(np.diff(edges) @ self.fnmr / (up_to * self.fnmr[0]))


def error_versus_discard(
    quality: ArrayLike,
    pairs: Sequence[tuple[int, int]] | NDArray[np.int64],
    scores: ArrayLike,
    threshold: float,
) -> DiscardCurve:
    """The curve of one set of images.

    `quality` [images]; `pairs` [n, 2], the images of each genuine pair; `scores` [n], of which those below
    `threshold` are rejects. Images of the same quality go together, so no order is made up among them. Raises
    ValueError without a pair.
    """
    quality, scores = np.asarray(quality, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    weaker = quality[np.asarray(pairs, dtype=np.int64).reshape(-1, 2)].min(axis=1)
    if not len(weaker) or len(weaker) != len(scores):
        raise ValueError("An error-versus-discard curve needs genuine pairs, and a score for each.")
    order = np.argsort(weaker)
    failed = np.append(np.cumsum((scores[order] < threshold)[::-1])[::-1], 0)
    asked = np.unique(quality)
    first = np.searchsorted(weaker[order], asked)
    some = first < len(weaker)
    left = (len(weaker) - first[some]).astype(np.float64)
    discarded = np.searchsorted(np.sort(quality), asked[some]) / len(quality)
    return DiscardCurve(asked[some], discarded, failed[first[some]] / left, left)
