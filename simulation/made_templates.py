"""Minutiae strewn at random, for load only: as many and as far apart as a finger's, and of nobody."""

from __future__ import annotations

import numpy as np

from matching import Template

_WIDTH, _HEIGHT = 256, 288
_MINUTIAE = 42
_APART_PX = 11


def made_template(rng: np.random.Generator) -> Template:
    """A template of about 42 minutiae at least 11 px apart, with random directions."""
    kept: list[tuple[int, int]] = []
    for x, y in rng.integers((12, 12), (_WIDTH - 12, _HEIGHT - 12), size=(3 * _MINUTIAE, 2)):
        if len(kept) < _MINUTIAE and all((x - a) ** 2 + (y - b) ** 2 >= _APART_PX**2 for a, b in kept):
            kept.append((int(x), int(y)))
    places = np.array(kept, dtype=np.int16)
    count = len(kept)
    return Template(
        x=places[:, 0],
        y=places[:, 1],
        angle=rng.integers(0, 256, count).astype(np.uint8),
        kind=rng.integers(1, 3, count).astype(np.uint8),
        quality=rng.integers(30, 100, count).astype(np.uint8),
        width=_WIDTH,
        height=_HEIGHT,
    )
