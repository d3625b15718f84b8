"""Pairs of minutiae, and which of them agree with each other (Cappelli, Ferrara, Maltoni 2010, section 4.3).

Greedy one-to-one pairs by similarity, then rounds in which each pair keeps part of its value and takes the rest
from the pairs whose relative position and turn agree with its own in both prints. Skin stretches: the further two
pairs are from each other, the more their distances may differ and the less they have to say about each other. Pairs
of an impostor lose their value within the rounds. The score is the mean of the pairs that kept most, raised by what
`overlap` finds.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.cylinders import META
from matching.comparison.overlap import agreeing_share
from matching.comparison.places import angle_of, place
from matching.comparison.similarity import similarities

LEVELS: Final = 1024
"""Steps of similarity by which pairs are ranked."""
DISTANCE_STEPS: Final = 4
"""Entries of the distance table per pixel."""
ANGLE_STEPS: Final = 1024
"""Entries of the angle table per turn."""
NEGLIGIBLE: Final = 1e-4
"""Agreement below which two pairs simply disagree."""
WORST_SCORE: Final = 0.0


def _falling(difference: NDArray[np.float64], middle: float, steepness: float) -> NDArray[np.float32]:
    """MCC's sigmoid: near 1 for no difference, one half at `middle`."""
    return np.asarray(1.0 / (1.0 + np.exp(steepness * (difference - middle))), dtype=np.float32)


DISTANCE_AGREEMENT: Final = _falling(
    np.arange(16 * DISTANCE_STEPS) / DISTANCE_STEPS, P.DISTANCE_MID_PX, P.DISTANCE_STEEPNESS
)
_TURNS: Final = np.arange(ANGLE_STEPS) * math.tau / ANGLE_STEPS
ANGLE_AGREEMENT: Final = _falling(np.minimum(_TURNS, math.tau - _TURNS), P.ANGLE_MID_RAD, P.ANGLE_STEEPNESS)
_STRETCH: Final = np.float32(P.DISTANCE_GROWTH / P.DISTANCE_MID_PX)
_REACH_PX: Final = math.ceil(P.NEARNESS_SIGMA_PX * math.sqrt(-2.0 * math.log(NEGLIGIBLE)))
_NEARNESS: Final = np.exp(-0.5 * (np.arange(_REACH_PX + 1) / P.NEARNESS_SIGMA_PX) ** 2).astype(np.float32)
"""What two pairs have to say about each other, by their distance in pixels."""


@njit(cache=True, nogil=True)
def relaxed_score(first: Any, second: Any, distance_agreement: Any, angle_agreement: Any) -> Any:
    """Raw score of two prints' cylinder rows, 0 to 20; the same whichever comes first.

    What the relaxed pairs are worth, times what the overlap says where that is in question: `calibration` knows
    what it means.
    """
    if len(first) == 0 or len(second) == 0:
        return WORST_SCORE
    if _comes_later(first, second):
        first, second = second, first
    alike = np.empty((len(first), len(second)), dtype=np.float32)
    similarities(first, second, alike)
    lines, columns = _pair_greedily(alike)
    if len(lines) == 0:
        return WORST_SCORE
    before = np.empty(len(lines), dtype=np.float32)
    for pair in range(len(lines)):
        before[pair] = alike[lines[pair], columns[pair]]
    agreement = _agreement(first, second, lines, columns, distance_agreement, angle_agreement)
    after = _relax(before, agreement)
    raw = _mean_of_best(before, after, min(len(first), len(second)))
    if raw < P.LAST_LOOK_FROM:
        return raw
    return raw * math.exp(P.SHARE_WEIGHT * agreeing_share(first, second, alike, lines, columns, after))


@njit(cache=True, nogil=True)
def _comes_later(first: Any, second: Any) -> Any:
    """One order for each two prints, so that ties fall the same way from both sides."""
    if len(first) != len(second):
        return len(first) > len(second)
    for line in range(len(first)):
        for word in range(META, -1, -1):
            if first[line, word] != second[line, word]:
                return first[line, word] > second[line, word]
    return False


@njit(cache=True, nogil=True)
def _pair_greedily(alike: Any) -> Any:
    """One-to-one pairs, most alike first (counting sort over LEVELS, then taking what is still free)."""
    lines, columns = alike.shape
    starts = np.zeros(LEVELS + 1, dtype=np.int32)
    levels = np.empty((lines, columns), dtype=np.int32)
    for line in range(lines):
        for column in range(columns):
            levels[line, column] = LEVELS - np.int32(alike[line, column] * np.float32(LEVELS - 1))
    for level in levels.flat:
        starts[level] += 1
    total = np.int32(0)
    for level in range(LEVELS + 1):
        starts[level], total = total, total + starts[level]
    order = np.empty((starts[LEVELS], 2), dtype=np.int16)
    for line in range(lines):
        for column in range(columns):
            level = levels[line, column]
            if level != LEVELS:
                order[starts[level], 0] = line
                order[starts[level], 1] = column
                starts[level] += 1
    return _take_free(order, lines, columns)


@njit(cache=True, nogil=True)
def _take_free(order: Any, lines: int, columns: int) -> Any:
    line_taken = np.zeros(lines, dtype=np.bool_)
    column_taken = np.zeros(columns, dtype=np.bool_)
    most = min(lines, columns)
    chosen_lines = np.empty(most, dtype=np.int64)
    chosen_columns = np.empty(most, dtype=np.int64)
    size = 0
    for rank in range(len(order)):
        if size == most:
            break
        line, column = order[rank, 0], order[rank, 1]
        if line_taken[line] or column_taken[column]:
            continue
        line_taken[line] = column_taken[column] = True
        chosen_lines[size], chosen_columns[size] = line, column
        size += 1
    return chosen_lines[:size], chosen_columns[:size]


@njit(cache=True, nogil=True)
def _agreement(first: Any, second: Any, lines: Any, columns: Any, by_distance: Any, by_angle: Any) -> Any:
    """(k, k): how far pair t agrees with pair s, 0 to 1: equations 26 to 29, and nearness. Zero on the diagonal."""
    size = len(lines)
    x1, y1, turn1 = _places(first, lines)
    x2, y2, turn2 = _places(second, columns)
    result = np.zeros((size, size), dtype=np.float32)
    to_steps = np.float32(ANGLE_STEPS / math.tau)
    per_unit = ANGLE_STEPS // 256
    for t in range(size):
        turn_t = turn1[t] - turn2[t]
        for s in range(t):
            turn_s = turn1[s] - turn2[s]
            alike = by_angle[(turn_t - turn_s) * per_unit & ANGLE_STEPS - 1]
            if alike < np.float32(NEGLIGIBLE):
                continue  # most pairs of an impostor, before anything costly
            ax, ay = x1[s] - x1[t], y1[s] - y1[t]
            bx, by = x2[s] - x2[t], y2[s] - y2[t]
            length_a, length_b = math.sqrt(ax * ax + ay * ay), math.sqrt(bx * bx + by * by)
            length = np.float32(0.5) * (length_a + length_b)
            apart = abs(length_a - length_b) / (np.float32(1.0) + _STRETCH * length)
            step = int(apart * np.float32(DISTANCE_STEPS) + np.float32(0.5))
            if step >= len(by_distance) or length > np.float32(_REACH_PX):
                continue
            common = by_distance[step] * _NEARNESS[int(length)] * alike
            if common < np.float32(NEGLIGIBLE):
                continue
            swing = math.floor(_angle(ax * by - ay * bx, ax * bx + ay * by) * to_steps + np.float32(0.5))
            result[t, s] = common * by_angle[(swing - turn_t * per_unit) & ANGLE_STEPS - 1]
            result[s, t] = common * by_angle[(swing - turn_s * per_unit) & ANGLE_STEPS - 1]
    return result


@njit(cache=True, nogil=True)
def _places(rows: Any, chosen: Any) -> Any:
    """x and y in pixels (float32), angle in units (int64) of the chosen rows."""
    x = np.empty(len(chosen), dtype=np.float32)
    y = np.empty(len(chosen), dtype=np.float32)
    turn = np.empty(len(chosen), dtype=np.int64)
    for line in range(len(chosen)):
        word = rows[chosen[line], META]
        x[line], y[line] = place(word)
        turn[line] = angle_of(word)
    return x, y, turn


@njit(cache=True, nogil=True, inline="always")
def _angle(sine: Any, cosine: Any) -> Any:
    """atan2 to 0.0002 rad, well under one step of the table (Abramowitz and Stegun 4.4.49)."""
    high, low = max(abs(sine), abs(cosine)), min(abs(sine), abs(cosine))
    t = low / max(high, np.float32(1e-9))
    u = t * t
    angle = (
        (
            ((np.float32(0.0208351) * u - np.float32(0.085133)) * u + np.float32(0.180141)) * u
            - np.float32(0.3302995)
        )
        * u
        + np.float32(0.999866)
    ) * t
    if abs(sine) > abs(cosine):
        angle = np.float32(math.pi / 2) - angle
    if cosine < 0:
        angle = np.float32(math.pi) - angle
    return -angle if sine < 0 else angle


@njit(cache=True, nogil=True, fastmath=True)
def _relax(before: Any, agreement: Any) -> Any:
    """Equation 25, ROUNDS times."""
    size = len(before)
    share = np.float32((1.0 - P.OWN_WEIGHT) / max(1, size - 1))
    values, following = before.copy(), np.empty_like(before)
    for _ in range(P.ROUNDS):
        for t in range(size):
            support = np.float32(0.0)
            for s in range(size):
                support += agreement[t, s] * values[s]
            following[t] = np.float32(P.OWN_WEIGHT) * values[t] + share * support
        values, following = following, values
    return values


@njit(cache=True, nogil=True)
def _mean_of_best(before: Any, after: Any, minutiae: int) -> float:
    """Mean value of the pairs that kept the largest share of theirs; missing pairs are worth nothing."""
    rise = 1.0 / (1.0 + math.exp(-P.PAIRS_STEEPNESS * (minutiae - P.PAIRS_MID)))
    wanted = P.MIN_PAIRS + round((P.MAX_PAIRS - P.MIN_PAIRS) * rise)
    kept = after / np.maximum(before, np.float32(1e-6))
    total = 0.0
    for _ in range(min(wanted, len(kept))):
        best = np.argmax(kept)
        total += after[best]
        kept[best] = np.float32(-1.0)
    return total / wanted
