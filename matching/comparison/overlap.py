"""A closer look at two prints that may be of one finger: does what one shows in the overlap show in the other?

Relaxation knows pairs that support each other; it does not know what is missing. Here the best of those pairs say how
the one print lies on the other: a rigid motion, and a displacement that changes smoothly over the skin (moving least
squares of an affine map: Schaefer, McPhail, Warren, "Image deformation using moving least squares", 2006; thin-plate
splines for the same end: Bazen and Gerez 2003). Then every minutia looks for its like where it ought to be. Minutiae
of good quality in the overlap without one speak against the same finger, all others for it.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.cylinders import META
from matching.comparison.hull import convex_hull, near_hull
from matching.comparison.places import angle_of, place, quality_of

_UNITS: Final = 256.0
_LEAST_PAIRS: Final = 3
"""Fewer say nothing about a motion that is not rigid."""
_FAR: Final = np.float32(1e9)


@njit(cache=True, nogil=True)
def agreeing_share(first: Any, second: Any, alike: Any, lines: Any, columns: Any, kept: Any) -> Any:
    """Share of the minutiae in the overlap that find their like, weighed by quality: 0 (none) to nearly 1.

    `first`, `second`: cylinder rows; `alike`: their similarities; `lines`, `columns`: pairs of rows, and `kept`, what
    relaxation left of each pair.
    """
    here, there = _minutiae(first), _minutiae(second)
    chosen = np.argsort(-kept)[: P.LEADING_PAIRS]
    anchors = np.empty((max(len(here), len(chosen)), 5), dtype=np.float64)
    motion = _rigid_motion(here, there, lines[chosen], columns[chosen], kept[chosen], anchors)
    count = _near_anchors(len(chosen), kept[chosen], anchors)
    anchor_of = np.full(len(here), -1, dtype=np.int64)
    moved = np.empty((len(here), 3), dtype=np.float32)
    partner = np.empty(len(here), dtype=np.int64)
    for reach_px in P.PAIRING_REACH_PX:
        _move(here, motion, anchors, count, anchor_of, moved)
        _pair_up(here, there, moved, alike, reach_px, partner)
        count = _anchors_of(here, there, partner, motion, anchors, anchor_of)
        if count < _LEAST_PAIRS:
            return 0.0
    _move(here, motion, anchors, count, anchor_of, moved)
    found = paired = 0.0
    for line in range(len(here)):
        if partner[line] >= 0:
            weight = math.sqrt(here[line, 3] * there[partner[line], 3])
            paired += weight
            found += weight * _closeness(moved[line], there[partner[line]])
    missed = _missed(here, there, moved, partner)
    return 2.0 * found / (2.0 * paired + missed + P.SHARE_PRIOR)


@njit(cache=True, nogil=True)
def _minutiae(rows: Any) -> Any:
    """float32 (n, 4): x, y in pixels, angle in units, quality 0 to 1."""
    result = np.empty((len(rows), 4), dtype=np.float32)
    for line in range(len(rows)):
        word = rows[line, META]
        result[line, 0], result[line, 1] = place(word)
        result[line, 2] = angle_of(word)
        result[line, 3] = quality_of(word)
    return result


@njit(cache=True, nogil=True)
def _rigid_motion(here: Any, there: Any, lines: Any, columns: Any, kept: Any, anchors: Any) -> Any:
    """(cosine, sine, right, down) of the motion that brings the pairs together, those that stand out having little say.

    Leaves in `anchors` place and displacement of each pair, see `_anchors_of`.
    """
    cosine, sine, right, down = 1.0, 0.0, 0.0, 0.0
    for step in range(P.RIGID_STEPS):
        total = x = y = to_x = to_y = 0.0
        for pair in range(len(lines)):
            one, other = here[lines[pair]], there[columns[pair]]
            weight = float(kept[pair]) ** 2 + 1e-12
            if step:
                off = anchors[pair, 2] ** 2 + anchors[pair, 3] ** 2
                weight /= 1.0 + off / P.RIGID_OUTLIER_PX**2
            anchors[pair, 4] = weight
            total += weight
            x += weight * one[0]
            y += weight * one[1]
            to_x += weight * other[0]
            to_y += weight * other[1]
        x, y, to_x, to_y = x / total, y / total, to_x / total, to_y / total
        along = across = 0.0
        for pair in range(len(lines)):
            one, other = here[lines[pair]], there[columns[pair]]
            dx, dy, du, dv = one[0] - x, one[1] - y, other[0] - to_x, other[1] - to_y
            along += anchors[pair, 4] * (dx * du + dy * dv)
            across += anchors[pair, 4] * (dx * dv - dy * du)
        length = math.hypot(along, across)
        if length > 0.0:
            cosine, sine = along / length, across / length
        right, down = to_x - (cosine * x - sine * y), to_y - (sine * x + cosine * y)
        for pair in range(len(lines)):
            one, other = here[lines[pair]], there[columns[pair]]
            anchors[pair, 0], anchors[pair, 1] = one[0], one[1]
            anchors[pair, 2] = other[0] - (cosine * one[0] - sine * one[1] + right)
            anchors[pair, 3] = other[1] - (sine * one[0] + cosine * one[1] + down)
    return cosine, sine, right, down


@njit(cache=True, nogil=True)
def _turn(motion: Any) -> Any:
    """By how many units the motion turns; y points down, angles count upwards."""
    return math.atan2(-motion[1], motion[0]) * (_UNITS / math.tau)


@njit(cache=True, nogil=True)
def _near_anchors(count: int, kept: Any, anchors: Any) -> int:
    """Move the pairs that the rigid motion explains to the front, weighed by what they kept; how many they are."""
    near = 0
    for pair in range(count):
        if anchors[pair, 2] ** 2 + anchors[pair, 3] ** 2 < P.ANCHOR_REACH_PX**2:
            anchors[near, :4] = anchors[pair, :4]
            anchors[near, 4] = kept[pair] / max(kept[0], np.float32(1e-12))
            near += 1
    return near


@njit(cache=True, nogil=True)
def _displacement(x: Any, y: Any, anchors: Any, count: int, without: int) -> Any:
    """(right, down, turn) at a place, in pixels and units: the affine map that fits the anchors best, near ones most.

    Drawn towards none by SMOOTH_PRIOR anchors in place that are not displaced, and towards one that is the same
    everywhere by SMOOTH_PRIOR_SLOPE. Leaves out the anchor `without`.
    """
    m00, m11, m22 = P.SMOOTH_PRIOR, P.SMOOTH_PRIOR_SLOPE, P.SMOOTH_PRIOR_SLOPE
    m01 = m02 = m12 = 0.0
    r0 = r1 = r2 = d0 = d1 = d2 = 0.0
    for anchor in range(count):
        if anchor == without:
            continue
        u = (anchors[anchor, 0] - x) / P.SMOOTH_SIGMA_PX
        v = (anchors[anchor, 1] - y) / P.SMOOTH_SIGMA_PX
        weight = anchors[anchor, 4] / (1.0 + 0.5 * (u * u + v * v)) ** 2
        right, down = weight * anchors[anchor, 2], weight * anchors[anchor, 3]
        m00 += weight
        m01 += weight * u
        m02 += weight * v
        m11 += weight * u * u
        m12 += weight * u * v
        m22 += weight * v * v
        r0 += right
        r1 += u * right
        r2 += v * right
        d0 += down
        d1 += u * down
        d2 += v * down
    c0, c1, c2 = m11 * m22 - m12 * m12, m02 * m12 - m01 * m22, m01 * m12 - m02 * m11
    scale = 1.0 / (m00 * c0 + m01 * c1 + m02 * c2)
    right, down = (c0 * r0 + c1 * r1 + c2 * r2) * scale, (c0 * d0 + c1 * d1 + c2 * d2) * scale
    k11, k12, k22 = m00 * m22 - m02 * m02, m01 * m02 - m00 * m12, m00 * m11 - m01 * m01
    right_below = (c2 * r0 + k12 * r1 + k22 * r2) * scale
    down_beside = (c1 * d0 + k11 * d1 + k12 * d2) * scale
    turn = 0.5 * (right_below - down_beside) * (_UNITS / math.tau / P.SMOOTH_SIGMA_PX)
    return right, down, turn


@njit(cache=True, nogil=True)
def _move(here: Any, motion: Any, anchors: Any, count: int, anchor_of: Any, moved: Any) -> None:
    """Fill float32 `moved` with x, y and angle that each minutia ought to have, as the others say."""
    cosine, sine, right, down = motion
    turn = _turn(motion)
    for line in range(len(here)):
        x, y = float(here[line, 0]), float(here[line, 1])
        more_right, more_down, more_turn = _displacement(x, y, anchors, count, anchor_of[line])
        moved[line, 0] = cosine * x - sine * y + right + more_right
        moved[line, 1] = sine * x + cosine * y + down + more_down
        moved[line, 2] = here[line, 2] + turn + more_turn


@njit(cache=True, nogil=True)
def _pair_up(here: Any, there: Any, moved: Any, alike: Any, reach_px: float, partner: Any) -> None:
    """Fill `partner` with the row of the other print that each minutia fits best, when that fits it best too, or -1."""
    reach, full = np.float32(reach_px), np.float32(P.PAIRING_TURN_UNITS)
    fits = np.full(len(there), _FAR, dtype=np.float32)
    suitor = np.full(len(there), -1, dtype=np.int64)
    for line in range(len(here)):
        partner[line] = -1
        best = _FAR
        x, y, angle = moved[line, 0], moved[line, 1], moved[line, 2]
        for column in range(len(there)):
            dx, dy = there[column, 0] - x, there[column, 1] - y
            if abs(dx) >= reach or abs(dy) >= reach:
                continue
            off = (dx * dx + dy * dy) / (reach * reach)
            between = _between(there[column, 2] - angle) / full
            if off >= np.float32(1.0) or abs(between) >= np.float32(1.0):
                continue
            misfit = off + between * between - np.float32(2.0) * alike[line, column]
            if misfit < best:
                best = misfit
                partner[line] = column
            if misfit < fits[column]:
                fits[column] = misfit
                suitor[column] = line
    for line in range(len(here)):
        if partner[line] >= 0 and suitor[partner[line]] != line:
            partner[line] = -1


@njit(cache=True, nogil=True, inline="always")
def _between(units: Any) -> Any:
    """The same angle from -128 up to 128."""
    return units - np.float32(_UNITS) * np.floor(units / np.float32(_UNITS) + np.float32(0.5))


@njit(cache=True, nogil=True)
def _anchors_of(here: Any, there: Any, partner: Any, motion: Any, anchors: Any, anchor_of: Any) -> int:
    """Fill `anchors` with the pairs: place (x, y), displacement that the motion leaves (right, down), weight."""
    cosine, sine, right, down = motion
    count = 0
    for line in range(len(here)):
        anchor_of[line] = -1
        if partner[line] < 0:
            continue
        x, y = float(here[line, 0]), float(here[line, 1])
        anchors[count, 0], anchors[count, 1] = x, y
        anchors[count, 2] = there[partner[line], 0] - (cosine * x - sine * y + right)
        anchors[count, 3] = there[partner[line], 1] - (sine * x + cosine * y + down)
        anchors[count, 4] = 1.0
        anchor_of[line] = count
        count += 1
    return count


@njit(cache=True, nogil=True)
def _closeness(one: Any, other: Any) -> Any:
    """1 for a minutia that is where and as the others say that it ought to be, falling to 0."""
    off = (other[0] - one[0]) ** 2 + (other[1] - one[1]) ** 2
    between = _between(other[2] - one[2])
    return math.exp(-0.5 * (off / P.CLOSE_PX**2 + between**2 / P.CLOSE_UNITS**2))


@njit(cache=True, nogil=True)
def _missed(here: Any, there: Any, moved: Any, partner: Any) -> Any:
    """Sum of the qualities of all minutiae in the overlap that have no partner, of both prints."""
    taken = np.zeros(len(there), dtype=np.bool_)
    for line in range(len(here)):
        if partner[line] >= 0:
            taken[partner[line]] = True
    margin = np.float32(P.OVERLAP_MARGIN_PX)
    x, y = np.ascontiguousarray(moved[:, 0]), np.ascontiguousarray(moved[:, 1])
    other_x, other_y = np.ascontiguousarray(there[:, 0]), np.ascontiguousarray(there[:, 1])
    own_hull, other_hull = convex_hull(x, y), convex_hull(other_x, other_y)
    total = 0.0
    for line in range(len(here)):
        if partner[line] < 0 and near_hull(x[line], y[line], other_x, other_y, other_hull, margin):
            total += here[line, 3]
    for column in range(len(there)):
        if not taken[column] and near_hull(other_x[column], other_y[column], x, y, own_hull, margin):
            total += there[column, 3]
    return total
