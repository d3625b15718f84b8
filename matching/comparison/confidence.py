"""What a score, or the scores of several fingers, can be trusted for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matching.comparison.calibration import SUPPORTED, impostors_that_reach, observed_interval


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the false-match rate of a score is.

    - `false_match_rate`: what the score claims
    - `pairs`: prints of different fingers compared to fit it, and `reached`, how many of them reach `score`
    - `low`, `high`: bounds of the true rate at `score`, with 95 % of confidence (Clopper and Pearson)
    - `score`: the one asked about, or the largest below it at which impostors were counted
    - `extrapolated`: the score asked about is larger than any that the pairs can speak for
    """

    false_match_rate: float
    pairs: int
    reached: int
    low: float
    high: float
    score: float
    extrapolated: bool

    def __str__(self) -> str:
        said = (
            f"One in {_round(1.0 / self.false_match_rate):,} different fingers scores as high. Of {self.pairs:,} pairs"
            f" of different fingers {self.reached:,} reached {self.score:g}: the true rate there is between"
            f" {self.low:.1g} and {self.high:.1g} (95 %)."
        )
        return said + (
            " Beyond that it is extrapolated: ask for a second finger." if self.extrapolated else ""
        )


def confidence(score: float) -> Confidence:
    """How sure the rate is that a score from 0 up claims."""
    at, reached, pairs = impostors_that_reach(score)
    low, high = observed_interval(at)
    return Confidence(10.0**-score, pairs, reached, low, high, at, score > SUPPORTED)


def fuse(scores: Sequence[float]) -> float:
    """One score for several fingers of one person, each compared with the same finger of one other person.

    The chance that fingers of somebody else reach a sum of scores by accident, after Fisher ("Statistical Methods for
    Research Workers", 1932): for two fingers the scores add, less log10(1 + ln(10) * sum). It assumes that, for two
    different people, how alike one finger is says nothing about the next one, and that the fingers are different
    ones: two touches of one finger may not be fused. Fingers of a person share pattern and skin (Jain, Prabhakar,
    Pankanti 2002), so that the true rate is somewhat higher; Ross and Jain 2003 measure what fusing fingers gains.

    Raises ValueError when there are no scores, or one is negative.
    """
    if not scores or min(scores) < 0:
        raise ValueError("Scores to fuse must be given, and none below 0.")
    total = math.log(10.0) * sum(scores)
    more = sum(total**count / math.factorial(count) for count in range(len(scores)))
    return max(0.0, (total - math.log(more)) / math.log(10.0))


def _round(number: float) -> int:
    """To one digit: a rate is not known better."""
    step = int(10 ** math.floor(math.log10(max(1.0, number))))
    return round(number / step) * step
