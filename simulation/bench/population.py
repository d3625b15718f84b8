"""Minutiae of many fingers that never were, for the search: quickly drawn, with a flow of ridges and of nobody.

Fields of direction that bend about as a finger's do make impostors alike by chance; directions at random would not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import Template

WIDTH, HEIGHT = 256, 288
_SPACING_PX: Final = 36
"""Between the places minutiae are shaken away from: about 50 to a print, of which four in five are drawn."""
_DRAWN: Final = 0.8
_SHAKEN: Final = 0.38
"""Of the spacing, at most, to either side: none are nearer than 8 px."""


def drawn_finger(number: int) -> Template:
    """The minutiae of one finger; the same for the same number."""
    rng = np.random.default_rng((number, 1))
    across, down = np.meshgrid(
        np.arange(14, WIDTH - 12, _SPACING_PX), np.arange(14, HEIGHT - 12, _SPACING_PX), indexing="ij"
    )
    places = np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float64)
    places = places[rng.random(len(places)) < _DRAWN]
    places += rng.uniform(-_SHAKEN, _SHAKEN, places.shape) * _SPACING_PX
    angles = _flow(places, rng) + 128 * rng.integers(0, 2, len(places)) + rng.normal(0, 5, len(places))
    return _template(places, angles, rng)


def touched(finger: Template, rng: np.random.Generator) -> Template:
    """Another touch: turned, moved off the glass in part, bent, with minutiae lost and false ones found."""
    turn, kept = rng.normal(0, 0.2), rng.random(len(finger)) < rng.uniform(0.5, 0.97)
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    places = np.stack([finger.x[kept], finger.y[kept]], axis=1) - middle
    cosine, sine = np.cos(turn), np.sin(turn)
    places = places @ np.array([[cosine, -sine], [sine, cosine]])
    places += middle + rng.normal(0, 25, 2) + rng.normal(0, 1.4, places.shape)
    places += rng.exponential(2.5) * np.sin(places[:, ::-1] / 60 + rng.uniform(0, 6, 2))
    angles = finger.angle[kept] + turn * 128 / np.pi + rng.normal(0, 4, len(places))
    false = rng.integers(0, 8)
    places = np.concatenate([places, rng.uniform((0, 0), (WIDTH, HEIGHT), (false, 2))])
    angles = np.concatenate([angles, rng.uniform(0, 256, false)])
    seen = ((places >= 0) & (places < (WIDTH - 1, HEIGHT - 1))).all(axis=1)
    return _template(places[seen], angles[seen], rng)


def _flow(places: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Direction of the ridges in units of 1/256 turn: of a core and a delta somewhere, or of an arch (Sherlock and
    Monro, "A model for interpreting fingerprint topology", Pattern Recognition 26(7), 1993)."""
    x, y = (places / (WIDTH, HEIGHT)).T
    flow: NDArray[np.float64] = 64 * rng.normal(0, 0.15) + 24 * (y - 0.5) * np.sin(np.pi * (x - 0.5) * 2)
    if rng.random() < 0.94:
        core = rng.normal((0.5, 0.42), 0.08)
        delta = core + np.array([rng.choice([-1, 1]) * rng.uniform(0.15, 0.5), rng.uniform(0.25, 0.6)])
        for (at_x, at_y), sign in ((core, 1), (delta, -1)):
            flow = flow - sign * 0.5 * np.arctan2(y - at_y, x - at_x) * 128 / np.pi
    return flow


def _template(places: NDArray[np.float64], angles: NDArray[np.float64], rng: np.random.Generator) -> Template:
    count = len(places)
    whole = np.clip(np.rint(places), 0, (WIDTH - 1, HEIGHT - 1)).astype(np.int16)
    return Template(
        x=whole[:, 0],
        y=whole[:, 1],
        angle=(np.rint(angles).astype(np.int64) % 256).astype(np.uint8),
        kind=rng.integers(1, 3, count).astype(np.uint8),
        quality=rng.integers(30, 100, count).astype(np.uint8),
        width=WIDTH,
        height=HEIGHT,
    )
