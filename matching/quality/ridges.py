"""Where an image has ridges: the strongest plane wave of each window, how pure and how high it is.

Fingerprints are locally one plane wave (short-time Fourier analysis as of Chikkerur, Cartwright and Govindaraju,
"Fingerprint enhancement using STFT analysis", 2007). Noise spreads its energy over all waves, shading and most
photographs keep it in waves far longer than a ridge period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.images import GreyImage
from matching.quality import parameters as p

Grid: TypeAlias = NDArray[np.float32]
Windows: TypeAlias = NDArray[np.bool_]

_SPAN: Final = int(np.ceil(p.WINDOW_PX / p.MIN_PERIOD_PX)) + 1
_ROWS: Final = np.arange(-_SPAN, _SPAN + 1)
_COLUMNS: Final = np.arange(-1, _SPAN + 1)
"""Cycles a window that are looked at: half of the plane, and a margin of one for the sum around a peak."""


@dataclass(frozen=True)
class RidgeMap:
    """One value for each window, [rows, columns] of windows 16 pixels apart."""

    purity: Grid
    """Share of the energy, without the mean, in the strongest wave; 0 when that wave is no ridge period."""
    contrast: Grid
    """Root mean square of that wave, in grey levels."""
    period_px: Grid
    across: Grid
    """Direction across the ridges in radians, from -pi/2 to pi/2, y pointing down."""
    grey: Grid
    """Mean grey level, 0 to 255."""

    def ridges(self) -> Windows:
        """Windows with clear ridges that the windows beside them continue."""
        clear = (self.purity >= p.MIN_PURITY) & (self.contrast >= p.MIN_CONTRAST)
        return clear & (self._like_neighbours(clear) >= p.MIN_LIKE_NEIGHBOURS)

    def faint(self) -> Windows:
        """Windows with a pure wave that is too low: a trace on the glass."""
        return (self.purity >= p.MIN_PURITY) & (self.contrast < p.MIN_CONTRAST)

    def _like_neighbours(self, clear: Windows) -> NDArray[np.int64]:
        count = np.zeros(clear.shape, np.int64)
        for axis in (0, 1):
            first = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
            second = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
            turn = np.abs((self.across[first] - self.across[second] + np.pi / 2) % np.pi - np.pi / 2)
            ratio = np.abs(np.log(self.period_px[first] / self.period_px[second]))
            like = clear[first] & clear[second]
            like &= (turn <= np.deg2rad(p.MAX_TURN_DEG)) & (ratio <= np.log(p.MAX_PERIOD_RATIO))
            count[first] += like
            count[second] += like
        return count


def measure(image: GreyImage) -> RidgeMap:
    """The ridge map of an image at 500 dpi of at least one window."""
    views = np.lib.stride_tricks.sliding_window_view(image, (p.WINDOW_PX, p.WINDOW_PX))
    views = views[:: p.STEP_PX, :: p.STEP_PX]
    grid = views.shape[:2]
    windows = views.reshape(-1, p.WINDOW_PX, p.WINDOW_PX).astype(np.float32)
    grey = windows.mean((1, 2), keepdims=True)
    windows = (windows - grey) * _TAPER
    peak, energy = _strongest_wave(_power(windows))
    total = np.square(windows).sum((1, 2)) * p.WINDOW_PX**2
    period, across, is_ridge = (table.ravel()[peak] for table in (_PERIOD, _ACROSS, _IS_RIDGE))
    purity = np.where(is_ridge, energy / np.maximum(total, 1), 0)
    contrast = np.sqrt(energy / np.square(_TAPER).sum()) / p.WINDOW_PX
    values = (purity, contrast, period, across, grey)
    return RidgeMap(*(value.reshape(grid).astype(np.float32) for value in values))


def _power(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Spectrum of the few waves that matter, by two matrix products: cheaper than a whole transform."""
    along = windows.reshape(-1, p.WINDOW_PX) @ _COLUMN_WAVES
    both = along.reshape(len(windows), p.WINDOW_PX, 2, len(_COLUMNS))
    complex_rows = (both[:, :, 0] + 1j * both[:, :, 1]).astype(np.complex64)
    spectrum = _ROW_WAVES @ complex_rows
    power: NDArray[np.float32] = spectrum.real**2 + spectrum.imag**2
    power[:, _SPAN, 1] = 0
    return power


def _strongest_wave(power: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Place and energy of the strongest wave of at most ridge frequency: a peak spreads over 3x3, twice."""
    rows = power[:, :-2] + power[:, 1:-1] + power[:, 2:]
    around = rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]
    flat = np.where(_SEARCHED, around, 0).reshape(len(power), -1)
    peak = flat.argmax(1)
    return peak, 2 * flat[np.arange(len(flat)), peak]


def _waves() -> tuple[NDArray[np.float32], NDArray[np.complex64]]:
    places = np.arange(p.WINDOW_PX)
    columns = np.exp(-2j * np.pi * np.outer(places, _COLUMNS) / p.WINDOW_PX)
    rows = np.exp(-2j * np.pi * np.outer(_ROWS, places) / p.WINDOW_PX)
    return np.hstack([columns.real, columns.imag]).astype(np.float32), rows.astype(np.complex64)


_COLUMN_WAVES, _ROW_WAVES = _waves()
_TAPER: Final = np.outer(*[np.hanning(p.WINDOW_PX + 2)[1:-1]] * 2).astype(np.float32)
_Y, _X = np.meshgrid(_ROWS[1:-1], _COLUMNS[1:-1], indexing="ij")
_CYCLES: Final = np.hypot(_Y, _X)
_PERIOD: Final = p.WINDOW_PX / np.maximum(_CYCLES, 0.5)
_ACROSS: Final = np.arctan2(_Y, _X)
_SEARCHED: Final = (_CYCLES >= 1) & (_PERIOD >= p.MIN_PERIOD_PX) & ((_X > 0) | (_Y > 0))
_IS_RIDGE: Final = _SEARCHED & (_PERIOD <= p.MAX_PERIOD_PX)
