"""What holds now of each kind, under the headings of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Field, Group, Input, Kind
from hub.custody.facts.reading import Held, holding, item_of
from hub.custody.facts.records import Fact
from hub.custody.who.countries import Country
from hub.reception.file.story import said_of
from hub.reception.file.subject import Look
from hub.reception.file.values import shown
from hub.sentences import Sentence

HEADINGS: Final = {
    Group.LAW: Sentence("Law"),
    Group.STAY: Sentence("This stay"),
    Group.WHO: Sentence("Who they are"),
    Group.FAMILY: Sentence("Family and contacts"),
    Group.HEALTH: Sentence("Health"),
    Group.LIFE: Sentence("Life in custody"),
}
"""In the order in which they stand."""


@dataclass(frozen=True)
class Value:
    """One field of a fact, in words."""

    label: Sentence
    said: Sentence | str


@dataclass(frozen=True)
class Entry:
    """One thing that holds, with all its fields."""

    row: Fact
    said: Sentence
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Shelf:
    """What holds of one kind, and whether the visitor may add to it."""

    kind: Kind[Any]
    entries: tuple[Entry, ...]
    may_record: bool


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it. `closed` says that the visitor may not read it."""

    group: Group
    words: Sentence
    shelves: tuple[Shelf, ...]
    closed: bool = False


def sections(look: Look) -> list[Section]:
    """Every section that has a kind; of one whose kinds are closed to the visitor no more than its name."""
    rows: dict[str, list[Fact]] = {}
    for row in look.rows:
        if look.of_stay(row):
            rows.setdefault(row.kind, []).append(row)
    found = []
    for group, words in HEADINGS.items():
        kinds = [kind for kind in KINDS.values() if kind.group is group]
        seen = [kind for kind in kinds if look.may(kind.see)]
        if kinds:
            shelves = tuple(_shelf(look, kind, rows.get(kind.name, [])) for kind in seen)
            found.append(Section(group, words, shelves, closed=not seen))
    return found


def held_of(look: Look, kind: Kind[Any]) -> list[Held[Any]]:
    """What holds of a kind at the moment of the look, in this stay."""
    rows = [row for row in look.rows if row.kind == kind.name and look.of_stay(row)]
    return readable(kind, rows, look)


def readable(kind: Kind[Any], rows: Sequence[Fact], look: Look) -> list[Held[Any]]:
    """What holds; nothing where a row is of another version, which the story says."""
    try:
        return holding(kind, rows, effective_at=look.at, known_at=look.known_at)
    except msgspec.MsgspecError:
        return []


def values_of(kind: Kind[Any], value: object, rows: Sequence[Fact]) -> tuple[Value, ...]:
    """Every filled field in words, in the order of the form. Items that it names are said as `rows` have them."""
    found = (
        Value(field.label, _said(field, getattr(value, field.name, None), rows)) for field in kind.fields
    )
    return tuple(each for each in found if each.said != "")


def _shelf(look: Look, kind: Kind[Any], rows: Sequence[Fact]) -> Shelf:
    held = readable(kind, rows, look) if rows else []
    entries = tuple(
        Entry(each.row, kind.say(each.value), values_of(kind, each.value, look.rows)) for each in held
    )
    return Shelf(kind, entries, may_record=may_record(look, kind))


def may_record(look: Look, kind: Kind[Any]) -> bool:
    """Whether the visitor may write such a fact by hand, now."""
    return kind.by_hand and bool(kind.fields) and look.known_at is None and look.may(kind.record)


def _said(field: Field, value: object, rows: Sequence[Fact]) -> Sentence | str:
    if field.input is Input.COUNTRY and isinstance(value, str) and value:
        return Sentence("%(country)s", {"country": Country(value)})
    if field.input is Input.ITEM and isinstance(value, int):
        told = [row for row in rows if row.kind == field.of and item_of(row) == value]
        return said_of(told[-1]) if told else Sentence("entry %(number)s", {"number": value})
    return shown(field, value)
