"""One state of the roll copy, as it is searched and shown, and as it is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from edge.roll_file import FORM, StoredRoll
from matching import Template
from wire.roll import RollOfficer, RollPerson
from wire.versions import Version


class Receipt(Enum):
    """What became of one chunk."""

    APPLIED = "applied"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    STALE = "stale"


class Searchable(Protocol):
    """`matching.Gallery`: templates by person number, which may change while they are searched."""

    def enrol(self, key: str, template: Template) -> None: ...
    def remove(self, key: str) -> object: ...
    def identify(
        self, probe: Template, fmr: float, expected: Collection[str] | None, expected_fmr: float
    ) -> Any: ...
    def candidates(self, probe: Template, count: int) -> Any: ...


@dataclass(frozen=True)
class Content:
    """One state of the copy; `expected` are those who may enter where the terminal leads.

    `scope` says in the hub's words what of the roll this is. `officers` may vouch for people here.
    """

    version: Version
    gallery: Searchable
    people: Mapping[str, RollPerson]
    zones: Mapping[str, frozenset[str]]
    expected: frozenset[str]
    attested: frozenset[str] = frozenset()
    languages: Mapping[str, str] = field(default_factory=dict)
    officers: tuple[RollOfficer, ...] = ()
    scope: str = ""


def content_of(
    stored: StoredRoll, gallery: Searchable, people: dict[str, RollPerson], to_zone: str
) -> Content:
    """`stored`, whose people are in `gallery`, as a terminal sees it that leads into `to_zone`."""
    zones = {number: frozenset(who.zones) for number, who in people.items()}
    return Content(
        version=stored.version,
        gallery=gallery,
        people=people,
        zones=zones,
        expected=frozenset(number for number, allowed in zones.items() if to_zone in allowed),
        attested=frozenset(number for number, who in people.items() if who.attested),
        languages={number: who.language for number, who in people.items()},
        officers=tuple(stored.officers),
        scope=stored.scope,
    )


def stored_of(content: Content) -> StoredRoll:
    """What is kept of it on the card."""
    return StoredRoll(
        form=FORM,
        version=content.version,
        people=list(content.people.values()),
        officers=list(content.officers),
        scope=content.scope,
    )
