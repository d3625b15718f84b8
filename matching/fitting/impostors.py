"""Raw scores of prints of different fingers: whole prints, and parts of them.

Parts stand for touches with a corner or an edge of the finger, and for prints where most ridges are lost: 3 to 40
minutiae nearest a point, or furthest to one side, or drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matching.comparison import Cylinders, build_cylinders, raw_score
from matching.fitting import parameters as P  # noqa: N812 - as in `comparison`
from matching.template import Template

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Impostors:
    """Pairs of prints of different fingers from one sensor; all arrays have one value a pair.

    - `raw`: raw score
    - `extent_px2`: of the print of the two that has the smaller one
    - `whole`: neither of the two is a part
    """

    sensor: str
    raw: Floats
    extent_px2: Floats
    whole: NDArray[np.bool_]


def impostors(sensor: str, fingers: Sequence[str], templates: Sequence[Template], seed: int) -> Impostors:
    """All pairs of whole prints, and PART_PAIRS of a part with a whole print; `fingers` says whose each is."""
    prints = [build_cylinders(template) for template in templates]
    pairs = [
        _scored(prints[a], prints[b])
        for a, b in combinations(range(len(prints)), 2)
        if fingers[a] != fingers[b]
    ]
    parts = list(_pairs_of_parts(fingers, templates, prints, np.random.default_rng(seed)))
    raw, extent_px2 = np.array(pairs + parts).reshape(-1, 2).T
    return Impostors(sensor, raw, extent_px2, np.arange(len(raw)) < len(pairs))


def _pairs_of_parts(
    fingers: Sequence[str],
    templates: Sequence[Template],
    prints: Sequence[Cylinders],
    random: np.random.Generator,
) -> list[tuple[float, float]]:
    owners = np.array(fingers)
    usable = [place for place, template in enumerate(templates) if len(template) > P.LEAST_MINUTIAE]
    scored: list[tuple[float, float]] = []
    for place in random.choice(usable, P.PART_PAIRS // P.PAIRS_A_PART) if usable else ():
        part = build_cylinders(part_of(templates[place], random))
        others = np.flatnonzero(owners != owners[place])
        chosen = random.choice(others, min(len(others), P.PAIRS_A_PART), replace=False)
        scored += [_scored(part, prints[other]) for other in chosen]
    return scored


def part_of(template: Template, random: np.random.Generator) -> Template:
    """A few neighbouring minutiae, or those of one side, or any few."""
    x, y = template.x.astype(np.float64), template.y.astype(np.float64)
    count = int(random.integers(P.LEAST_MINUTIAE, min(P.MOST_MINUTIAE, len(template)) + 1))
    centre = int(random.integers(len(template)))
    towards = random.uniform(0, 2 * np.pi)
    ranks: Sequence[Callable[[], Floats]] = (
        lambda: np.hypot(x - x[centre], y - y[centre]),
        lambda: x * np.cos(towards) + y * np.sin(towards),
        lambda: random.random(len(template)),
    )
    kept = np.argsort(ranks[int(random.integers(len(ranks)))]())[:count]
    names = ("x", "y", "angle", "kind", "quality")
    return replace(template, **{name: getattr(template, name)[kept] for name in names})


def _scored(first: Cylinders, second: Cylinders) -> tuple[float, float]:
    return raw_score(first, second), min(first.extent_px2, second.extent_px2)
