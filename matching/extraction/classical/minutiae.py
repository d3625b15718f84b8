"""Minutiae of filtered ridges: the ends of thin ridges, and the ends of thin valleys.

Where a ridge forks, the valley between its branches ends, and the standard gives the fork that valley's direction
(ISO/IEC 19794-2). So both kinds are found by the same steps, and so are their mistakes: a ridge with a gap is a bridge
between valleys, a lake in a ridge is an island of a valley (Farina, Kovacs-Vajna, Leone: "Fingerprint minutiae
extraction from skeletonized binary images", Pattern Recognition 32, 1999, for the rules).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from matching.extraction.classical import parameters as p
from matching.extraction.classical.grid import enlarged
from matching.extraction.classical.normalisation import Pixels
from matching.extraction.classical.segmentation import Mask
from matching.extraction.classical.tracing import line_ends
from matching.extraction.classical.waves import Turns
from matching.template import BIFURCATION, ENDING


@dataclass(frozen=True, slots=True)
class Minutiae:
    """One row each: `place` [n, 2] row and column; `angle` [n] in radians with y down, up the line; `kind` [n]."""

    place: NDArray[np.int64]
    angle: NDArray[np.float64]
    kind: NDArray[np.int64]


def thinned(lines: Mask) -> Mask:
    """Lines one pixel wide (Zhang and Suen 1984)."""
    thin: Mask = skeletonize(lines)  # type: ignore[no-untyped-call]  # scikit-image has no types
    return thin


def find_minutiae(response: Pixels, turn: Turns, inside: Mask) -> Minutiae:
    """Minutiae of a filtered image; `turn` is of its cells, `inside` of its pixels."""
    reliable = ndimage.minimum_filter(np.pad(inside, 1), 2 * p.BORDER_PX + 1)[1:-1, 1:-1]
    ridges = _ends(thinned((response < 0) & inside), turn, inside, reliable)
    valleys = _ends(thinned((response > 0) & inside), turn, inside, reliable)
    place, angle = (np.concatenate(both) for both in zip(ridges, valleys, strict=True))
    return Minutiae(place, angle, np.repeat([ENDING, BIFURCATION], [len(ridges[0]), len(valleys[0])]))


def _ends(lines: Mask, turn: Turns, inside: Mask, reliable: Mask) -> tuple[NDArray[Any], NDArray[Any]]:
    ends = line_ends(lines, inside)
    ends = ends[reliable[ends[:, 0], ends[:, 1]] & (ends[:, 4] >= p.MIN_LINE_PX)]
    angle = _angles(ends, turn, inside.shape)
    whole = ~_broken(ends[:, :2], angle)
    return _put_forward(ends[whole, :2], angle[whole], inside.shape), angle[whole]


def _angles(ends: NDArray[np.int64], turn: Turns, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The orientation of the field, which is surer than a few pixels, on the side that the line goes to."""
    rows, columns = ends[:, 0], ends[:, 1]
    real, imaginary = (enlarged(part, shape)[rows, columns] for part in (turn.real, turn.imag))
    along = np.arctan2(imaginary, real) / 2 + np.pi / 2
    down, right = ends[:, 2] - rows, ends[:, 3] - columns
    backwards = right * np.cos(along) + down * np.sin(along) < 0
    return along + np.pi * backwards


def _broken(place: NDArray[np.int64], angle: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Ends that face another end across a gap."""
    broken = np.zeros(len(place), np.bool_)
    if len(place) < 2:
        return broken
    first, second = cKDTree(place).query_pairs(p.GAP_PX, output_type="ndarray").T
    down, right = (place[second] - place[first]).T
    apart = np.maximum(np.hypot(down, right), 1)
    away_first = -(right * np.cos(angle[first]) + down * np.sin(angle[first])) / apart
    away_second = (right * np.cos(angle[second]) + down * np.sin(angle[second])) / apart
    in_line = np.minimum(away_first, away_second) > -p.FACING_COSINE
    opposite = np.cos(angle[first] - angle[second]) < p.FACING_COSINE
    facing = opposite & (in_line | (apart < p.TOUCHING_PX))
    broken[first[facing]] = broken[second[facing]] = True
    return broken


def _put_forward(place: NDArray[np.int64], angle: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.int64]:
    back = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    moved = np.rint(place - p.ADVANCE_PX * back).astype(np.int64)
    return np.clip(moved, 0, np.array(shape) - 1)
