"""Whom a partner knows of, as the prison told it last: its own copy, which has to be put right when that was wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from simulation.partners.calling import Answer
from simulation.partners.memory import Memory

STAY, PERSON = "j:BookingAgencyRecordIdentification", "j:SubjectIdentification"
_NAMES: Final = ("nc:PersonSurName", "nc:PersonGivenName", "nc:PersonBirthDate", "j:PersonSexCode")
_LIST: Final = "/v1/lists/census"
_PAGE: Final = 200
_WRAPS: Final = frozenset(
    {"nc:IdentificationID", "nc:Date", "nc:DateTime", "nc:FacilityName", "nc:StatusDescriptionText"}
)


class Register:
    """`fetch` asks the prison, and raises for what it does not give."""

    def __init__(self, memory: Memory, fetch: Callable[[str], Answer]) -> None:
        self._memory, self._fetch = memory, fetch
        self.people = memory.people()

    def keep(self, known: Mapping[str, Any], wrong: Collection[str] = ()) -> None:
        """What was told of somebody, beside what other messages told, and in place of what is `wrong` in these."""
        stay = known.get(STAY)
        if stay and known.get(_NAMES[0]):
            before = self.people.get(str(stay), {})
            right = {name: value for name, value in before.items() if name not in wrong}
            self.people[str(stay)] = {**right, **known}
            self._memory.keep_person(str(stay), self.people[str(stay)])

    def fetch_anew(self, place: str, wrong: Collection[str]) -> None:
        """An address at which these fields stood wrongly: one record, or a whole list."""
        if place.startswith("/v1/lists/"):
            for row in self.rows(place):
                self.keep(row, wrong)
        else:
            self.keep(leaves(self._fetch(place).document["data"]), wrong)

    def rows(self, place: str = _LIST) -> Iterator[dict[str, Any]]:
        """Everybody on a list, page after page."""
        cursor = ""
        while True:
            told = self._fetch(f"{place}?limit={_PAGE}{cursor and f'&cursor={cursor}'}").document
            yield from map(leaves, told["data"])
            cursor = told["next"] or ""
            if not cursor:
                return

    def look_up(self, most: int) -> None:
        """Get to know so many of those who are here."""
        for row in self._fetch(f"{_LIST}?limit={most}").document["data"]:
            self.keep(leaves(row))

    def of_number(self, person: str) -> dict[str, Any]:
        """What we know of the person whom the prison has under this number; LookupError for nobody."""
        for known in self.people.values():
            if known.get(PERSON) == person:
                return known
        for row in self.rows():
            self.keep(row)
        found = [known for known in self.people.values() if known.get(PERSON) == person]
        if not found:
            raise LookupError("nobody here has this number")
        return found[0]

    def named(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Somebody as a message names them."""
        return {name: known[name] for name in (*_NAMES, STAY) if known.get(name)}


def leaves(data: Mapping[str, Any]) -> dict[str, Any]:
    """Members by name, whatever they are nested in; what NIEM wraps once more stands under the outer name."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict) and len(value) == 1 and _WRAPS.issuperset(value):
            found[name] = next(iter(value.values()))
        elif isinstance(value, dict):
            found |= leaves(value)
        else:
            found[name] = value
    return found
