"""Templates without images: minutiae strewn over a finger's flow, as many, as far apart and as steady as real ones.

For load tests, which need a hundred thousand fingers in minutes: growing ridges and finding minutiae in them costs
half a second a print, this a few milliseconds. The flow is that of `make_finger` with the same seed, the minutiae are
not those of its ridges. A touch moves, turns and drags them as it does ridges, loses the faint ones first, and adds
some that are none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.synthesis import parameters as p
from matching.synthesis.fields import Floats
from matching.synthesis.impression import Conditions, draw_conditions, to_pad
from matching.synthesis.pad import Pad, draw_pad
from matching.synthesis.pattern import draw_class, draw_singularities, orientation_field
from matching.synthesis.seeds import Purpose, generator
from matching.template import BIFURCATION, ENDING, Template

_UNITS = np.float32(256 / (2 * np.pi))


@dataclass(frozen=True, eq=False)
class DrawnFinger:
    """Minutiae of one pad, all arrays of one length, and the flow they lie in.

    - `x`, `y`: pixels right and down from the centre of the pattern
    - `direction`: radians, counter-clockwise from growing x
    - `is_ending`; `clarity`: 0 to 1, how surely a touch shows it
    - `flow`: orientation in radians (0 to pi) on the grid of DRAWN_STEP_PX
    """

    seed: int
    pad: Pad
    x: Floats = field(repr=False)
    y: Floats = field(repr=False)
    direction: Floats = field(repr=False)
    is_ending: NDArray[np.bool_] = field(repr=False)
    clarity: Floats = field(repr=False)
    flow: Floats = field(repr=False)

    def impression(
        self, seed: int, *, width: int = 256, height: int = 288, severity: float = p.DEFAULT_SEVERITY
    ) -> Template:
        """The template of one touch; `severity` as of `Finger.impression`."""
        conditions = Conditions(**draw_conditions(generator(Purpose.CONDITIONS, self.seed, seed), severity))
        rng = generator(Purpose.DRAWN_TOUCH, self.seed, seed)
        found = _seen(self, conditions, rng)
        return _template(self, conditions, rng, found, width, height)


def draw_finger(seed: int) -> DrawnFinger:
    """The drawn finger of this seed (0 or more), always the same one; ValueError when it is negative."""
    pattern = draw_class(generator(Purpose.CLASS, seed))
    rng = generator(Purpose.FLOW, seed)
    flow = orientation_field(rng, draw_singularities(rng, pattern), p.DRAWN_STEP_PX)
    pad = draw_pad(generator(Purpose.SKIN, seed))
    rng = generator(Purpose.DRAWN, seed)
    x, y = _places(rng, pad)
    up = rng.random(len(x)) < 0.5
    direction = _at(flow, x, y) + np.where(up, np.float32(np.pi), np.float32(0))
    clarity = np.interp(rng.random(len(x)), np.linspace(0, 1, 11), p.DRAWN_CLARITY)
    return DrawnFinger(
        seed=seed,
        pad=pad,
        x=x,
        y=y,
        direction=np.asarray(direction, dtype=np.float32),
        is_ending=rng.random(len(x)) < p.DRAWN_ENDINGS,
        clarity=clarity.astype(np.float32),
        flow=flow,
    )


def _places(rng: np.random.Generator, pad: Pad) -> tuple[Floats, Floats]:
    """Points on the pad, right and down from its centre, each kept with a chance that falls near those before it."""
    wanted = max(p.DRAWN_LEAST, round(float(rng.normal(p.DRAWN_MEAN, p.DRAWN_SPREAD))))
    tries = 4 * wanted
    x = rng.uniform(-pad.half_width_px, pad.half_width_px, tries)
    y = rng.uniform(-pad.tip_px, pad.heel_px, tries)
    on_pad = pad.outline(x.astype(np.float32), y.astype(np.float32)) < 1
    places = (x + 1j * y)[on_pad]
    luck = rng.random(len(places))
    kept = np.empty(wanted, dtype=np.complex128)
    count = 0
    for place, lucky in zip(places, luck, strict=True):
        nearest = np.abs(kept[:count] - place).min() if count else np.inf
        if lucky < (nearest - p.DRAWN_APART_PX[0]) / (p.DRAWN_APART_PX[1] - p.DRAWN_APART_PX[0]):
            kept[count] = place
            count += 1
            if count == wanted:
                break
    return kept.real[:count].astype(np.float32), kept.imag[:count].astype(np.float32)


def _at(plane: Floats, x: Floats, y: Floats) -> Floats:
    """Values of a grid of the master at points right and down from its centre."""
    rows = np.rint((y + p.CENTRE_Y_PX) / p.DRAWN_STEP_PX).astype(np.int64)
    columns = np.rint((x + p.CENTRE_X_PX) / p.DRAWN_STEP_PX).astype(np.int64)
    values: Floats = plane[rows.clip(0, plane.shape[0] - 1), columns.clip(0, plane.shape[1] - 1)]
    return values


def _on_glass(conditions: Conditions, pad: Pad, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Where points of the pad touch the glass: `to_pad` the other way, by stepping towards it."""
    turn = np.deg2rad(conditions.rotation_deg)
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    right, down = (np.float32(shift) for shift in conditions.displacement_px)
    to_x, to_y = cosine * x + sine * y + right, cosine * y - sine * x + down
    for _ in range(p.DRAWN_STEPS):
        at_x, at_y = to_pad(conditions, pad, to_x, to_y)
        off_x, off_y = x - at_x, y - at_y
        to_x, to_y = to_x + cosine * off_x + sine * off_y, to_y + cosine * off_y - sine * off_x
    return to_x, to_y


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one touch shows: x, y on the glass from the window's middle, direction, kind, quality 0 to 1."""

    x: Floats
    y: Floats
    direction: Floats
    is_ending: NDArray[np.bool_]
    quality: Floats


def _seen(finger: DrawnFinger, conditions: Conditions, rng: np.random.Generator) -> _Seen:
    """The finger's minutiae as this touch shows them, and those that it only seems to show."""
    count, false = len(finger.x), int(rng.poisson(p.DRAWN_FALSE_MEAN))
    dull = p.DRAWN_DULL * (conditions.wear + max(-conditions.moisture, 0.0) + max(conditions.moisture, 0.0))
    quality = finger.clarity + rng.normal(0, p.DRAWN_CLARITY_NOISE, count) - dull * rng.random(count)
    shown = rng.random(count) < np.interp(quality, *p.DRAWN_SHOWN)
    length = np.float32(4)
    along_x, along_y = length * np.cos(finger.direction), -length * np.sin(finger.direction)
    x, y = _on_glass(conditions, finger.pad, finger.x, finger.y)
    ahead_x, ahead_y = _on_glass(conditions, finger.pad, finger.x + along_x, finger.y + along_y)
    direction = np.arctan2(y - ahead_y, ahead_x - x) + rng.normal(0, p.DRAWN_TURN_RAD, count)
    flips = rng.random(count) < p.DRAWN_KIND_CHANGES
    jitter = rng.normal(0, p.DRAWN_JITTER_PX, (2, count))
    pads = finger.pad
    false_x = rng.uniform(-pads.half_width_px, pads.half_width_px, false).astype(np.float32)
    false_y = rng.uniform(-pads.tip_px, pads.tip_px, false).astype(np.float32)
    false_turn = _at(finger.flow, false_x, false_y) - np.deg2rad(conditions.rotation_deg)
    glass_x, glass_y = _on_glass(conditions, pads, false_x, false_y)
    return _Seen(
        x=np.concatenate([(x + jitter[0])[shown], glass_x]).astype(np.float32),
        y=np.concatenate([(y + jitter[1])[shown], glass_y]).astype(np.float32),
        direction=np.concatenate([direction[shown], false_turn + np.pi * rng.integers(0, 2, false)]).astype(
            np.float32
        ),
        is_ending=np.concatenate([(finger.is_ending ^ flips)[shown], rng.random(false) < p.DRAWN_ENDINGS]),
        quality=np.concatenate([quality[shown], rng.uniform(*p.DRAWN_FALSE_QUALITY, false)]).astype(
            np.float32
        ),
    )


def _template(
    finger: DrawnFinger,
    conditions: Conditions,
    rng: np.random.Generator,
    seen: _Seen,
    width: int,
    height: int,
) -> Template:
    pad_x, pad_y = to_pad(conditions, finger.pad, seen.x, seen.y)
    touching = finger.pad.outline(pad_x, pad_y) < 1 - p.DRAWN_RIM * rng.random(len(seen.x))
    x = np.rint(seen.x + width / 2).astype(np.int64)
    y = np.rint(seen.y + height / 2).astype(np.int64)
    rim = p.DRAWN_MARGIN_PX
    inside = touching & (x >= rim) & (x < width - rim) & (y >= rim) & (y < height - rim)
    best = np.flatnonzero(inside)[np.argsort(-seen.quality[inside], kind="stable")]
    quality = np.rint(100 * seen.quality[best]).clip(p.DRAWN_LEAST_QUALITY, 100).astype(np.uint8)
    return Template(
        x=x[best].astype(np.int16),
        y=y[best].astype(np.int16),
        angle=(np.rint(seen.direction[best] * _UNITS).astype(np.int64) % 256).astype(np.uint8),
        kind=np.where(seen.is_ending[best], ENDING, BIFURCATION).astype(np.uint8),
        quality=quality,
        width=width,
        height=height,
    )
