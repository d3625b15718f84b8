"""Two fingers of one person together: what one of them alone could not say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from edge.ports import Finding, Likely
from matching import Template
from matching.comparison.confidence import fuse
from wire.happenings import Outcome

SAME_FINGER: Final = 4.0
"""From this score on two touches are of one finger, as at a gate that confirms one named person. Those may not be
joined: what is alike in them by chance is alike in both."""

CONFIRMS: Final = 3.0
"""Score by which another finger confirms a person whom the first one named: one false match in 1,000."""

MARGIN: Final = 2.0
"""Powers of ten by which two fingers together must point to one person rather than to any other."""

OTHER_FINGER = "other finger"
"""Advice to somebody who gave the same finger again."""

Compare = Callable[[Template, Template], float]


def joined(first: Finding, second: Finding, touches: int, compare: Compare) -> Finding:
    """What `second` says in the light of `first`; a match beyond doubt stands for itself.

    `touches` is how many pairs could have been joined by now: the score that is needed rises by its logarithm.
    """
    if second.outcome is Outcome.MATCH and not second.unsure:
        return second
    if not isinstance(first.probe, Template) or not isinstance(second.probe, Template):
        return second
    if compare(first.probe, second.probe) >= SAME_FINGER:
        return replace(second, outcome=Outcome.POOR_QUALITY, person=None, unsure=False, advice=OTHER_FINGER)
    if first.unsure and first.person is not None:
        return _confirmed(first, first.person, second)
    return _found_together(first, second, touches)


def _confirmed(first: Finding, person: str, second: Finding) -> Finding:
    """The first finger named somebody: is this another finger of theirs?"""
    score = _score_of(second, person)
    if score < CONFIRMS or any(one.score > score for one in second.candidates):
        return second
    return _match(second, person, fuse([first.score, score]), second.runner_up, first.needed)


def _found_together(first: Finding, second: Finding, touches: int) -> Finding:
    """Neither named anybody: does one person stand out in both?"""
    sums = sorted(
        (
            Likely(one.person, fuse([_score_of(first, one.person), one.score]))
            for one in second.candidates
            if _score_of(first, one.person) > 0
        ),
        key=lambda one: -one.score,
    )
    if not sums:
        return second
    needed = max(first.needed, second.needed) + math.log10(max(1, touches))
    runner_up = max([one.score for one in sums[1:]], default=0.0)
    best = sums[0]
    if best.score < needed or best.score - max(runner_up, _alone(first, second, best)) < MARGIN:
        return second
    return _match(second, best.person, best.score, runner_up, needed)


def _alone(first: Finding, second: Finding, best: Likely) -> float:
    """The best score that somebody else has with one of the fingers."""
    others = [one.score for found in (first, second) for one in found.candidates if one.person != best.person]
    return max(others, default=0.0)


def _match(second: Finding, person: str, score: float, runner_up: float, needed: float) -> Finding:
    return replace(
        second,
        outcome=Outcome.MATCH,
        person=person,
        advice="",
        score=score,
        runner_up=runner_up,
        needed=needed,
        unsure=False,
        second_finger=True,
        candidates=(),
    )


def _score_of(found: Finding, person: str) -> float:
    return max([one.score for one in found.candidates if one.person == person], default=0.0)
