"""Ridges grown from scattered seeds by filters that follow the flow (the idea of SFinGe: Cappelli 2004).

Each round replaces every pixel by the answer of the band-pass filter whose orientation and period fit that
place, then saturates. Minutiae are not drawn: they arise where ridges from different seeds meet and where the
flow spreads. Growth runs at half size, where it is cheap, and ends with a few rounds at full size.
"""

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.synthesis import parameters as p
from matching.synthesis.fields import Floats, smooth_field


def period_map(rng: np.random.Generator) -> Floats:
    """Ridge period on the half-size grid, in pixels at 500 dpi."""
    shape = p.FIELD_SHAPE
    base = np.clip(rng.normal(p.PERIOD_MEAN_PX, p.PERIOD_SPREAD_PX), *p.PERIOD_RANGE_PX)
    below = p.FIELD_STEP_PX * np.arange(shape[0], dtype=np.float32) / np.float32(p.CENTRE_Y_PX) - 1
    towards_crease = 1 + np.float32(p.PERIOD_CREASE_GAIN) * np.clip(below - 0.15, 0, 1)
    noise = 1 + np.float32(p.PERIOD_NOISE) * smooth_field(rng, shape, p.PERIOD_KNOT_PX / p.FIELD_STEP_PX)
    period = np.float32(base) * towards_crease[:, None] * noise
    return np.asarray(np.clip(period, p.PERIOD_LOW_PX, p.PERIOD_HIGH_PX), dtype=np.float32)


@lru_cache(maxsize=2)
def filter_bank(scale: float, radius: int) -> Floats:
    """(ORIENTATIONS * PERIODS, n, n) even Gabor filters without mean and of unit gain at their own wave."""
    y, x = np.mgrid[radius : -radius - 1 : -1, -radius : radius + 1].astype(np.float64)
    bank = np.empty((p.ORIENTATIONS * p.PERIODS, 2 * radius + 1, 2 * radius + 1), dtype=np.float32)
    for o in range(p.ORIENTATIONS):
        theta = np.pi * o / p.ORIENTATIONS
        across = -x * np.sin(theta) + y * np.cos(theta)
        for k, period in enumerate(np.linspace(p.PERIOD_LOW_PX, p.PERIOD_HIGH_PX, p.PERIODS) * scale):
            envelope = np.exp(-(x**2 + y**2) / (2 * (p.ENVELOPE_PERIODS * period) ** 2))
            wave = np.cos(2 * np.pi * across / period)
            kernel = envelope * (wave - (envelope * wave).sum() / envelope.sum())
            bank[o * p.PERIODS + k] = kernel / (kernel * wave).sum()
    bank.setflags(write=False)
    return bank


def _filter_index(orientation: Floats, period: Floats) -> NDArray[np.int16]:
    o = np.rint(orientation * np.float32(p.ORIENTATIONS / np.pi)).astype(np.int16) % p.ORIENTATIONS
    step = (p.PERIOD_HIGH_PX - p.PERIOD_LOW_PX) / (p.PERIODS - 1)
    k = np.rint((period - np.float32(p.PERIOD_LOW_PX)) / np.float32(step)).astype(np.int16)
    return np.asarray(o * p.PERIODS + k, dtype=np.int16)


@njit(cache=True, fastmath=True, nogil=True)
def _filter_round(
    padded: Floats, bank: Floats, index: NDArray[np.int16], gain: float, out: Floats, radius: int
) -> None:
    # Four neighbours share one filter: the compiler then keeps four sums in registers, three times as fast.
    size = bank.shape[1]
    g = np.float32(gain)
    one = np.float32(1.0)
    for r in range(index.shape[0]):
        for c in range(0, index.shape[1], 4):
            kernel = bank[index[r, c + 2]]
            a0 = a1 = a2 = a3 = np.float32(0.0)
            for i in range(size):
                for j in range(size):
                    k = kernel[i, j]
                    a0 += k * padded[r + i, c + j]
                    a1 += k * padded[r + i, c + j + 1]
                    a2 += k * padded[r + i, c + j + 2]
                    a3 += k * padded[r + i, c + j + 3]
            a0, a1, a2, a3 = a0 * g, a1 * g, a2 * g, a3 * g
            o = c + radius
            out[r + radius, o] = a0 / np.sqrt(one + a0 * a0)
            out[r + radius, o + 1] = a1 / np.sqrt(one + a1 * a1)
            out[r + radius, o + 2] = a2 / np.sqrt(one + a2 * a2)
            out[r + radius, o + 3] = a3 / np.sqrt(one + a3 * a3)


def _grow(image: Floats, index: NDArray[np.int16], bank: Floats, rounds: int) -> Floats:
    radius = bank.shape[1] // 2
    here = np.pad(image, radius)
    there = np.zeros_like(here)
    for _ in range(rounds):
        _filter_round(here, bank, index, p.GROWTH_GAIN, there, radius)
        here, there = there, here
    return np.ascontiguousarray(here[radius:-radius, radius:-radius])


def _seeds(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Scattered spots, in a faint noise that decides how ridges meet."""
    image = rng.standard_normal(shape, dtype=np.float32) * np.float32(1e-3)
    spacing = np.exp(rng.uniform(*np.log(p.SEED_SPACING_PX))) / 2
    count = round(shape[0] * shape[1] / spacing**2)
    rows, cols = rng.integers(0, shape[0], count), rng.integers(0, shape[1], count)
    image[rows, cols] = 1.0
    return image


def _double(image: Floats) -> Floats:
    """Twice the size, linear between pixels."""
    for axis in (0, 1):
        image = np.repeat(image, 2, axis=axis)
        near = np.roll(image, -1, axis=axis)
        far = np.roll(image, 1, axis=axis)
        image = np.asarray(0.5 * image + 0.25 * (near + far), dtype=np.float32)
    return image


def grow_ridges(rng: np.random.Generator, orientation: Floats, period: Floats) -> Floats:
    """The master print: about -1 in the valleys, +1 on the ridges, float32, twice the size of the fields."""
    index = _filter_index(orientation, period)
    shape = (index.shape[0], index.shape[1])
    coarse_bank, fine_bank = filter_bank(0.5, p.COARSE_RADIUS_PX), filter_bank(1.0, p.FINE_RADIUS_PX)
    coarse = _grow(_seeds(rng, shape), index, coarse_bank, p.COARSE_ROUNDS)
    fine_index = np.ascontiguousarray(index.repeat(2, axis=0).repeat(2, axis=1))
    return _grow(_double(coarse), fine_index, fine_bank, p.FINE_ROUNDS)
