"""From an image to a finding: is it good enough, what are its minutiae, whose are they."""

from __future__ import annotations

import math
from typing import Any, Protocol

from numpy.typing import NDArray

from edge.ports import Capture, Finding, RollFacts
from edge.roll_copy import Content, RollCopy
from matching import MatchingError, Template
from wire.happenings import Outcome
from wire.settings import PassageRules

MOST_SCORE = 99.0
"""Scores are probabilities of 10 to the minus that; what is larger says no more."""


class Engine(Protocol):
    """The face of `matching` that a terminal uses."""

    def assess(self, image: NDArray[Any], dpi: float = ...) -> Any: ...
    def extract(self, image: NDArray[Any], dpi: float = ...) -> Template: ...


class RollIdentifier:
    """Searches the roll copy: first those who may enter here, then everybody else at a stricter rate."""

    def __init__(self, engine: Engine, roll: RollCopy, rules: PassageRules) -> None:
        self._engine = engine
        self._roll = roll
        self._rules = rules

    def roll(self) -> RollFacts:
        return self._roll.facts(self._roll.content())

    def identify(self, capture: Capture) -> tuple[Finding, RollFacts]:
        """The finding and the roll it was found on; an image the engine cannot use is one of poor quality."""
        content = self._roll.content()
        return self._find(capture, content), self._roll.facts(content)

    def _find(self, capture: Capture, content: Content) -> Finding:
        try:
            quality = self._engine.assess(capture.image, capture.dpi)
            if not quality.usable:
                return _poor(int(quality.score), str(quality.advice.value), len(content.expected))
            probe = self._engine.extract(capture.image, capture.dpi)
            quality = quality.with_minutiae(probe)
        except MatchingError:
            return _poor(0, "image", len(content.expected))
        found = content.gallery.identify(
            probe, fmr=self._rules.site_fmr, expected=content.expected, expected_fmr=self._rules.expected_fmr
        )
        outcome = Outcome(found.outcome.name)
        if outcome is Outcome.MATCH and found.key not in content.zones:
            outcome = Outcome.NO_MATCH  # left the roll while being searched for
        return Finding(
            outcome=outcome,
            person=found.key if outcome is Outcome.MATCH else None,
            quality=int(quality.score),
            advice="" if outcome is Outcome.MATCH or quality.usable else str(quality.advice.value),
            score=_bounded(found.score),
            runner_up=_bounded(found.runner_up),
            searched=found.searched,
            expected=len(content.expected),
        )


def _poor(quality: int, advice: str, expected: int) -> Finding:
    return Finding(Outcome.POOR_QUALITY, None, quality, advice, 0.0, 0.0, 0, expected)


def _bounded(score: float) -> float:
    return min(max(float(score), 0.0), MOST_SCORE) if math.isfinite(score) else 0.0
