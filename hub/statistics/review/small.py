"""Small numbers of people are not told: who was one of three can be found out. Pure."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.statistics.control.thresholds import small
from hub.statistics.review.blocks import Text, plain, said

WITHHELD: Final = Sentence("not told")


def fewer(k: int) -> Sentence:
    """What stands in place of a small count; `k` is the least number of people, or events of people, that is told."""
    return Sentence("fewer than %(smallest)s", {"smallest": k})


def told(many: int, k: int) -> Text:
    """A count of people, or that it is small."""
    return said(fewer(k)) if small(many, k) else plain(many)
