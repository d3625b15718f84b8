"""Names as they are written and as they sound in Belize: Spanish, English, Kriol, Maya and Garifuna spellings. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

import jellyfish

LONGEST_WORD: Final = 40
_WORD: Final = re.compile(r"[a-z0-9]+")
_PARTICLES: Final = frozenset({"de", "del", "la", "las", "los", "el", "y", "e", "da", "dos", "van", "von"})
_SPECIAL: Final = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d"})

_SPELLINGS: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"ph", "f"),
        (r"th", "t"),
        (r"tz|ts", "s"),
        (r"^wh|^hu(?=[aeio])|^gu(?=[ao])", "w"),
        (r"sch|sh|ch(?=[lmnr])", "s"),
        (r"ck|q(?:u(?=[ei]))?", "k"),
        (r"c(?=[eiy])|z", "s"),
        (r"c(?!h)", "k"),
        (r"gu(?=[ei])", "g"),
        (r"gh(?=[aeiou])", "g"),
        (r"gh", ""),
        (r"g(?=[eiy])", "j"),
        (r"ll", "y"),
        (r"v", "b"),
        (r"(?<![cs])h", ""),
        (r"x", "s"),
        (r"(?<=[aeiou])i(?=[aeiou])|^i(?=[aeou])", "y"),
        (r"ie|y$|ey$|ee|i$|^y(?![aeiou])", "i"),
        (r"oo|ou|u", "u"),
        (r"(.)\1+", r"\1"),
    )
)
"""In this order. What different clerks write differently for one name becomes one spelling."""


def fold(text: str) -> str:
    """Small letters without accents; ñ is n. Everything that is neither letter nor digit stays as it is."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Folded words of a name in their order; an apostrophe joins (O'Neil, Ch'ol), a hyphen parts."""
    folded = re.sub(r"['\u2018\u2019`\u00b4\u02bc]", "", fold(text))
    return [word[:LONGEST_WORD] for word in _WORD.findall(folded)]


def name_words(name: str) -> list[str]:
    """Words by which a name is found: its own, and for one of several words all of them joined."""
    words = words_of(name)
    found = [word for word in words if word not in _PARTICLES] or words
    joined = "".join(words)[:LONGEST_WORD]
    return found if len(words) < 2 else [*found, joined]


@lru_cache(maxsize=65_536)
def sounds(word: str) -> frozenset[str]:
    """Keys of a folded word: two words that share one sound alike. Empty for numbers and single letters."""
    if len(word) < 2 or not word.isalpha():
        return frozenset()
    found = {_key(word)}
    if word.startswith(("j", "x", "h")):
        # Jiménez, Ximénez and Himenez are one name; Xol is also written Shol.
        found.add(_key("j" + word[1:]))
    if "ll" in word:
        found.add(_key(word.replace("ll", "l")))  # Castillo is said one way, Novello the other
    if word.startswith("w"):
        found.add(_key("gu" + word[1:]))
    return frozenset(key for key in found if key)


def same_sound(first: str, second: str) -> bool:
    """Whether two folded words sound alike."""
    return first == second or not sounds(first).isdisjoint(sounds(second))


def _key(word: str) -> str:
    for pattern, to in _SPELLINGS:
        word = pattern.sub(to, word)
    return jellyfish.metaphone(word)[:16] or word[:16]


def without_one(word: str) -> frozenset[str]:
    """The word and what is left of it when any one letter is missing; itself only below four letters.

    Words one slip apart (a letter more, less, other, or two swapped) share one of these.
    """
    if len(word) < 4:
        return frozenset({word})
    return frozenset({word, *(word[:place] + word[place + 1 :] for place in range(len(word)))})


def one_slip(first: str, second: str) -> bool:
    """Whether at most one letter was added, left out, changed or swapped with its neighbour."""
    return abs(len(first) - len(second)) < 2 and jellyfish.damerau_levenshtein_distance(first, second) <= 1
