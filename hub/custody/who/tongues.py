"""Languages as people say them, also where a form or a register gave a code of ISO 639."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale

# Spoken here, and missing in Babel's tables.
_SPOKEN_HERE: Final = {
    "en": {
        "bzj": "Kriol",
        "cab": "Garifuna",
        "kek": "Q\u2019eqchi\u2019",
        "mop": "Mopan",
        "pdt": "Low German (Plautdietsch)",
    },
    "es": {
        "bzj": "kriol",
        "cab": "gar\u00edfuna",
        "kek": "q\u2019eqchi\u2019",
        "mop": "mop\u00e1n",
        "pdt": "bajo alem\u00e1n (plautdietsch)",
    },
}


class Tongue:
    """A language that a sentence names, in the sentence's language; what is no known code stays as it was written."""

    def __init__(self, written: str) -> None:
        self.written = written

    def said_in(self, language: str) -> str:
        return _names(language).get(self.written.strip().casefold(), self.written)

    def __str__(self) -> str:
        return self.said_in("en")


@lru_cache
def _names(language: str) -> dict[str, str]:
    return {**Locale.parse(language).languages, **_SPOKEN_HERE.get(language, {})}
