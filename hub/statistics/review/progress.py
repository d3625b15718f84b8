"""How far the deriving of a review is. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence


class Part(StrEnum):
    """What is being read, in order."""

    FIGURES = "figures"
    FILES = "files"
    ENTRIES = "entries"
    SOURCES = "sources"
    SHARING = "sharing"
    WRITING = "writing"


WORDS: Final = {
    Part.FIGURES: Sentence("Computing the figures of both years"),
    Part.FILES: Sentence("Holding the files against the Rules"),
    Part.ENTRIES: Sentence("Reading the entries of the year and their corrections"),
    Part.SOURCES: Sentence("Judging the sources"),
    Part.SHARING: Sentence("Reading disclosures, agreements and messages"),
    Part.WRITING: Sentence("Writing the review"),
}
_SHARES: Final = (25, 40, 20, 5, 5, 5)
"""Of a hundred, how much of the whole each part is, as it was with a register of some thousand people."""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` of a part are through; `total` is 0 where nobody knows."""

    part: Part
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        """Of the whole, 0 to 99: it is through when it is kept."""
        place = list(Part).index(self.part)
        within = _SHARES[place] * self.done // self.total if self.total else 0
        return min(99, sum(_SHARES[:place]) + within)


Told = Callable[[Progress], None]


def nobody(_progress: Progress) -> None:
    """Whoever keeps nobody waiting."""
