"""Do the ridges of two prints run alike where they overlap: evidence that does not come from the minutiae.

The fields are laid over each other as the paired minutiae say. A distorted skin turns and stretches its ridges
smoothly, so what a plane over the overlap explains of the differences says nothing against the finger; what is left
does (of the direction: Tico and Kuosmanen 2003; Gu, Zhou, Yang 2006; of the period, [own]).
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
"""Cells below which nothing is measured: a plane through few cells explains anything."""
MAX_DIRECTION_DIFFERENCE: Final = math.pi / 4
MAX_PERIOD_DIFFERENCE: Final = 0.2
"""What is returned when nothing was measured, about what two fields at random give."""
OUTLIER_RAD: Final = 0.15
OUTLIER_LOG: Final = 0.06
"""Difference at which a cell counts half for the plane."""
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
    - direction difference: mean of what is left of the angle between the ridges, in radians, 0 to about pi / 4
    - period difference: mean of what is left of the logarithm of the periods' ratio, so 0.05 is five per cent

    Below MIN_OVERLAP the differences are the MAX_ ones. The other way round, with the motion inverted, gives the same
    but for rounding.
    """
    seen = np.empty((len(first) + len(second), 6), dtype=np.float32)
    count = _lay_over(first, second, cosine, sine, shift_x, shift_y, False, seen, 0)
    back_x, back_y = -(cosine * shift_x + sine * shift_y), -(cosine * shift_y - sine * shift_x)
    count = _lay_over(second, first, cosine, -sine, back_x, back_y, True, seen, count)
    overlap = count / 2.0
    if overlap < MIN_OVERLAP:
        return overlap, MAX_DIRECTION_DIFFERENCE, MAX_PERIOD_DIFFERENCE
    direction = _unexplained(seen[:count], 2, OUTLIER_RAD)
    period = _unexplained(seen[:count], 4, OUTLIER_LOG)
    return overlap, direction, period


@njit(cache=True, nogil=True, fastmath=True)
def _lay_over(
    first: Any,
    second: Any,
    cosine: float,
    sine: float,
    shift_x: float,
    shift_y: float,
    backwards: bool,
    seen: Any,
    count: int,
) -> int:
    """One row of `seen` for each cell of the first that lies on ridges of the second.

    Place in the frame of the print that came first to begin with (x, y in cells), weight and difference of the
    direction, weight and difference of the period.
    """
    columns, rows = int(second[2]), int(second[3])
    half_turn = np.float32(cosine * cosine - sine * sine)
    half_turn_sine = np.float32(2.0 * cosine * sine)
    sign = np.float32(-1.0 if backwards else 1.0)
    for line in range(int(first[3])):
        for column in range(int(first[2])):
            cell = int(first[HEAD + line * int(first[2]) + column])
            if cell == 0:
                continue
            x, y = (column + int(first[0]) + 0.5) * STEP_PX, (line + int(first[1]) + 0.5) * STEP_PX
            on_x = (cosine * x - sine * y + shift_x) / STEP_PX
            on_y = (sine * x + cosine * y + shift_y) / STEP_PX
            right, down = on_x - 0.5 - int(second[0]), on_y - 0.5 - int(second[1])
            if right <= -1.0 or down <= -1.0 or right >= columns or down >= rows:
                continue
            first_column, first_line = math.floor(right), math.floor(down)
            part_x, part_y = np.float32(right - first_column), np.float32(down - first_line)
            share = real = imaginary = coherence = period = np.float32(0.0)
            for below in range(2):
                for beside in range(2):
                    at_line, at_column = first_line + below, first_column + beside
                    if at_line < 0 or at_column < 0 or at_line >= rows or at_column >= columns:
                        continue
                    other = int(second[HEAD + at_line * columns + at_column])
                    if other == 0:
                        continue
                    weight = (part_x if beside else np.float32(1.0) - part_x) * (
                        part_y if below else np.float32(1.0) - part_y
                    )
                    certain = weight * np.float32(other >> 13)
                    share += weight
                    coherence += certain
                    real += certain * _COSINE[other & 0xFF]
                    imaginary += certain * _SINE[other & 0xFF]
                    period += certain * _LOG_PERIOD[other >> 8 & 0x1F]
            if share < np.float32(0.5):
                continue
            certain = np.float32(cell >> 13)
            one_real, one_imaginary = _COSINE[cell & 0xFF], _SINE[cell & 0xFF]
            turned_real = one_real * half_turn + one_imaginary * half_turn_sine
            turned_imaginary = one_imaginary * half_turn - one_real * half_turn_sine
            along = turned_real * real + turned_imaginary * imaginary
            across = turned_real * imaginary - turned_imaginary * real
            row = seen[count]
            count += 1
            row[0] = np.float32(on_x if backwards else x / STEP_PX)
            row[1] = np.float32(on_y if backwards else y / STEP_PX)
            row[2] = certain * math.sqrt(real * real + imaginary * imaginary) / share
            row[3] = sign * np.float32(0.5) * np.float32(math.atan2(across, along))
            row[4] = certain * coherence / share
            row[5] = sign * (period / coherence - _LOG_PERIOD[cell >> 8 & 0x1F])
    return count


@njit(cache=True, nogil=True, fastmath=True)
def _unexplained(seen: Any, place: int, outlier: float) -> float:
    """Weighted mean of what a plane leaves of the differences in column `place` + 1; their weights before it.

    The plane is fitted twice, the second time with less weight for what is far from the first.
    """
    middle_x = middle_y = total = 1e-6
    for row in seen:
        total += row[place]
        middle_x += row[place] * row[0]
        middle_y += row[place] * row[1]
    middle_x /= total
    middle_y /= total
    level = slope_x = slope_y = 0.0
    for again in range(2):
        n = nx = ny = xx = xy = yy = b = bx = by = 0.0
        for row in seen:
            x, y, value, weight = row[0] - middle_x, row[1] - middle_y, row[place + 1], float(row[place])
            if again:
                off = (value - level - slope_x * x - slope_y * y) / outlier
                weight /= 1.0 + off * off
            n += weight
            nx += weight * x
            ny += weight * y
            xx += weight * x * x
            xy += weight * x * y
            yy += weight * y * y
            b += weight * value
            bx += weight * value * x
            by += weight * value * y
        n += 1e-3
        cxx, cxy, cyy = xx - nx * nx / n + n, xy - nx * ny / n, yy - ny * ny / n + n
        cbx, cby = bx - b * nx / n, by - b * ny / n
        size = cxx * cyy - cxy * cxy
        slope_x, slope_y = (cbx * cyy - cby * cxy) / size, (cby * cxx - cbx * cxy) / size
        level = (b - slope_x * nx - slope_y * ny) / n
    left = 0.0
    for row in seen:
        left += row[place] * abs(
            row[place + 1] - level - slope_x * (row[0] - middle_x) - slope_y * (row[1] - middle_y)
        )
    return left / total
