"""Do the ridges of two prints run alike where they overlap: evidence that does not come from the minutiae.

The fields are laid over each other as the paired minutiae say (of the direction: Tico and Kuosmanen 2003; Gu, Zhou,
Yang 2006; of the period, [own]). Skin that is pushed turns and stretches its ridges smoothly: what a plane over the
overlap explains of the differences in direction, and a second-degree surface of those in period, says nothing against
the finger. What is left does: the period alone tells the pairs of one finger from the pairs of two whose minutiae agree
best with error rates of 0 to 2.5 %, where the skin was not pushed far from its place. Where it was (13.5 %), a rigid
motion lays the wrong ridges on each other: whoever weighs this evidence must take a bad value for none.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.extended import RIDGE_FIELD
from matching.ridges.field import ANGLES, FIRST_PERIOD_PX, PERIOD_STEP_PX, PERIODS, VERSION, RidgeField
from matching.ridges.parameters import STEP_PX
from matching.template import Template

HEAD: Final = 4
MIN_OVERLAP: Final = 12
"""Cells below which nothing is measured: a surface through few cells explains anything."""
MAX_DIRECTION_DIFFERENCE: Final = 0.5
MAX_PERIOD_DIFFERENCE: Final = 0.1
"""What is returned when nothing was measured: more than almost any two fields differ by."""
OUTLIER_RAD: Final = 0.15
OUTLIER_LOG: Final = 0.06
"""Difference from the surface at which a cell counts half for the second fit of it."""
HALF_OVERLAP: Final = 6.0
"""Cells; places in the overlap are measured in it, so that the terms of a surface weigh alike."""
SHRINKAGE: Final = 0.02
"""Share of the weight of all cells that pulls each slope and bend towards none: a handful of cells bends nothing."""
_PLANE: Final = 3
_CURVED: Final = 6
_TURNS: Final = np.arange(ANGLES) * (2 * np.pi / ANGLES)
_COSINE: Final = np.cos(_TURNS).astype(np.float32)
_SINE: Final = np.sin(_TURNS).astype(np.float32)
_LOG_PERIOD: Final = np.log(FIRST_PERIOD_PX + PERIOD_STEP_PX * np.arange(PERIODS)).astype(np.float32)

NO_FIELD: Final = np.zeros(HEAD, dtype=np.uint16)
"""Of a template without a ridge field."""


def field_of(template: Template) -> NDArray[np.uint16]:
    """The template's ridge field, packed; NO_FIELD where it has none, or one of a version not known here.

    Raises TemplateError when the field is damaged.
    """
    content = template.own_block(RIDGE_FIELD)
    if content is None or content[:1] != bytes([VERSION]):
        return NO_FIELD
    return packed(RidgeField.from_bytes(content))


def packed(field: RidgeField) -> NDArray[np.uint16]:
    """The field as `compare_fields` takes it: left, top, columns, rows, then the cells row by row; read-only."""
    rows, columns = field.cells.shape
    head = np.array([field.left, field.top, columns, rows], dtype=np.uint16)
    row = np.concatenate([head, field.cells.ravel()])
    row.setflags(write=False)
    return row


@njit(cache=True, nogil=True)
def compare_fields(
    first: Any, second: Any, cosine: float, sine: float, shift_x: float, shift_y: float
) -> Any:
    """(overlap, direction difference, period difference) of two packed fields.

    The first print's place (x, y) in pixels lies on the second's at (cosine * x - sine * y + shift_x,
    sine * x + cosine * y + shift_y).

    - overlap: cells with ridges in both
    - direction difference: mean of what is left of the angle between the ridges, radians
    - period difference: mean of what is left of the logarithm of the periods' ratio, so 0.05 is five per cent

    Below MIN_OVERLAP the differences are the MAX_ ones, and they are never above. The other way round, with the motion
    inverted, it is the same but for rounding.
    """
    if _comes_later(first, second):
        first, second = second, first
        sine = -sine
        shift_x, shift_y = -(cosine * shift_x - sine * shift_y), -(cosine * shift_y + sine * shift_x)
    seen = np.empty((len(first), 6), dtype=np.float32)
    overlap = _lay_over(first, second, cosine, sine, shift_x, shift_y, seen)
    if overlap < MIN_OVERLAP:
        return overlap, MAX_DIRECTION_DIFFERENCE, MAX_PERIOD_DIFFERENCE
    direction = _unexplained(seen[:overlap], 2, _PLANE, OUTLIER_RAD)
    period = _unexplained(seen[:overlap], 4, _CURVED, OUTLIER_LOG)
    return overlap, min(direction, MAX_DIRECTION_DIFFERENCE), min(period, MAX_PERIOD_DIFFERENCE)


@njit(cache=True, nogil=True)
def _comes_later(first: Any, second: Any) -> bool:
    """One order for each two fields, the one with fewer cells first."""
    if len(first) != len(second):
        return len(first) > len(second)
    for place in range(len(first)):
        if first[place] != second[place]:
            return bool(first[place] > second[place])
    return False


@njit(cache=True, nogil=True, fastmath=True)
def _lay_over(
    first: Any, second: Any, cosine: float, sine: float, shift_x: float, shift_y: float, seen: Any
) -> int:
    """One row of `seen` for each cell of the first that lies on ridges of the second; how many.

    Place in the first print's frame (x, y in cells), weight and difference of the direction, weight and difference of
    the period. The second print is read between its cells.
    """
    columns, rows = np.int64(second[2]), np.int64(second[3])
    twice_cosine = np.float32(cosine * cosine - sine * sine)
    twice_sine = np.float32(2.0 * cosine * sine)
    none, one, half = np.float32(0.0), np.float32(1.0), np.float32(0.5)
    count = 0
    for line in range(np.int64(first[3])):
        for column in range(np.int64(first[2])):
            cell = np.int64(first[HEAD + line * np.int64(first[2]) + column])
            if cell == 0:
                continue
            x, y = column + np.int64(first[0]) + 0.5, line + np.int64(first[1]) + 0.5
            right = cosine * x - sine * y + shift_x / STEP_PX - 0.5 - np.int64(second[0])
            down = sine * x + cosine * y + shift_y / STEP_PX - 0.5 - np.int64(second[1])
            if right <= -1.0 or down <= -1.0 or right >= columns or down >= rows:
                continue
            left, top = math.floor(right), math.floor(down)
            part_x, part_y = np.float32(right - left), np.float32(down - top)
            share, real, imaginary, coherence, period = none, none, none, none, none
            for corner in range(4):
                at_column, at_line = left + (corner & 1), top + (corner >> 1)
                if at_line < 0 or at_column < 0 or at_line >= rows or at_column >= columns:
                    continue
                other = np.int64(second[HEAD + at_line * columns + at_column])
                if other == 0:
                    continue
                weight = (part_x if corner & 1 else one - part_x) * (part_y if corner >> 1 else one - part_y)
                share += weight
                weight *= np.float32(other >> 13)
                coherence += weight
                real += weight * _COSINE[other & 0xFF]
                imaginary += weight * _SINE[other & 0xFF]
                period += weight * _LOG_PERIOD[other >> 8 & 0x1F]
            if share < half:
                continue
            own_real, own_imaginary = _COSINE[cell & 0xFF], _SINE[cell & 0xFF]
            turned_real = own_real * twice_cosine + own_imaginary * twice_sine
            turned_imaginary = own_imaginary * twice_cosine - own_real * twice_sine
            across = turned_real * imaginary - turned_imaginary * real
            along = turned_real * real + turned_imaginary * imaginary
            certain = np.float32(cell >> 13) / share
            seen[count, 0] = x
            seen[count, 1] = y
            seen[count, 2] = certain * math.sqrt(real * real + imaginary * imaginary)
            seen[count, 3] = half * math.atan2(across, along)
            seen[count, 4] = certain * coherence
            seen[count, 5] = period / coherence - _LOG_PERIOD[cell >> 8 & 0x1F]
            count += 1
    return count


@njit(cache=True, nogil=True, fastmath=True)
def _unexplained(seen: Any, place: int, terms: int, outlier: float) -> float:
    """Weighted mean of what a surface of so many terms leaves of the differences in column `place` + 1.

    Column `place` holds their weights. The surface is fitted twice, the second time with less weight for the cells
    that are far from the first.
    """
    middle_x, middle_y, total = 0.0, 0.0, 1e-6
    for row in seen:
        total += row[place]
        middle_x += row[place] * row[0]
        middle_y += row[place] * row[1]
    middle_x, middle_y = middle_x / total, middle_y / total
    surface = np.zeros(_CURVED)
    products = np.empty((_CURVED, _CURVED))
    at = np.empty(_CURVED)
    for fit in range(2):
        products[:] = 0.0
        sums = np.zeros(_CURVED)
        for row in seen:
            _terms_at(row[0] - middle_x, row[1] - middle_y, at)
            value, weight = row[place + 1], np.float64(row[place])
            if fit == 1:
                off = (value - _height(surface, at, terms)) / outlier
                weight /= 1.0 + off * off
            for term in range(terms):
                weighted = weight * at[term]
                sums[term] += weighted * value
                for other in range(term + 1):
                    products[term, other] += weighted * at[other]
        all_weight = products[0, 0]
        products[0, 0] += 1e-6
        for term in range(1, terms):
            products[term, term] += SHRINKAGE * all_weight
        _solve(products, sums, terms, surface)
    left = 0.0
    for row in seen:
        _terms_at(row[0] - middle_x, row[1] - middle_y, at)
        left += row[place] * abs(row[place + 1] - _height(surface, at, terms))
    return left / total


@njit(cache=True, nogil=True, inline="always")
def _terms_at(x: float, y: float, at: Any) -> None:
    x, y = x / HALF_OVERLAP, y / HALF_OVERLAP
    at[0], at[1], at[2], at[3], at[4], at[5] = 1.0, x, y, x * x, x * y, y * y


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _height(surface: Any, at: Any, terms: int) -> float:
    height = 0.0
    for term in range(terms):
        height += surface[term] * at[term]
    return height


@njit(cache=True, nogil=True, fastmath=True)
def _solve(products: Any, sums: Any, size: int, solution: Any) -> None:
    """Of a symmetric positive system whose lower half is given and is overwritten (Cholesky)."""
    for line in range(size):
        for column in range(line + 1):
            value = products[line, column]
            for before in range(column):
                value -= products[line, before] * products[column, before]
            products[line, column] = math.sqrt(value) if line == column else value / products[column, column]
        for before in range(line):
            sums[line] -= products[line, before] * sums[before]
        sums[line] /= products[line, line]
    for line in range(size - 1, -1, -1):
        for after in range(line + 1, size):
            sums[line] -= products[after, line] * solution[after]
        solution[line] = sums[line] / products[line, line]
