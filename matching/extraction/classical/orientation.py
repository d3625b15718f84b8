"""Smooth directions and periods from those of the windows."""

from __future__ import annotations

import numpy as np

from matching.extraction.classical import parameters as p
from matching.extraction.classical.grid import enlarged
from matching.extraction.classical.normalisation import Pixels
from matching.extraction.classical.segmentation import Mask
from matching.extraction.classical.waves import Turns, Waves, smooth_turns


def orientation(waves: Waves, mask: Mask, fine_cells: float = p.FINE_CELLS) -> Turns:
    """Directions smoothed as doubled angles (Kass and Witkin 1987) at two scales.

    Each window weighs as much as it is coherent: where the finer scale finds no agreement, its sum is short, and the
    coarser one decides.
    """
    turn = waves.turn * mask
    fine = smooth_turns(turn, fine_cells, mode="constant")
    coarse = smooth_turns(turn, p.COARSE_CELLS, mode="constant")
    both: Turns = fine + np.float32(p.COARSE_WEIGHT) * coarse
    return both


def along_ridges(turn: Turns, inside: Mask) -> Pixels:
    """Direction along the ridges of each pixel, radians from 0 to pi with y down; NaN outside the print."""
    real, imaginary = enlarged(turn.real, inside.shape), enlarged(turn.imag, inside.shape)
    along = (np.arctan2(imaginary, real) / 2 + np.pi / 2) % np.pi
    return np.where(inside, along, np.nan).astype(np.float32)
