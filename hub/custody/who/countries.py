"""Countries by their two letters of ISO 3166; the names come with Babel."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale

HOME_COUNTRY: Final = "BZ"
"""The country of the prison: whoever has another nationality alone is a foreign national."""
_NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


class Country:
    """A country that a sentence names, in the sentence's language."""

    def __init__(self, code: str) -> None:
        self.code = code

    def said_in(self, language: str) -> str:
        return countries(language).get(self.code, self.code)

    def __str__(self) -> str:
        return self.said_in("en")


@lru_cache
def countries(language: str) -> dict[str, str]:
    """Names by code, sorted by name in `language`."""
    names = Locale.parse(language).territories
    found = {code: name for code, name in names.items() if _is_country(code)}
    return dict(sorted(found.items(), key=_name))


def is_country(code: str) -> bool:
    """Whether these two letters are a country's."""
    return code in countries("en")


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY


def _name(entry: tuple[str, str]) -> str:
    return entry[1].casefold()
