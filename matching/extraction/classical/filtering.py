"""Filters that know which way the ridges run and how far apart (Gabor filters: Hong, Wan, Jain, "Fingerprint image
enhancement: algorithm and performance evaluation", IEEE TPAMI 20(8), 1998)."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.extraction.classical import parameters as p
from matching.extraction.classical.grid import enlarged
from matching.extraction.classical.normalisation import Pixels, local_mean, root
from matching.extraction.classical.segmentation import Mask
from matching.extraction.classical.waves import Cells, Turns

_PERIODS: Final = math.ceil(math.log2(p.MAX_PERIOD_PX / p.MIN_PERIOD_PX) * p.PERIODS_PER_OCTAVE) + 1
_SIDE: Final = 2 * p.RADIUS_PX + 1
_LANES: Final = 8
"""Lines of a filter are filled up with zeros to a multiple of what processors multiply at once."""
_WIDTH: Final = -(-_SIDE // _LANES) * _LANES
_LEAST_HEIGHT: Final = np.float32(1e-3)


def filtered(grey: Pixels, turn: Turns, period_px: Cells, inside: Mask) -> Pixels:
    """Ridges negative and valleys positive inside the print, 0 outside.

    `grey` is a levelled image, `inside` has its shape; `turn` and `period_px` are of its cells.
    """
    real, imaginary = enlarged(turn.real, grey.shape), enlarged(turn.imag, grey.shape)
    angle = np.rint(np.arctan2(imaginary, real) * np.float32(p.ANGLES / math.tau)).astype(np.int16) % p.ANGLES
    octaves = np.log2(enlarged(period_px, grey.shape) / np.float32(p.MIN_PERIOD_PX))
    step = np.clip(np.rint(octaves * p.PERIODS_PER_OCTAVE), 0, _PERIODS - 1).astype(np.int16)
    margin = (p.RADIUS_PX, _WIDTH - p.RADIUS_PX)
    response: Pixels = _apply(np.pad(grey, (margin, margin)), angle, step, inside, *_filters())
    return response


def evened(response: Pixels, inside: Mask) -> Pixels:
    """Filtered ridges, all of the same height."""
    height = root(local_mean(np.square(response), p.EVEN_PX)) + _LEAST_HEIGHT
    even: Pixels = np.where(inside, response / height, np.float32(0))
    return even


@cache
def _filters() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """[angle, period, row, column] and [angle, period]: the filters, and how many rows beside the middle each one has.

    Each sums to 0, so that grey level says nothing, and its absolute values to 1.
    """
    y, x = np.mgrid[-p.RADIUS_PX : p.RADIUS_PX + 1, -p.RADIUS_PX : p.RADIUS_PX + 1].astype(np.float32)
    filters = np.zeros((p.ANGLES, _PERIODS, _SIDE, _WIDTH), np.float32)
    for angle in range(p.ANGLES):
        direction = np.pi * angle / p.ANGLES
        across = x * np.cos(direction) + y * np.sin(direction)
        along = y * np.cos(direction) - x * np.sin(direction)
        for step in range(_PERIODS):
            period_px = p.MIN_PERIOD_PX * 2 ** (step / p.PERIODS_PER_OCTAVE)
            filters[angle, step, :, :_SIDE] = _gabor(across / period_px, along / period_px)
    rows = filters.any(axis=3).sum(axis=2)
    return filters, (rows - 1) // 2


def _gabor(across: Pixels, along: Pixels) -> Pixels:
    bell = np.exp(-0.5 * (np.square(across / p.ACROSS_SPREAD) + np.square(along / p.ALONG_SPREAD)))
    bell[bell < p.NEGLIGIBLE] = 0
    wave = bell * np.cos(math.tau * across)
    wave -= bell * (wave.sum() / bell.sum())
    normal: Pixels = wave / np.abs(wave).sum()
    return normal


@njit(cache=True, nogil=True, fastmath=True)
def _apply(padded: Any, angle: Any, step: Any, inside: Any, filters: Any, reaches: Any) -> Any:
    """Each pixel through the filter of its own orientation and period."""
    height, width = inside.shape
    middle, columns = filters.shape[2] // 2, filters.shape[3]
    response = np.zeros((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            if inside[y, x]:
                kernel = filters[angle[y, x], step[y, x]]
                reach = reaches[angle[y, x], step[y, x]]
                total = np.float32(0)
                for row in range(middle - reach, middle + reach + 1):
                    for column in range(columns):
                        total += kernel[row, column] * padded[y + row, x + column]
                response[y, x] = total
    return response
