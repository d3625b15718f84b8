"""Small numbers of people are not told: who was one of three can be found out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cells import Cell
from hub.statistics.control.thresholds import small
from hub.statistics.definitions.model import Indicator, Unit
from hub.statistics.review.blocks import Text, plain, said

WITHHELD: Final = Sentence("not told")
_ABOUT_PEOPLE: Final = frozenset({Unit.PEOPLE, Unit.EVENTS, Unit.PERSON_DAYS, Unit.PER_100K, Unit.DAYS})
_BALANCE: Final = ("opening", "admissions", "retaken", "releases", "left_unlawfully", "population")
"""What makes one sum: of these never one alone is hidden, for the others would tell it. The opening is hidden with it
where it can be, for no other table of the review tells that."""


def fewer(k: int) -> Sentence:
    """What stands in place of a small count; `k` is the least number of people, or events of people, that is told."""
    return Sentence("fewer than %(smallest)s", {"smallest": k})


def told(many: int, k: int) -> Text:
    """A count of people, or that it is small."""
    return said(fewer(k)) if small(many, k) else plain(many)


def hides(one: Indicator, cell: Cell, k: int) -> bool:
    """Whether a figure would tell a small number, on either side of its line."""
    if one.unit is Unit.PEOPLE and cell.value is not None and 0 < cell.value < k:
        return True  # a mean of few is few
    if cell.base is None:
        return one.unit in _ABOUT_PEOPLE and small(cell.count, k)
    parts = (cell.count, cell.base, cell.base - cell.count)
    return any(small(part, k) for part in parts)


def hidden_with(values: Mapping[str, int | None], hidden: Collection[str], k: int) -> set[str]:
    """What else is hidden, so that no sum gives a hidden figure away; a large one, for a small one would narrow it."""
    if sum(code in hidden for code in _BALANCE) != 1:
        return set()
    large = [code for code in _BALANCE if code not in hidden and (values.get(code) or 0) >= k]
    return set(large[:1])
