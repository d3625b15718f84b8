"""Minutiae of fingers that never were, and what other touches of them look like."""

from __future__ import annotations

from functools import cache

import numpy as np

from matching.template import Template

WIDTH, HEIGHT = 256, 288


def template(x, y, angle, width: int = WIDTH, height: int = HEIGHT) -> Template:
    """Of plain arrays; what lies outside the image is left out."""
    x, y, angle = (np.asarray(values, dtype=np.int64) for values in (x, y, angle))
    seen = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    count = int(seen.sum())
    return Template(
        x=x[seen].astype(np.int16),
        y=y[seen].astype(np.int16),
        angle=(angle[seen] % 256).astype(np.uint8),
        kind=np.ones(count, dtype=np.uint8),
        quality=np.full(count, 60, dtype=np.uint8),
        width=width,
        height=height,
    )


@cache
def finger(seed: int, count: int = 40) -> Template:
    """Minutiae at least 12 px apart whose angles follow a smooth flow of their own."""
    random = np.random.default_rng(seed)
    candidates = random.uniform((10, 10), (WIDTH - 10, HEIGHT - 10), (20 * count, 2))
    kept = [candidates[0]]
    for place in candidates[1:]:
        if len(kept) < count and np.square(np.array(kept) - place).sum(axis=1).min() >= 144:
            kept.append(place)
    x, y = np.array(kept).T
    turns = random.uniform(-1, 1, 3)
    flow = 64 * (turns[0] + turns[1] * x / WIDTH + turns[2] * y / HEIGHT)
    return template(x.round(), y.round(), (flow + 128 * random.integers(0, 2, len(kept))).round().astype(int))


def touch(
    of: Template, seed: int, turn_units: int = 0, shift=(0, 0), jitter_px: float = 1.5, lost: float = 0.15
):
    """Another impression: turned about the middle, shifted, shaken, some minutiae lost and a few false ones."""
    random = np.random.default_rng(seed)
    kept = random.random(len(of)) >= lost
    x, y = of.x[kept] - WIDTH / 2, of.y[kept] - HEIGHT / 2
    angle = turn_units * np.pi / 128
    turned_x = x * np.cos(angle) + y * np.sin(angle)
    turned_y = -x * np.sin(angle) + y * np.cos(angle)
    moved_x = turned_x + WIDTH / 2 + shift[0] + random.normal(0, jitter_px, kept.sum())
    moved_y = turned_y + HEIGHT / 2 + shift[1] + random.normal(0, jitter_px, kept.sum())
    angles = of.angle[kept].astype(int) + turn_units + random.integers(-4, 5, kept.sum())
    false = random.integers(0, (WIDTH, HEIGHT, 256), (3, 3))
    return template(
        np.append(moved_x, false[:, 0]).round(),
        np.append(moved_y, false[:, 1]).round(),
        np.append(angles, false[:, 2]),
    )
