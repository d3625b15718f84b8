"""What a score means, in words."""

from __future__ import annotations

from typing import Final

from matching.comparison.calibration import CEILING
from matching.comparison.confidence import Confidence, confidence

USES: Final = {
    1.0: "says nothing yet",
    2.0: "a hint, not a decision",
    3.0: "confirming one known person at a desk, with an officer",
    4.0: "confirming one known person at a gate",
    5.0: "finding one among a few dozen expected people",
    6.0: "finding one among a few hundred people",
    8.0: "finding one among a few thousand people",
}
"""For which question a score is enough, from that score on; each further power of ten pays for ten times the people."""


def chance(score: float) -> str:
    """How often different fingers reach the score."""
    if score <= 0:
        return "every pair of different fingers reaches it"
    return f"one pair of different fingers in {float(f'{10**score:.2g}'):,.0f} reaches it"


def meaning(score: float) -> list[str]:
    """Sentences for people: the chance, what it rests on, and what the score is enough for."""
    if score < 1:
        return ["Nothing speaks for the same finger.", f"Score {score:.2f}: {chance(score)}."]
    enough = [use for least, use in USES.items() if score >= least][-1]
    lines = [f"Score {score:.2f}: {chance(score)}.", f"Enough for: {enough}."]
    if score >= CEILING:
        lines[0] = f"Score {score:.2f}, the highest there is: less than {chance(score)}."
    return lines + _foundation(confidence(score))


def _foundation(known: Confidence) -> list[str]:
    lines = [
        f"Of {known.pairs:,} pairs of different fingers {known.reached:,} reached {known.score:g} when the scale was"
        f" made: the rate there is {100 * known.low:.1g} to {100 * known.high:.1g} % (95 %)."
    ]
    if known.extrapolated:
        lines.append("Beyond, it is extrapolated: where much depends on it, compare a second finger too.")
    return lines
