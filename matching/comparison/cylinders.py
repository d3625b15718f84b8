"""Minutia -> cylinder: what the neighbourhood of a minutia looks like in the minutia's own frame, in bits.

Cappelli, Ferrara, Maltoni 2010, sections 3.1 and 3.4. A cylinder is one row of `ROW_WORDS` uint64; the rows of a
print are in the order of their angles:

    words 0..11   bit (direction * CELL_COUNT + cell): enough neighbours around that cell, turned like that
    words 12..14  bit (cell): the cell lies over the print; bits of other cells are never set
    word 15       place, quality and angle of the minutia, set bits and valid cells, see `places`
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.bits import popcount
from matching.comparison.hull import convex_hull, near_hull
from matching.comparison.places import MOST_QUALITY, meta, place
from matching.template import Template

BIT_WORDS: Final = 12
MASK_WORDS: Final = 3
META: Final = BIT_WORDS + MASK_WORDS
ROW_WORDS: Final = META + 1


def _cell_centres() -> NDArray[np.float32]:
    """(CELL_COUNT, 2): along the minutia's direction, and across it, in pixels."""
    line = (np.arange(P.CELLS) - (P.CELLS - 1) / 2) * P.CELL_PX
    along, across = (grid.ravel() for grid in np.meshgrid(line, line, indexing="ij"))
    inside = np.hypot(along, across) <= P.RADIUS_PX
    return np.ascontiguousarray(np.stack([along[inside], across[inside]], axis=1), dtype=np.float32)


def _direction_weights() -> NDArray[np.float32]:
    """(256, DIRECTIONS): share of a Gaussian around a relative angle (units) that falls in each section."""
    half = math.pi / P.DIRECTIONS
    spread = P.DIRECTION_SIGMA_RAD * math.sqrt(2.0)

    def share(unit: int, section: int) -> float:
        centre = -math.pi + (2 * section + 1) * half
        offset = (centre - unit * math.tau / 256 + math.pi) % math.tau - math.pi
        return 0.5 * (math.erf((offset + half) / spread) - math.erf((offset - half) / spread))

    table = [[share(unit, section) for section in range(P.DIRECTIONS)] for unit in range(256)]
    return np.array(table, dtype=np.float32)


CELL_CENTRES: Final = _cell_centres()
CELL_COUNT: Final = len(CELL_CENTRES)
DIRECTION_WEIGHTS: Final = _direction_weights()
MIN_VALID_CELLS: Final = math.ceil(P.MIN_VALID_SHARE * CELL_COUNT)


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Cylinders:
    """The fast form of a template.

    - `rows`: uint64 (n, ROW_WORDS), read-only, one cylinder a row as the module says
    - `extent_px2`: area of skin that they vouch for, at 500 dpi: of their convex hull, and not more than
      PX2_PER_CYLINDER for each after the second
    """

    rows: NDArray[np.uint64]
    extent_px2: float

    def __len__(self) -> int:
        return len(self.rows)


def _no_rows() -> NDArray[np.uint64]:
    rows = np.empty((0, ROW_WORDS), dtype=np.uint64)
    rows.setflags(write=False)  # as those of others: to a kernel, rows that may be written are another type
    return rows


NO_CYLINDERS: Final = Cylinders(_no_rows(), 0.0)
"""Of an impression that says nothing."""


def build_cylinders(template: Template) -> Cylinders:
    """Cylinders of all minutiae with enough of a neighbourhood; possibly none."""
    order = np.argsort(template.angle, kind="stable")
    rows = _build(
        template.x[order].astype(np.float32),
        template.y[order].astype(np.float32),
        template.angle[order],
        _quality_steps(template.quality[order]),
        CELL_CENTRES,
        DIRECTION_WEIGHTS,
    )
    rows.setflags(write=False)
    return Cylinders(rows, float(_extent(rows)))


def _quality_steps(quality: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 to MOST_QUALITY; of minutiae whose maker says nothing (0) what is usual."""
    told = np.where(quality == 0, P.USUAL_QUALITY, quality)
    return np.maximum(1, np.rint(told * (MOST_QUALITY / 100))).astype(np.uint8)


@njit(cache=True, nogil=True)
def _build(x: Any, y: Any, angle: Any, quality: Any, centres: Any, weights: Any) -> Any:
    count = len(x)
    rows = np.zeros((count, ROW_WORDS), dtype=np.uint64)
    if count <= P.MIN_NEIGHBOURS:
        return rows[:0].copy()
    hull = convex_hull(x, y)
    sums = np.empty((CELL_COUNT, P.DIRECTIONS), dtype=np.float32)
    kept = 0
    for minutia in range(count):
        neighbours = _accumulate(sums, minutia, x, y, angle, centres, weights)
        if neighbours < P.MIN_NEIGHBOURS:
            continue
        row = rows[kept]
        row[:] = np.uint64(0)
        valid = _set_mask(row, minutia, x, y, angle, centres, hull)
        if valid < MIN_VALID_CELLS:
            continue
        ones = _set_bits(row, sums)
        row[META] = meta(x[minutia], y[minutia], quality[minutia], angle[minutia], ones, valid)
        kept += 1
    return rows[:kept].copy()


@njit(cache=True, nogil=True)
def _accumulate(sums: Any, minutia: int, x: Any, y: Any, angle: Any, centres: Any, weights: Any) -> int:
    """Equations 4 to 9 without the sigmoid, which is monotonic: the bit threshold stands for it."""
    reach = np.float32(3.0 * P.SPATIAL_SIGMA_PX)
    peak = np.float32(1.0 / (P.SPATIAL_SIGMA_PX * math.sqrt(math.tau)))
    fall = np.float32(-0.5 / P.SPATIAL_SIGMA_PX**2)
    turn = np.float32(angle[minutia]) * np.float32(math.tau / 256)
    cosine, sine = math.cos(turn), math.sin(turn)
    sums[:] = np.float32(0.0)
    neighbours = 0
    for other in range(len(x)):
        dx, dy = x[other] - x[minutia], y[other] - y[minutia]
        if other == minutia or dx * dx + dy * dy > (np.float32(P.RADIUS_PX) + reach) ** 2:
            continue
        neighbours += 1
        along, across = dx * cosine - dy * sine, dx * sine + dy * cosine
        weight = weights[np.uint8(angle[other] - angle[minutia])]
        for cell in range(CELL_COUNT):
            du = np.abs(centres[cell, 0] - along)
            dv = np.abs(centres[cell, 1] - across)
            if du > reach or dv > reach or du * du + dv * dv > reach * reach:
                continue
            near = peak * math.exp(fall * (du * du + dv * dv))
            for section in range(P.DIRECTIONS):
                sums[cell, section] += near * weight[section]
    return neighbours


@njit(cache=True, nogil=True)
def _set_mask(row: Any, minutia: int, x: Any, y: Any, angle: Any, centres: Any, hull: Any) -> int:
    turn = np.float32(angle[minutia]) * np.float32(math.tau / 256)
    cosine, sine = math.cos(turn), math.sin(turn)
    valid = 0
    for cell in range(CELL_COUNT):
        cell_x = x[minutia] + centres[cell, 0] * cosine + centres[cell, 1] * sine
        cell_y = y[minutia] - centres[cell, 0] * sine + centres[cell, 1] * cosine
        if near_hull(cell_x, cell_y, x, y, hull, np.float32(P.HULL_MARGIN_PX)):
            row[BIT_WORDS + (cell >> 6)] |= np.uint64(1) << np.uint64(cell & 63)
            valid += 1
    return valid


@njit(cache=True, nogil=True)
def _set_bits(row: Any, sums: Any) -> int:
    for section in range(P.DIRECTIONS):
        for cell in range(CELL_COUNT):
            valid = row[BIT_WORDS + (cell >> 6)] >> np.uint64(cell & 63) & np.uint64(1)
            if valid and sums[cell, section] > P.BIT_THRESHOLD:
                bit = section * CELL_COUNT + cell
                row[bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)
    ones = 0
    for word in range(BIT_WORDS):
        ones += popcount(row[word])
    return ones


@njit(cache=True, nogil=True)
def _extent(rows: Any) -> Any:
    """Shoelace formula over the hull, capped."""
    count = len(rows)
    if count < 3:
        return 0.0
    x = np.empty(count, dtype=np.float32)
    y = np.empty(count, dtype=np.float32)
    for line in range(count):
        x[line], y[line] = place(rows[line, META])
    hull = convex_hull(x, y)
    doubled = 0.0
    for corner in range(len(hull)):
        here, following = hull[corner], hull[(corner + 1) % len(hull)]
        doubled += np.float64(x[here]) * y[following] - np.float64(x[following]) * y[here]
    return min(doubled / 2.0, P.PX2_PER_CYLINDER * (count - 2))
