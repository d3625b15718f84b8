"""What fits a word that somebody typed: itself, what begins with it, and words of the vocabulary that come near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import jellyfish
from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from hub.custody.search.records import SearchKey
from hub.custody.search.sounds import one_slip, sounds, without_one

_MOST_SPELLINGS: Final = 150


@dataclass(frozen=True)
class Spellings:
    """What fits one typed word: the word itself, with `begins` whatever begins with it, and words that come near."""

    typed: str
    begins: bool
    near: frozenset[str]

    def is_exact(self, word: str) -> bool:
        return word.startswith(self.typed) if self.begins else word == self.typed

    def fits(self, word: str) -> bool:
        return self.is_exact(word) or word in self.near


def spellings_of(session: Session, word: str) -> Spellings:
    """As one looks for it in the box: what begins so is meant too."""
    near = near_words(session, word)
    return Spellings(word, len(word) > 1, frozenset(other for other in near if not other.startswith(word)))


def near_words(session: Session, word: str) -> frozenset[str]:
    """Words of the vocabulary that sound like it or are one slip away, the most alike where they are many."""
    if not word.isalpha() or len(word) < 2:
        return frozenset()
    slips = without_one(word) if len(word) > 3 else frozenset({word})
    near = set(session.scalars(_NEAR, {"sounds": sorted(sounds(word)), "slips": sorted(slips)}))
    alike = sorted(
        (other for other in near if is_near(word, other)), key=lambda other: -likeness(word, other)
    )
    return frozenset(alike[:_MOST_SPELLINGS])


_NEAR: Final = (
    select(SearchKey.word)
    .where(
        or_(
            and_(SearchKey.sort == "s", SearchKey.key.in_(bindparam("sounds", expanding=True))),
            and_(SearchKey.sort == "t", SearchKey.key.in_(bindparam("slips", expanding=True))),
        )
    )
    .limit(4 * _MOST_SPELLINGS)
)


def is_near(typed: str, other: str) -> bool:
    """Whether two folded words sound alike or are one slip apart."""
    return not sounds(typed).isdisjoint(sounds(other)) or (len(typed) > 3 and one_slip(typed, other))


def likeness(first: str, second: str) -> float:
    """0 to 1."""
    return jellyfish.jaro_winkler_similarity(first, second)
