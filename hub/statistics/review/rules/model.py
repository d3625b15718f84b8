"""A rule, and what it comes upon. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hub.sentences import Sentence
from hub.statistics.review.evidence import Evidence


@dataclass(frozen=True)
class Found:
    """Something that a rule came upon.

    `about` names it among others of the rule, `figure` is what is held against the threshold, `evidence` says so in a
    sentence, `advice` what to do.
    """

    about: str
    figure: Sentence
    evidence: Sentence
    advice: Sentence


@dataclass(frozen=True)
class Rule:
    """`number` is how a review cites it, and is never given to another rule.

    `threshold` and `least`, the number below which nothing is said, stand in `text` in words; `limit` says the
    threshold as a recommendation cites it.
    """

    number: int
    code: str
    threshold: float
    least: int
    text: str
    limit: str
    find: Callable[[Evidence, Rule], Iterator[Found]]

    @property
    def cited(self) -> str:
        """As it is cited: R7."""
        return f"R{self.number}"

    @property
    def condition(self) -> Sentence:
        """When it recommends something."""
        return Sentence(self.text, {"threshold": f"{self.threshold:g}", "least": self.least})

    @property
    def held_against(self) -> Sentence:
        """The threshold alone."""
        return Sentence(self.limit, {"number": f"{self.threshold:g}"})


def share_of(part: float, whole: float) -> float:
    """A part in per cent, nought of nothing."""
    return 100 * part / whole if whole else 0.0


def per_cent(value: float | str) -> Sentence:
    """A share as a figure that a recommendation cites."""
    shown = value if isinstance(value, str) else f"{value:.1f}"
    return Sentence("%(number)s per cent", {"number": shown})


def counted(many: int) -> Sentence:
    """A count as a figure that a recommendation cites."""
    return Sentence("%(number)s", {"number": f"{many:,}"})
