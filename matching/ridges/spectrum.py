"""Where an image has ridges, which way they run and how wide they are: one look at the waves around each cell.

A fingerprint is locally one plane wave, so the spectrum of a small window has its energy at that wave's place and
at the opposite one [STFT]. The direction is the mean of the double angle over the energy, as in a structure tensor,
but of waves with a ridge's period only; its length says how far they agree.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from matching.images import GreyImage
from matching.ridges import parameters as P  # noqa: N812 - as in the comparison

Plane = NDArray[np.float32]
"""One value for each cell, [rows, columns]."""


def measure(image: GreyImage) -> tuple[Plane, Plane, Plane]:
    """Direction, period and coherence of the ridges in each whole cell of an image at 500 dpi.

    Direction along the ridges in radians, 0 to pi, counter-clockwise from growing x; period in pixels; coherence 0 to
    1, and 0 where there are no ridges.
    """
    flat, contrast = _levelled(image)
    rows, columns = (side // P.STEP_PX for side in image.shape)
    power = _power(flat, rows, columns)
    inked = _inked(contrast, rows, columns)
    energy, real, imaginary = np.moveaxis(power @ _SUMS, 2, 0)
    tensor = np.where(inked, (real + 1j * imaginary) / np.maximum(energy, _TINY), 0)
    tensor = _smoothed(tensor) / np.maximum(_smoothed(inked.astype(np.float32)), _TINY)
    length = np.abs(tensor)
    direction = tensor / np.maximum(length, _TINY)
    aligned = np.stack([direction.real, direction.imag], axis=2) @ _DOUBLE_ANGLE
    power *= np.square(np.maximum(aligned, 0))
    energy, weighted = np.moveaxis(power @ _LOG_SUMS, 2, 0)
    log_period = weighted / np.maximum(energy, _TINY)
    along = (np.angle(direction) / 2 + np.pi / 2) % np.pi
    coherence = np.where(inked & (length >= P.MIN_COHERENCE), length, 0)
    return along.astype(np.float32), np.exp(log_period).astype(np.float32), coherence.astype(np.float32)


def _levelled(image: GreyImage) -> tuple[Plane, Plane]:
    """The image with local mean 0 and contrast near 1, and that contrast before, both pixel by pixel."""
    grey = image.astype(np.float32)
    grey -= _local_mean(grey)
    # The filter's running sums leave a little less than nothing where all is even.
    contrast: Plane = np.sqrt(np.maximum(_local_mean(grey * grey), 0))
    return grey / (contrast + np.float32(P.LEAST_GREY)), contrast


def _local_mean(values: Plane) -> Plane:
    from scipy import ndimage

    mean: Plane = ndimage.uniform_filter(values, P.NEARBY_PX, mode="nearest")
    return mean


def _inked(contrast: Plane, rows: int, columns: int) -> NDArray[np.bool_]:
    """Cells with enough contrast for ridges, in themselves and in the four beside them."""
    step = P.STEP_PX
    cells = contrast[: rows * step, : columns * step].reshape(rows, step, columns, step).mean(axis=(1, 3))
    inked = np.pad(cells > max(P.FAINT_GREY, P.FAINT_SHARE * float(np.percentile(cells, 90))), 1, mode="edge")
    above_and_below, beside = inked[:-2] & inked[2:], inked[:, :-2] & inked[:, 2:]
    return np.asarray(inked[1:-1, 1:-1] & above_and_below[:, 1:-1] & beside[1:-1])


def _power(flat: Plane, rows: int, columns: int) -> Plane:
    """Energy of each wave of the band around each cell: [rows, columns, waves].

    The window's transform is separable, and windows above each other share their lines: first all lines, then down.
    Each product of matrices is a small one: larger ones would be spread over threads, which cost more than they gain.
    """
    margin = (P.WINDOW_PX - P.STEP_PX) // 2
    padded = np.pad(flat, margin)
    lines = sliding_window_view(padded, P.WINDOW_PX, axis=1)[:, :: P.STEP_PX][:, :columns]
    along = np.ascontiguousarray(lines) @ _ALONG
    waves = along.view(np.complex64).transpose(1, 0, 2)
    power = np.empty((rows, columns, len(_BAND)), dtype=np.float32)
    for row in range(rows):
        begin = row * P.STEP_PX
        spectrum = (_DOWN @ waves[:, begin : begin + P.WINDOW_PX]).reshape(columns, -1)[:, _IN_BAND]
        power[row] = (np.square(spectrum.real) + np.square(spectrum.imag)) * _BAND
    return power


def _smoothed(values: NDArray[Any]) -> NDArray[Any]:
    """Each cell with its eight neighbours, by the weights 1, 4, 1 both ways."""
    padded = np.pad(values, 1)
    lines = padded[:-2] + 4 * padded[1:-1] + padded[2:]
    return np.asarray(lines[:, :-2] + 4 * lines[:, 1:-1] + lines[:, 2:])


def _waves() -> tuple[NDArray[np.float32], NDArray[np.complex64]]:
    """Transforms along a line and down a column, with the taper; real and imaginary parts of the first in turn."""
    places = np.arange(P.WINDOW_PX) - (P.WINDOW_PX - 1) / 2
    taper = np.hanning(P.WINDOW_PX + 2)[1:-1]
    along = taper[:, None] * np.exp(-2j * np.pi * np.outer(places, _ACROSS) / P.WINDOW_PX)
    down = taper * np.exp(-2j * np.pi * np.outer(_UP_AND_DOWN, places) / P.WINDOW_PX)
    parts = np.stack([along.real, along.imag], axis=2).reshape(P.WINDOW_PX, -1)
    return np.ascontiguousarray(parts, dtype=np.float32), down.astype(np.complex64)


def _band(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for the periods looked for, falling to 0 outside them."""
    low, high = 1 / P.LONGEST_PX, 1 / P.SHORTEST_PX
    opens = (frequency - (1 - P.SHARPNESS) * low) / (P.SHARPNESS * low)
    closes = ((1 + P.SHARPNESS / 2) * high - frequency) / (P.SHARPNESS * high)
    return np.clip(opens, 0, 1) * np.clip(closes, 0, 1)


_CYCLES: Final = int(np.ceil(P.WINDOW_PX * (1 + P.SHARPNESS / 2) / P.SHORTEST_PX))
_ACROSS: Final = np.arange(_CYCLES + 1)
_UP_AND_DOWN: Final = np.arange(-_CYCLES, _CYCLES + 1)
_ALONG, _DOWN = _waves()
_Y, _X = (grid.ravel() for grid in np.meshgrid(_UP_AND_DOWN, _ACROSS, indexing="ij"))
_FREQUENCY: Final = np.hypot(_X, _Y) / P.WINDOW_PX
_HALF: Final = (_X > 0) | (_Y > 0)
"""A real image has each wave twice; one of each two is enough."""
_IN_BAND: Final = np.flatnonzero(_HALF & (_band(_FREQUENCY) > 0))
_BAND: Final = _band(_FREQUENCY)[_IN_BAND].astype(np.float32)
_TURN: Final = 2 * np.arctan2(-_Y, _X)[_IN_BAND]
"""Twice the direction that the wave travels in, y pointing up."""
_DOUBLE_ANGLE: Final = np.stack([np.cos(_TURN), np.sin(_TURN)]).astype(np.float32)
_SUMS: Final = np.stack([np.ones(len(_TURN)), np.cos(_TURN), np.sin(_TURN)], axis=1).astype(np.float32)
_LOG_SUMS: Final = np.stack([np.ones(len(_TURN)), -np.log(_FREQUENCY[_IN_BAND])], axis=1).astype(np.float32)
_TINY: Final = np.float32(1e-6)
"""Keeps a division by what may be nothing from failing."""
