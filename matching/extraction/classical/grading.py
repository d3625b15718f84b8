"""How likely a minutia is a true one: logistic regression on what its surroundings look like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from matching.extraction.classical import parameters as p
from matching.extraction.classical.grid import enlarged
from matching.extraction.classical.minutiae import Minutiae
from matching.extraction.classical.segmentation import Mask
from matching.extraction.classical.waves import Cells

_COARSE = 4
"""The distance from the border is measured at every fourth pixel: a whole map would cost more than the filtering."""


def probability(minutiae: Minutiae, flow: Cells, purity: Cells, inside: Mask) -> NDArray[np.float64]:
    """0 to 1 for each minutia; `flow` and `purity` are of the cells, `inside` of the pixels."""
    rows, columns = minutiae.place.T
    odds = (
        p.BASE_ODDS
        + p.FLOW_ODDS * enlarged(flow, inside.shape)[rows, columns]
        + p.PURITY_ODDS * enlarged(purity, inside.shape)[rows, columns]
        + p.BORDER_ODDS
        * np.minimum(_border_distance(inside)[rows // _COARSE, columns // _COARSE], p.MAX_BORDER_PX)
        + p.CROWD_ODDS * _crowd(minutiae.place)
    )
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


def _border_distance(inside: Mask) -> NDArray[np.float64]:
    """In pixels, at every fourth pixel; the edge of the image is a border too."""
    coarse = np.pad(inside[::_COARSE, ::_COARSE], 1)
    distance: NDArray[np.float64] = ndimage.distance_transform_edt(coarse)[1:-1, 1:-1] * _COARSE
    return distance


def _crowd(place: NDArray[np.int64]) -> NDArray[np.int64]:
    """Other minutiae near each."""
    if not len(place):
        return np.zeros(0, np.int64)
    near = cKDTree(place).query_ball_point(place, p.CROWD_PX, return_length=True)
    return np.asarray(near, np.int64) - 1
