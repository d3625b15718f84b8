"""From an image to a finding: is it good enough, what are its minutiae, whose are they."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, Protocol

from numpy.typing import NDArray

from edge.ports import Capture, Finding, Likely, RollFacts
from edge.roll_copy import Content, RollCopy
from edge.two_fingers import joined
from matching import Advice, MatchingError, Template
from wire.happenings import Outcome
from wire.settings import PassageRules

MOST_SCORE = 99.0
"""Scores are probabilities of 10 to the minus that; what is larger says no more."""

NO_FINGER: Final = frozenset({Advice.PLACE_FINGER, Advice.WIPE_GLASS, Advice.TOO_FEW_RIDGES})
"""What may be the trace of the person before, or no finger: never searched for, however well it would match.

All else that the quality gate refuses is a finger, in the wrong place or too dry: it is searched for, and asked for
again only when nobody is found. On 630 real prints against 280 that halved the misses of a first touch (24 to 12) and
added no false match: the best score of a stranger in any of those searches was 4.1, of 8.4 that were needed.
"""

BARELY: Final = 1.0
"""A match that reaches what is needed by less than this many powers of ten is unsure.

The needed score lies beyond what was ever observed, so the tail it rests on may be off by a factor. Of genuine first
touches 2 in 100 lie so near to it, so that a second finger there costs next to nothing; all others are at the top.
"""

CANDIDATES = 10


class Engine(Protocol):
    """The face of `matching` that a terminal uses."""

    def assess(self, image: NDArray[Any], dpi: float = ...) -> Any: ...
    def extract(self, image: NDArray[Any], dpi: float = ...) -> Template: ...
    def compare(self, probe: Template, candidate: Template) -> float: ...


class RollIdentifier:
    """Searches the roll copy: first those who may enter here, then everybody else at a stricter rate.

    `coming` gives those who may enter here by a pass, beside those who always may.
    """

    def __init__(
        self,
        engine: Engine,
        roll: RollCopy,
        rules: PassageRules,
        coming: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._engine = engine
        self._roll = roll
        self._rules = rules
        self._coming = coming

    def roll(self) -> RollFacts:
        return self._roll.facts(self._roll.content())

    def identify(
        self, capture: Capture, first: Finding | None = None, touches: int = 1
    ) -> tuple[Finding, RollFacts]:
        """The finding and the roll it was found on; an image the engine cannot use is one of poor quality."""
        content = self._expecting(self._roll.content())
        found = self._find(capture, content)
        if first is not None:
            found = joined(first, found, touches, self._engine.compare)
        return found, self._roll.facts(content)

    def _expecting(self, content: Content) -> Content:
        coming = self._coming() & content.zones.keys()
        return replace(content, expected=content.expected | coming) if coming else content

    def _find(self, capture: Capture, content: Content) -> Finding:
        try:
            placed = self._engine.assess(capture.image, capture.dpi)
            if placed.advice in NO_FINGER:
                return _poor(int(placed.score), str(placed.advice.value), len(content.expected))
            probe = self._engine.extract(capture.image, capture.dpi)
            quality = placed.with_minutiae(probe)
        except MatchingError:
            return _poor(0, "image", len(content.expected))
        found = self._search(probe, content)
        if found.outcome is Outcome.NO_MATCH and not placed.usable:
            found = replace(found, outcome=Outcome.POOR_QUALITY)
        unhelped = found.outcome is Outcome.MATCH or quality.usable
        return replace(
            found, quality=int(quality.score), advice="" if unhelped else str(quality.advice.value)
        )

    def _search(self, probe: Template, content: Content) -> Finding:
        """Without quality and advice."""
        found = content.gallery.identify(
            probe, fmr=self._rules.site_fmr, expected=content.expected, expected_fmr=self._rules.expected_fmr
        )
        outcome = Outcome(found.outcome.name)
        if outcome is Outcome.MATCH and found.key not in content.zones:
            outcome = Outcome.NO_MATCH  # left the roll while being searched for
        unsure = outcome is Outcome.MATCH and self._is_unsure(found, content)
        sure = outcome is Outcome.MATCH and not unsure
        return Finding(
            outcome=outcome,
            person=found.key if outcome is Outcome.MATCH else None,
            quality=0,
            advice="",
            score=_bounded(found.score),
            runner_up=_bounded(found.runner_up),
            searched=found.searched,
            expected=len(content.expected),
            unsure=unsure,
            needed=_bounded(found.needed),
            candidates=() if sure else _likely(content, probe),
            probe=probe,
        )

    def _is_unsure(self, found: Any, content: Content) -> bool:
        """Whether a match is to be confirmed by another finger, as the gate's policy says."""
        if self._rules.second_finger == "always_at_site_search":
            return found.key not in content.expected
        if self._rules.second_finger == "when_unsure":
            return bool(found.needs_second_finger) and found.score < found.needed + BARELY
        return False


def _likely(content: Content, probe: Template) -> tuple[Likely, ...]:
    return tuple(
        Likely(one.key, _bounded(one.score))
        for one in content.gallery.candidates(probe, CANDIDATES)
        if one.key in content.zones
    )


def _poor(quality: int, advice: str, expected: int) -> Finding:
    return Finding(Outcome.POOR_QUALITY, None, quality, advice, 0.0, 0.0, 0, expected)


def _bounded(score: float) -> float:
    return min(max(float(score), 0.0), MOST_SCORE) if math.isfinite(score) else 0.0
