"""Do synthetic prints compare as real ones do? Their scores side by side: a check of the synthesis, not of accuracy.

The raw score is looked at, before calibration: that ends at its ceiling, where most genuine pairs are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matching.comparison import Cylinders, build_cylinders, raw_score
from matching.synthesis.drawn import draw_finger
from matching.template import Template

GENUINE_PERCENT = (1, 5, 25, 50, 75, 95)
IMPOSTOR_PERCENT = (50, 90, 99, 99.9)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Raw scores of one kind of prints, and the number of minutiae of each print."""

    genuine: NDArray[np.float64]
    impostor: NDArray[np.float64]
    minutiae: NDArray[np.int64]

    def as_dict(self) -> dict[str, object]:
        """Numbers of pairs, and percentiles by their percentage."""
        return {
            "genuine": len(self.genuine),
            "impostor": len(self.impostor),
            "genuine_percentiles": _percentiles(self.genuine, GENUINE_PERCENT),
            "impostor_percentiles": _percentiles(self.impostor, IMPOSTOR_PERCENT),
            "minutiae_percentiles": _percentiles(self.minutiae, (5, 50, 95)),
        }


def likeness(fingers: Sequence[Sequence[Template]]) -> Likeness:
    """Scores of every two touches of one finger, and of touches of every two fingers.

    Of two fingers the first touches are compared, then the second, as far as both have them. ValueError without two
    fingers, or without two touches of one.
    """
    prepared = [[build_cylinders(touch) for touch in touches] for touches in fingers]
    genuine = [raw_score(*pair) for touches in prepared for pair in combinations(touches, 2)]
    impostor = [raw_score(*pair) for pair in _strangers(prepared)]
    if not genuine or not impostor:
        raise ValueError("Likeness needs at least two fingers, and two impressions of one of them.")
    counts = [len(touch) for touches in fingers for touch in touches]
    return Likeness(np.array(genuine), np.array(impostor), np.array(counts))


def drawn(count: int, touches: int) -> Iterator[list[Template]]:
    """Touches of fingers 0 to `count`, drawn."""
    for seed in range(count):
        finger = draw_finger(seed)
        yield [finger.impression(touch) for touch in range(touches)]


def _strangers(prepared: Sequence[Sequence[Cylinders]]) -> Iterable[tuple[Cylinders, Cylinders]]:
    for first, second in combinations(prepared, 2):
        yield from list(zip(first, second, strict=False))[:2]


def _percentiles(values: NDArray[np.generic], at: Sequence[float]) -> dict[str, float]:
    found = np.percentile(values.astype(np.float64), at)
    return {f"{percent:g}": round(float(value), 4) for percent, value in zip(at, found, strict=True)}
