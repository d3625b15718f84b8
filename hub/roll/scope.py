"""What of the roll one terminal holds. Pure, save for the words that the terminal repeats to the hub.

An unprotected card can be read by whoever takes it, so it holds only those who may be on either side of its
checkpoint. Names, photos and officers go where officers have a page to see them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from wire.codec import encode
from wire.roll import RollOfficer

SITE = "site"
_PAGE = "page"
_FINGERS = "taken"
_DIGEST = 12


def _digest(content: object) -> str:
    return hashlib.sha256(encode(content)).hexdigest()[:_DIGEST]


@dataclass(frozen=True)
class Roster:
    """Officers that a terminal knows; two with the same `digest` are the same."""

    officers: tuple[RollOfficer, ...] = field(default=(), compare=False)
    digest: str = ""

    @classmethod
    def of(cls, officers: Iterable[RollOfficer]) -> Roster:
        """A roster of these, in their order."""
        found = tuple(officers)
        return cls(found, _digest(found))


NOBODY = Roster.of(())


@dataclass(frozen=True)
class Scope:
    """`zones` None is the whole site. `roster` are the officers whom the terminal shall know.

    At one without an officers' page they have fingers alone, to take people through.
    """

    zones: frozenset[str] | None
    page: bool
    roster: Roster = NOBODY

    @property
    def officers(self) -> tuple[RollOfficer, ...]:
        return self.roster.officers

    def word(self) -> str:
        """What `wire.roll.RollUpdate.scope` says: it differs when what a terminal shall hold differs."""
        people = SITE if self.zones is None else "zones-" + _digest(sorted(self.zones))
        if self.page:
            return f"{people} {_PAGE}-{self.roster.digest}"
        return f"{people} {_FINGERS}-{self.roster.digest}" if self.officers else people

    def takes_in(self, zones: Iterable[str]) -> bool:
        """Whether somebody who may enter `zones` belongs on the copy."""
        return self.zones is None or not self.zones.isdisjoint(zones)


def same_people(held: str, wanted: str) -> bool:
    """Whether two words differ at most in the officers: then these alone have to be said again."""
    return _people_of(held) == _people_of(wanted)


def has_names(word: str) -> bool:
    """Whether a copy of that scope holds names and photos."""
    return f" {_PAGE}-" in word


def is_site(word: str) -> bool:
    """Whether a copy of that scope holds everybody."""
    return word.split(" ", maxsplit=1)[0] == SITE


def _people_of(word: str) -> tuple[str, bool]:
    return word.split(" ", maxsplit=1)[0], has_names(word)
