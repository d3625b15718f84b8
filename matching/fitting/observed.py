"""How many impostors reach which score after all, of each sensor, and between which bounds the true rate lies.

The bounds are those of Clopper and Pearson (Biometrika 26, 1934) for independent pairs. Pairs that share a finger are
not quite independent, so the true bounds are somewhat wider.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.comparison.calibration import Calibration, clopper_pearson
from matching.fitting import parameters as P  # noqa: N812 - as in `comparison`
from matching.fitting.impostors import Impostors

SCORES = (1.0, 2.0, 3.0, 4.0, 5.0)


def supported(sensors: Sequence[Impostors]) -> float:
    """Largest score, in tenths, that three of all the pairs of whole prints are expected to reach."""
    pairs = sum(int(each.whole.sum()) for each in sensors)
    return math.floor(10 * math.log10(max(1.0, pairs / P.SUPPORTING_PAIRS))) / 10


def observed(each: Impostors, calibration: Calibration, scores: Sequence[float] = SCORES) -> dict[str, Any]:
    """Pairs of one sensor, and how many of them reach each score: of whole prints, and of parts."""
    reached = calibration.score(each.raw, each.extent_px2)
    kinds = {"whole": reached[each.whole], "part": reached[~each.whole]}
    return {
        kind: {"pairs": len(values), "reach": {f"{at:g}": int((values >= at).sum()) for at in scores}}
        for kind, values in kinds.items()
    }


def lines(name: str, row: dict[str, Any]) -> list[str]:
    """For people: one line a score."""
    said = []
    for kind, counts in row.items():
        pairs = counts["pairs"]
        said.append(f"{name}, {kind} prints: {pairs:,} pairs of different fingers")
        for at, count in counts["reach"].items():
            low, high = clopper_pearson(count, pairs)
            said.append(
                f"  score {at}: claimed {10 ** -float(at):8.2g}, {count:6,} reach it: {count / max(1, pairs):8.2g}"
                f" (95 %: {low:.2g} to {high:.2g})"
            )
    return said


def pooled(rows: Sequence[dict[str, Any]], kind: str, score: str) -> tuple[int, int]:
    """Of all sensors together: how many pairs reach a score, and how many there are."""
    counts = np.array([(row[kind]["reach"][score], row[kind]["pairs"]) for row in rows]).sum(axis=0)
    return int(counts[0]), int(counts[1])
