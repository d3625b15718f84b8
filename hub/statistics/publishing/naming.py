"""The numbers that disclosure control reckons with, in words: what is counted, when, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.sentences import Sentence
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import INDICATORS

_RECKONED: Final = Sentence("A number that stands in no table and follows from several")
_OLDER: Final = {"Y_GE18": "ADULT"}


@dataclass(frozen=True)
class Named:
    """`whom`: the categories that it is cut by, none where it is of everybody."""

    words: Sentence
    period: str
    whom: tuple[Sentence, ...]


def named_in_words(name: str) -> Named:
    """From the name that `hub.statistics.control.names` gives."""
    code, period, *where = name.split("|")
    one = INDICATORS.get(code.partition("#")[0])
    pairs = (part.partition("=")[::2] for part in where)
    return Named(
        one.words if one is not None else _RECKONED, period, tuple(_category(*pair) for pair in pairs)
    )


def _category(column: str, code: str) -> Sentence:
    return CUTS["JUVENILE" if code in _OLDER else column].categories[_OLDER.get(code, code)]
