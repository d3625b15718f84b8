"""The skin around the ridges: outline of the pad, pores and grain, scars."""

from dataclasses import dataclass

import numpy as np

from matching.synthesis import parameters as p
from matching.synthesis.fields import Floats


@dataclass(frozen=True)
class Pad:
    """Outline of the skin that can touch, in pixels from the centre of the pattern."""

    half_width_px: float
    tip_px: float
    heel_px: float

    def outline(self, x: Floats, y: Floats) -> Floats:
        """0 at the middle of the pad, 1 on its outline, more outside; x right, y down from the centre."""
        length = np.where(y < 0, np.float32(self.tip_px), np.float32(self.heel_px))
        return np.asarray(np.hypot(x / np.float32(self.half_width_px), y / length), dtype=np.float32)


def draw_pad(rng: np.random.Generator) -> Pad:
    """One finger's outline."""
    return Pad(float(rng.uniform(*p.PAD_HALF_WIDTH_PX)), float(rng.uniform(*p.PAD_TIP_PX)), p.PAD_HEEL_PX)


def skin_texture(rng: np.random.Generator) -> Floats:
    """Grain a little coarser than a pixel, unit deviation, of the master's size."""
    noise = rng.standard_normal((p.MASTER_HEIGHT_PX, p.MASTER_WIDTH_PX), dtype=np.float32)
    for axis in (0, 1):
        noise = np.asarray(noise + 0.7 * (np.roll(noise, 1, axis) + np.roll(noise, -1, axis)), np.float32)
    return np.asarray(noise / noise.std(), dtype=np.float32)


def with_scars(rng: np.random.Generator, ridges: Floats) -> Floats:
    """The ridges with this finger's scars, pale curved lines; most fingers have none."""
    for _ in range(int(rng.poisson(p.SCAR_MEAN_COUNT))):
        ridges = _with_scar(rng, ridges)
    return ridges


def _with_scar(rng: np.random.Generator, ridges: Floats) -> Floats:
    rows, cols = np.indices(ridges.shape, dtype=np.float32)
    x = cols - np.float32(p.CENTRE_X_PX + rng.normal(0.0, 60.0))
    y = rows - np.float32(p.CENTRE_Y_PX + rng.normal(0.0, 70.0))
    turn = rng.uniform(0.0, np.pi)
    along = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    bend = np.float32(rng.normal(0.0, 0.0015))
    across = y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn)) - bend * along**2
    half_length = np.float32(rng.uniform(*p.SCAR_LENGTH_PX) / 2)
    taper = np.clip(1 - (along / half_length) ** 2, 0, 1)
    half_width = np.float32(rng.uniform(*p.SCAR_HALF_WIDTH_PX))
    depth = taper * np.exp(-((across / half_width) ** 2) / 2)
    return np.asarray(ridges - np.float32(p.SCAR_DEPTH) * depth, dtype=np.float32)
