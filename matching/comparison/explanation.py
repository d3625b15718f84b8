"""Which minutiae of two prints were taken for the same, so that a person can see what a score rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.cylinders import Cylinders, build_cylinders
from matching.comparison.relaxation import (
    ANGLE_AGREEMENT,
    DISTANCE_AGREEMENT,
    _agreement,
    _pair_greedily,
    _places,
    _relax,
)
from matching.comparison.similarity import similarities
from matching.template import Template

SURVIVES: Final = 3.0
"""Times the value that a pair keeps without any support. Measured on FVC2000 DB2_B: of 405 pairs of prints of different
fingers two keep one pair of minutiae each, and genuine ones lose hardly any that they have at 2."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What agrees between two templates.

    - `pairs`: int64 [n, 2], minutia of the probe and minutia of the candidate as they stand in the templates
    - `values`: float32 [n], what the pair is worth after relaxation, 0 to 1, highest first
    """

    pairs: NDArray[np.int64]
    values: NDArray[np.float32]


def explain(probe: Template, candidate: Template) -> Explanation:
    """The pairs that the others agree with; none where nothing speaks for the same finger."""
    first, second = build_cylinders(probe), build_cylinders(candidate)
    nothing = Explanation(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32))
    if not len(first) or not len(second):
        return nothing
    alike = np.empty((len(first), len(second)), dtype=np.float32)
    similarities(first.rows, second.rows, alike)
    lines, columns = _pair_greedily(alike)
    if not len(lines):
        return nothing
    before = alike[lines, columns]
    agreement = _agreement(first.rows, second.rows, lines, columns, DISTANCE_AGREEMENT, ANGLE_AGREEMENT)
    after = _relax(before, agreement)
    alone = P.OWN_WEIGHT**P.ROUNDS
    kept = np.flatnonzero(after > SURVIVES * alone * before)
    kept = kept[np.argsort(-after[kept], kind="stable")]
    pairs = np.stack(
        [_minutiae(probe, first, lines[kept]), _minutiae(candidate, second, columns[kept])], axis=1
    )
    return Explanation(pairs, after[kept])


def _minutiae(template: Template, cylinders: Cylinders, chosen: Any) -> NDArray[np.int64]:
    """Index in the template of the minutia that each chosen cylinder belongs to."""
    x, y, angle = _places(cylinders.rows, chosen)
    known = {
        key: number
        for number, key in enumerate(
            zip(template.x.tolist(), template.y.tolist(), template.angle.tolist(), strict=True)
        )
    }
    found = [known[int(place[0]), int(place[1]), int(place[2])] for place in zip(x, y, angle, strict=True)]
    return np.array(found, dtype=np.int64)
