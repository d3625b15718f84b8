"""One touch of the glass: where the finger lies, how its skin is dragged, how much of it meets the glass."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.synthesis import parameters as p
from matching.synthesis.fields import Floats, smooth_field
from matching.synthesis.pad import Pad

Greys = NDArray[np.uint8]

SIDE_RANGE_PX = (64, 1024)


@dataclass(frozen=True)
class Conditions:
    """How one touch was made; `Finger.impression` gives the meaning and range of each field."""

    displacement_px: tuple[float, float]
    rotation_deg: float
    distortion_px: float
    distortion_towards_deg: float
    torsion_deg: float
    pressure: float
    moisture: float
    wear: float

    def __post_init__(self) -> None:
        limits = {
            "rotation_deg": (self.rotation_deg, -180.0, 180.0),
            "distortion_px": (self.distortion_px, 0.0, 40.0),
            "pressure": (self.pressure, -1.0, 1.0),
            "moisture": (self.moisture, -1.0, 1.0),
            "wear": (self.wear, 0.0, 1.0),
            "displacement_px to the right": (
                self.displacement_px[0],
                -p.DISPLACEMENT_LIMIT_PX,
                p.DISPLACEMENT_LIMIT_PX,
            ),
            "displacement_px down": (
                self.displacement_px[1],
                -p.DISPLACEMENT_LIMIT_PX,
                p.DISPLACEMENT_LIMIT_PX,
            ),
        }
        for name, (value, low, high) in limits.items():
            if not low <= value <= high:
                raise ValueError(f"{name} must be between {low:g} and {high:g}, not {value}")


def draw_conditions(rng: np.random.Generator, severity: float) -> dict[str, Any]:
    """Fields of `Conditions` for a touch of this severity (0 careful, 1 as bad as gates see)."""

    def spread(limits: tuple[float, float]) -> float:
        return limits[0] + severity * limits[1]

    normal = np.clip(rng.standard_normal(7), -2.0, 2.0)
    return {
        "displacement_px": tuple(float(v) for v in normal[:2] * spread(p.DISPLACEMENT_SPREAD_PX)),
        "rotation_deg": float(normal[2] * spread(p.ROTATION_SPREAD_DEG)),
        "distortion_px": float(abs(normal[3]) * spread(p.DISTORTION_SPREAD_PX)),
        "torsion_deg": float(normal[4] * spread(p.TORSION_SPREAD_DEG)),
        "pressure": float(np.clip(normal[5] * spread(p.PRESSURE_SPREAD), -1, 1)),
        "moisture": float(np.clip(normal[6] * spread(p.MOISTURE_SPREAD), -1, 1)),
        "distortion_towards_deg": float(rng.uniform(0.0, 360.0)),
        "wear": float(rng.uniform(0.0, spread(p.WEAR_MAX))),
    }


def to_pad(conditions: Conditions, pad: Pad, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Where on the pad (pixels right and down from its centre) points of the glass touch it.

    `x`, `y` are pixels right and down from the middle of the window. Skin sticks in the middle of the contact
    and slips more and more towards its rim (Cappelli, Maio, Maltoni 2001).
    """
    x, y = x - np.float32(conditions.displacement_px[0]), y - np.float32(conditions.displacement_px[1])
    turn = np.deg2rad(conditions.rotation_deg)
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    x, y = cos * x - sin * y, sin * x + cos * y
    towards = np.deg2rad(conditions.distortion_towards_deg)
    twist = np.float32(np.deg2rad(conditions.torsion_deg))
    way = (pad.outline(x, y) - np.float32(p.STICK_FRACTION)) / np.float32(p.SLIP_FRACTION - p.STICK_FRACTION)
    slip = np.float32(0.5) - np.float32(0.5) * np.cos(np.float32(np.pi) * np.clip(way, 0, 1))
    along_x = np.float32(conditions.distortion_px * np.cos(towards)) - twist * y
    along_y = np.float32(conditions.distortion_px * np.sin(towards)) + twist * x
    return x + slip * along_x, y + slip * along_y


@njit(cache=True, nogil=True)
def _sample(ridges: Floats, texture: Floats, x: Floats, y: Floats, relief: Floats, grain: Floats) -> None:
    rows, cols = ridges.shape
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            u = min(max(x[r, c], np.float32(0.0)), np.float32(cols - 1.001))
            v = min(max(y[r, c], np.float32(0.0)), np.float32(rows - 1.001))
            i, j = int(v), int(u)
            fv, fu = v - np.float32(i), u - np.float32(j)
            w00, w01 = (1 - fv) * (1 - fu), (1 - fv) * fu
            w10, w11 = fv * (1 - fu), fv * fu
            relief[r, c] = (
                w00 * ridges[i, j]
                + w01 * ridges[i, j + 1]
                + w10 * ridges[i + 1, j]
                + w11 * ridges[i + 1, j + 1]
            )
            grain[r, c] = texture[i, j]


def _contact(pad: Pad, c: Conditions, rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """1 where the skin lies fully on the glass, 0 where it does not touch, a ragged slope between."""
    reach = pad.outline(x, y) / np.float32(1 + 0.07 * c.pressure)
    ragged = np.float32(p.EDGE_RAGGED) * smooth_field(rng, (x.shape[0], x.shape[1]), p.EDGE_KNOT_PX)
    contact: Floats = np.clip((1 - reach + ragged) / np.float32(p.EDGE_FRACTION), 0, 1)
    return contact


def _relief_met(
    c: Conditions, rng: np.random.Generator, relief: Floats, grain: Floats, contact: Floats
) -> Floats:
    """How far the skin is pressed in at each pixel: above 0 it darkens the glass."""
    shape = (relief.shape[0], relief.shape[1])
    patch = smooth_field(rng, shape, p.BIAS_PATCH_KNOT_PX)
    dry = max(-c.moisture, 0.0)
    uneven = p.BIAS_PATCH * (1 + dry + c.wear)
    bias = (
        np.float32(p.BIAS_PRESSURE * c.pressure + p.BIAS_MOISTURE * c.moisture) + np.float32(uneven) * patch
    )
    rough = np.float32(p.GRAIN_BASE + p.GRAIN_DRY * dry + p.GRAIN_WEAR * c.wear)
    fresh = _blurred(rng.standard_normal(shape, dtype=np.float32))
    flat = np.float32(1 - p.WEAR_FLATTENS * c.wear)
    rim = np.float32(p.BIAS_EDGE) * (1 - contact)
    met: Floats = flat * relief + bias - rim + rough * (np.float32(0.8) * grain + np.float32(0.9) * fresh)
    return met


def _blurred(image: Floats) -> Floats:
    padded = np.pad(image, 1, mode="edge")
    rows = 0.56 * padded[1:-1] + 0.22 * (padded[:-2] + padded[2:])
    return np.asarray(0.56 * rows[:, 1:-1] + 0.22 * (rows[:, :-2] + rows[:, 2:]), dtype=np.float32)


def _greys(c: Conditions, rng: np.random.Generator, ink: Floats, grey_levels: int) -> Greys:
    shape = (ink.shape[0], ink.shape[1])
    low, high = p.DARKNESS
    dark = low + (high - low) * (0.55 + 0.3 * c.pressure + 0.15 * c.moisture)
    depth = np.float32(dark) * (1 + np.float32(0.06) * smooth_field(rng, shape, 90.0))
    glass = np.float32(rng.uniform(*p.GLASS_GREY)) + np.float32(2.0) * smooth_field(rng, shape, 120.0)
    image = glass - depth * ink
    count = int(rng.poisson(p.SPECKS_PER_MEGAPIXEL * shape[0] * shape[1] / 1e6))
    image[rng.integers(0, shape[0], count), rng.integers(0, shape[1], count)] -= rng.uniform(20, 180, count)
    image = _blurred(image)
    image += np.float32(p.SENSOR_NOISE_GREY) * rng.standard_normal(shape, dtype=np.float32)
    step = 255.0 / (grey_levels - 1)
    return np.asarray(np.rint(np.clip(image, 0, 255) / step) * step, dtype=np.uint8)


def render(
    ridges: Floats,
    texture: Floats,
    pad: Pad,
    conditions: Conditions,
    rng: np.random.Generator,
    shape: tuple[int, int],
    grey_levels: int,
) -> Greys:
    """The picture of one touch; ValueError for a window or a number of grey levels no reader has."""
    for side in shape:
        if not SIDE_RANGE_PX[0] <= side <= SIDE_RANGE_PX[1]:
            raise ValueError(
                f"an image side must be {SIDE_RANGE_PX[0]} to {SIDE_RANGE_PX[1]} pixels, not {side}"
            )
    if grey_levels not in (16, 256):
        raise ValueError(f"grey_levels must be 16 or 256, not {grey_levels}")
    rows, cols = np.indices(shape, dtype=np.float32)
    x, y = to_pad(conditions, pad, cols - np.float32(shape[1] / 2), rows - np.float32(shape[0] / 2))
    relief, grain = np.empty(shape, np.float32), np.empty(shape, np.float32)
    _sample(ridges, texture, x + np.float32(p.CENTRE_X_PX), y + np.float32(p.CENTRE_Y_PX), relief, grain)
    contact = _contact(pad, conditions, rng, x, y)
    met = _relief_met(conditions, rng, relief, grain, contact)
    ink = np.minimum(contact * 4, 1) / (1 + np.exp(np.float32(-p.INK_SLOPE) * met))
    return _greys(conditions, rng, np.asarray(ink, dtype=np.float32), grey_levels)
