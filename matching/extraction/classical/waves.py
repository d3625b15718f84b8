"""The waves of each window: which way, how long, how pure.

Short-time Fourier analysis (Chikkerur, Cartwright, Govindaraju: "Fingerprint enhancement using STFT analysis",
Pattern Recognition 40, 2007): direction and length are means over the spectrum, not its highest point, so that two
flows in one window give a coherence near 0 instead of a wrong answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import ndimage

from matching.extraction.classical import parameters as p
from matching.extraction.classical.normalisation import Pixels
from matching.extraction.classical.products import product, products_down

Cells: TypeAlias = NDArray[np.float32]
"""One value a cell of STEP_PX, [rows, columns]."""
Turns: TypeAlias = NDArray[np.complex64]
"""One direction a cell across its ridges: an angle doubled, y down, so that opposite ones are the same; its length is
the coherence, 0 to 1."""

_MARGIN: Final = (p.WINDOW_PX - p.STEP_PX) // 2
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Waves:
    turn: Turns
    purity: Cells
    """Share of the energy that is in waves of ridge period, 0 to 1."""
    cycles_per_px: Cells

    def flow(self) -> Cells:
        """Coherence after neighbours were asked, 0 to 1."""
        return np.abs(smooth_turns(self.turn, p.FLOW_CELLS, mode="reflect"))


def measure(grey: Pixels) -> Waves:
    """The waves of a levelled image; a window is centred on its cell and sees zeros beyond the image."""
    pads = [(_MARGIN, -side % p.STEP_PX + _MARGIN) for side in grey.shape]
    padded = np.pad(grey, pads)
    power = _power(padded)
    grid = power.shape[:2]
    flat = power.reshape(-1, power.shape[2])
    energy, cosine, sine = product(flat, _MEANS).T
    turn = (cosine + 1j * sine) / np.maximum(energy, _TINY)
    weight, weighted = product(np.square(flat), _PEAKED_MEANS).T
    cycles = weighted / np.maximum(weight, _TINY**2)
    purity: Cells = (energy.reshape(grid) / np.maximum(_energy(padded), _TINY)).astype(np.float32)
    return Waves(turn.reshape(grid).astype(np.complex64), purity, cycles.reshape(grid))


def smooth_turns(turn: Turns, sigma: float, mode: str) -> Turns:
    real = ndimage.gaussian_filter(turn.real, sigma, mode=mode)
    imaginary = ndimage.gaussian_filter(turn.imag, sigma, mode=mode)
    smooth: Turns = real + 1j * imaginary
    return smooth


def _power(padded: Pixels) -> NDArray[np.float32]:
    """Spectrum of each window, [rows, columns, waves], by two matrix products; windows share what their lines share."""
    lines = sliding_window_view(padded, p.WINDOW_PX, 1)[:, :: p.STEP_PX]
    columns = lines.shape[1]
    across = product(np.ascontiguousarray(lines).reshape(-1, p.WINDOW_PX), _COLUMN_WAVES).reshape(
        len(padded), -1
    )
    down = products_down(_ROW_WAVES, across, p.STEP_PX)
    both = down.reshape(len(down), 2, len(_ROW_WAVES) // 2, columns, 2, -1)
    real = both[:, 0, :, :, 0] - both[:, 1, :, :, 1]
    imaginary = both[:, 0, :, :, 1] + both[:, 1, :, :, 0]
    power = np.square(real) + np.square(imaginary)
    return np.ascontiguousarray(power.transpose(0, 2, 1, 3)).reshape(len(down), columns, -1)


def _energy(padded: Pixels) -> Cells:
    """Of all waves of each window, in the units of half a spectrum (Parseval)."""
    across = sliding_window_view(np.square(padded), p.WINDOW_PX, 1)[:, :: p.STEP_PX] @ np.square(_TAPER)
    down = sliding_window_view(across, p.WINDOW_PX, 0)[:: p.STEP_PX] @ np.square(_TAPER)
    energy: Cells = (down * (p.WINDOW_PX**2 / 2)).astype(np.float32)
    return energy


def _waves() -> tuple[Pixels, Pixels]:
    """[WINDOW_PX, waves] with cosines then sines, and [waves, WINDOW_PX] likewise, both with the window's taper."""
    places = np.arange(p.WINDOW_PX)
    columns = _TAPER[:, None] * np.exp(-2j * np.pi * np.outer(places, _COLUMN_CYCLES) / p.WINDOW_PX)
    rows = _TAPER * np.exp(-2j * np.pi * np.outer(_ROW_CYCLES, places) / p.WINDOW_PX)
    return (
        np.hstack([columns.real, columns.imag]).astype(np.float32),
        np.vstack([rows.real, rows.imag]).astype(np.float32),
    )


def _columns(*values: NDArray[np.float64]) -> Pixels:
    """[waves, values], of ridge waves only."""
    return np.ascontiguousarray((_IN_BAND * np.stack(values)).T, np.float32)


_MOST: Final = int(np.ceil(p.WINDOW_PX / p.MIN_PERIOD_PX))
_COLUMN_CYCLES: Final = np.arange(_MOST + 1)
_ROW_CYCLES: Final = np.arange(-_MOST, _MOST + 1)
_TAPER: Final = np.hanning(p.WINDOW_PX + 2)[1:-1].astype(np.float32)
_COLUMN_WAVES, _ROW_WAVES = _waves()
_Y, _X = (grid.ravel() for grid in np.meshgrid(_ROW_CYCLES, _COLUMN_CYCLES, indexing="ij"))
_CYCLES: Final = np.hypot(_Y, _X)
_RIDGES: Final = (p.WINDOW_PX / p.MAX_PERIOD_PX <= _CYCLES) & (p.WINDOW_PX / p.MIN_PERIOD_PX >= _CYCLES)
# A wave without cycles across the columns stands in both halves of the half plane, so each counts for half.
_IN_BAND: Final = (_RIDGES * np.where(_X > 0, 1.0, 0.5)).astype(np.float32)
_DOUBLED: Final = 2 * np.arctan2(_Y, _X)
_MEANS: Final = _columns(np.ones_like(_CYCLES), np.cos(_DOUBLED), np.sin(_DOUBLED))
_PEAKED_MEANS: Final = _columns(np.ones_like(_CYCLES), _CYCLES / p.WINDOW_PX)
