"""What an exchange is: one kind of message, with the fields that it may ever have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from hub.sentences import Sentence
from hub.sharing.catalogue.reading import Reading


class PartnerKind(StrEnum):
    """What an agency is to the prison; it decides which exchanges an agreement with it may name."""

    POLICE = "police"
    COURTS = "courts"
    FORENSIC = "forensic"
    OBSERVATORY = "observatory"


PARTNER_KINDS: Final = {
    PartnerKind.POLICE: Sentence("Police"),
    PartnerKind.COURTS: Sentence("Courts"),
    PartnerKind.FORENSIC: Sentence("Forensic service"),
    PartnerKind.OBSERVATORY: Sentence("Crime observatory"),
}


class Direction(StrEnum):
    """Whether a message leaves or comes in."""

    OUT = "out"
    IN = "in"


class Way(StrEnum):
    """How something left."""

    PUSH = "push"
    PULL = "pull"
    EXPORT = "export"
    SCREEN = "screen"


WAYS: Final = {
    Way.PUSH: Sentence("sent"),
    Way.PULL: Sentence("fetched by them"),
    Way.EXPORT: Sentence("as a file"),
    Way.SCREEN: Sentence("on a screen"),
}


class About(StrEnum):
    """What a document is about: one person, one line of a list for each person, or figures without persons."""

    PERSON = "person"
    LIST = "list"
    FIGURES = "figures"


Schema = Mapping[str, Any]
"""A JSON Schema of a value."""


@dataclass(frozen=True)
class DataField:
    """One field of an exchange: the smallest thing that an agreement can allow.

    `name` is its key, unique in the exchange; in the document it stands under `path`, wrapped in `leaf`, as NIEM has
    it. `kinds` are the facts that `read` looks at, and no others are loaded for it; `read` gives a value as JSON has
    it, None for what is not there. `sensitive` ones are marked where an agreement is written.
    """

    name: str
    label: Sentence
    read: Callable[[Reading], Any]
    schema: Schema
    path: tuple[str, ...] = ()
    leaf: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sensitive: bool = False
    place: tuple[str, ...] = field(init=False, repr=False)
    """Keys from the top of the document's data to the value."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", (*self.path, self.name, *self.leaf))


@dataclass(frozen=True)
class Exchange:
    """One kind of message. `events` are the happenings that an agreement may have it sent on, by their type."""

    name: str
    direction: Direction
    partners: frozenset[PartnerKind]
    label: Sentence
    fields: tuple[DataField, ...]
    about: About = About.PERSON
    events: tuple[str, ...] = ()
    by_name: Mapping[str, DataField] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {one.name: one for one in self.fields})

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its fields, in their order."""
        return tuple(self.by_name)

    def field(self, name: str) -> DataField | None:
        """The field of this name; None for one that the exchange does not have."""
        return self.by_name.get(name)
