"""The flow of a finger: pattern class, singular points, and ridge orientation from them.

The orientation is a zero-pole field (Sherlock and Monro 1993): a core adds half the angle under which it is
seen, a delta takes half of it away. Two corrections bring it nearer to skin: each singular point's angle is
bent by a few harmonics (the idea of Vizcaya and Gerhardt 1996, with smooth instead of piecewise functions),
and the field without singular points is an arch, not a set of straight lines.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from matching.synthesis import parameters as p
from matching.synthesis.fields import Floats, smooth_field


class PatternClass(Enum):
    """The classes of Henry's system, whorls split into plain whorl and twin loop."""

    ARCH = "arch"
    TENTED_ARCH = "tented_arch"
    LEFT_LOOP = "left_loop"
    RIGHT_LOOP = "right_loop"
    WHORL = "whorl"
    TWIN_LOOP = "twin_loop"


SHARES: dict[PatternClass, float] = {
    PatternClass.ARCH: p.SHARE_ARCH,
    PatternClass.TENTED_ARCH: p.SHARE_TENTED_ARCH,
    PatternClass.LEFT_LOOP: p.SHARE_LEFT_LOOP,
    PatternClass.RIGHT_LOOP: p.SHARE_RIGHT_LOOP,
    PatternClass.WHORL: p.SHARE_WHORL,
    PatternClass.TWIN_LOOP: p.SHARE_TWIN_LOOP,
}


@dataclass(frozen=True)
class Singularities:
    """Cores and deltas as (x, y) in pixels from the centre of the pad, y upwards.

    `turning` is how far the ridges around a core are hairpins (1) and not a fan (0).
    """

    cores: tuple[tuple[float, float], ...]
    deltas: tuple[tuple[float, float], ...]
    turning: float = 0.0


def draw_class(rng: np.random.Generator) -> PatternClass:
    """One class, by the shares found in the population."""
    classes = list(SHARES)
    return classes[int(np.searchsorted(np.cumsum([SHARES[c] for c in classes])[:-1], rng.random()))]


def draw_singularities(rng: np.random.Generator, pattern: PatternClass) -> Singularities:
    """Positions for one finger of the class, with the spread seen between fingers."""
    jitter = rng.normal(0.0, 1.0, 8)
    x, y = 12 * jitter[0], 10 + 16 * jitter[1]
    turning = float(rng.uniform(*p.HAIRPIN_SHARE))
    if pattern is PatternClass.ARCH:
        return Singularities((), ())
    if pattern is PatternClass.TENTED_ARCH:
        return Singularities(((x, y - 8),), ((x + 5 * jitter[2], y - 75 - 12 * jitter[3]),), turning / 4)
    if pattern in (PatternClass.LEFT_LOOP, PatternClass.RIGHT_LOOP):
        side = 1.0 if pattern is PatternClass.LEFT_LOOP else -1.0
        delta = (x + side * (78 + 16 * jitter[2]), y - 104 - 18 * jitter[3])
        return Singularities(((x, y),), (delta,), turning)
    left = (x - 92 - 14 * jitter[2], y - 92 - 15 * jitter[3])
    right = (x + 92 + 14 * jitter[4], y - 92 - 15 * jitter[5])
    if pattern is PatternClass.WHORL:
        gap = np.clip(13 + 8 * jitter[6], 4, 32)
        lean = 0.35 * gap * jitter[7]
        return Singularities(((x - lean, y + gap), (x + lean, y - gap)), (left, right), turning)
    side = 1.0 if rng.random() < 0.5 else -1.0
    apart, gap = 24 + 5 * abs(jitter[6]), 16 + 5 * jitter[7]
    return Singularities(((x - side * apart, y + gap), (x + side * apart, y - gap)), (left, right), turning)


def _bent_angle(rng: np.random.Generator, dx: Floats, dy: Floats) -> Floats:
    angle = np.arctan2(dy, dx)
    bent = angle.copy()
    for harmonic in range(1, p.BEND_HARMONICS + 1):
        amplitude, phase = rng.normal(0.0, p.BEND_AMPLITUDE / harmonic), rng.uniform(0.0, 2 * np.pi)
        bent += np.float32(amplitude) * np.sin(np.float32(harmonic) * angle + np.float32(phase))
    return bent


def _arch_flow(rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    slope = np.float32(rng.uniform(*p.ARCH_SLOPE_TOP))
    skew = np.float32(rng.normal(0.0, 12.0))
    start = np.float32(rng.normal(-70.0, 12.0))
    rise = 1 / (1 + np.exp(-(y - start) / np.float32(p.ARCH_FADE_PX / 3)))
    across = np.clip((x - skew) / np.float32(p.ARCH_HALF_WIDTH_PX), -1.3, 1.3)
    return np.asarray(-slope * rise * np.sin(np.float32(np.pi / 2) * across), dtype=np.float32)


def _hairpin(rng: np.random.Generator, turning: float, rest: Floats, dx: Floats, dy: Floats) -> Floats:
    """What makes ridges turn around a core in half circles with parallel legs, where they would fan out.

    Around a bare core the flow is half the angle seen from its opening; hairpins of even spacing need a triangle
    wave less, of which this is the fundamental. It fades with the distance from the core.
    """
    here = np.unravel_index(np.argmin(dx**2 + dy**2), dx.shape)
    opening = 2 * rest[here]
    reach = np.float32(rng.uniform(*p.HAIRPIN_REACH_PX))
    depth = np.float32(p.HAIRPIN_AMPLITUDE * turning)
    fade = np.exp(-(dx**2 + dy**2) / (2 * reach**2))
    return np.asarray(-depth * fade * np.sin(np.arctan2(dy, dx) - opening), dtype=np.float32)


def orientation_field(
    rng: np.random.Generator, singularities: Singularities, step_px: int = p.FIELD_STEP_PX
) -> NDArray[np.float32]:
    """Ridge orientation in [0, pi) at every `step_px`: counter-clockwise from the x axis, y upwards."""
    shape = (p.MASTER_HEIGHT_PX // step_px, p.MASTER_WIDTH_PX // step_px)
    rows, cols = np.indices(shape, dtype=np.float32)
    x, y = step_px * cols - np.float32(p.CENTRE_X_PX), np.float32(p.CENTRE_Y_PX) - step_px * rows
    theta = _arch_flow(rng, x, y)
    theta += np.float32(p.WANDER_AMPLITUDE) * smooth_field(rng, shape, p.WANDER_KNOT_PX / step_px)
    for px, py in singularities.deltas:
        theta -= np.float32(0.5) * _bent_angle(rng, x - np.float32(px), y - np.float32(py))
    around = [(x - np.float32(px), y - np.float32(py)) for px, py in singularities.cores]
    pulls = [np.float32(0.5) * _bent_angle(rng, dx, dy) for dx, dy in around]
    total = np.asarray(sum(pulls, start=theta), dtype=np.float32)
    hairpins = [
        _hairpin(rng, singularities.turning, total - pull, dx, dy)
        for pull, (dx, dy) in zip(pulls, around, strict=True)
    ]
    return np.mod(sum(hairpins, start=total), np.float32(np.pi))
