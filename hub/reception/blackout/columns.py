"""Kinds of rows of a batch from paper, and the columns of each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.accounts.permissions import Permission
from hub.custody.legal import LEGAL_STATUSES, ORDER_KINDS, RELEASE_REASONS
from hub.reception.words import SEXES
from hub.sentences import Sentence


class RowKind(StrEnum):
    """What a row tells."""

    ADMISSION = "admission"
    MOVEMENT = "movement"
    CELL = "cell"
    COUNT = "count"
    RELEASE = "release"


class Shape(StrEnum):
    """How a cell is typed."""

    TEXT = "text"
    WHEN = "when"
    PERSON = "person"
    ZONE = "zone"
    CELL = "cell"
    DAY = "day"
    WHOLE = "whole"
    CHOICE = "choice"


@dataclass(frozen=True)
class Column:
    """One column. `options` are those of a choice."""

    code: str
    words: Sentence
    shape: Shape = Shape.TEXT
    required: bool = True
    options: Mapping[str, Sentence] | None = None


@dataclass(frozen=True)
class Section:
    """A kind of row; who enters it and who signs as second needs the permission `enter` or `sign`."""

    words: Sentence
    columns: tuple[Column, ...]
    enter: Permission
    sign: Permission
    blank: int = 2


_WHEN: Final = Column("when", Sentence("When"), Shape.WHEN)
_PERSON: Final = Column("person", Sentence("Person number"), Shape.PERSON)
_NOTE: Final = Column("note", Sentence("Page, line, remark"), required=False)

SECTIONS: Final[Mapping[RowKind, Section]] = {
    RowKind.MOVEMENT: Section(
        Sentence("Movements"),
        (
            _WHEN,
            _PERSON,
            Column("from", Sentence("From"), Shape.ZONE),
            Column("to", Sentence("To"), Shape.ZONE),
            _NOTE,
        ),
        Permission.ENTER_PAPER,
        Permission.ENTER_PAPER,
        blank=5,
    ),
    RowKind.CELL: Section(
        Sentence("Moves to another cell"),
        (_WHEN, _PERSON, Column("to", Sentence("Cell"), Shape.CELL), _NOTE),
        Permission.ALLOT_CELLS,
        Permission.ENTER_PAPER,
    ),
    RowKind.ADMISSION: Section(
        Sentence("Admissions"),
        (
            _WHEN,
            Column("person", Sentence("Number, if known"), Shape.PERSON, required=False),
            Column("surname", Sentence("Surname")),
            Column("given", Sentence("Given names")),
            Column("born_on", Sentence("Born"), Shape.DAY, required=False),
            Column("sex", Sentence("Sex"), Shape.CHOICE, options={k.value: v for k, v in SEXES.items()}),
            Column(
                "order_kind",
                Sentence("Kind of order"),
                Shape.CHOICE,
                options={k.value: v for k, v in ORDER_KINDS.items()},
            ),
            Column("order_reference", Sentence("Reference on the order")),
            Column("order_issued_on", Sentence("Dated"), Shape.DAY),
            Column(
                "status",
                Sentence("Legal status"),
                Shape.CHOICE,
                options={k.value: v for k, v in LEGAL_STATUSES.items()},
            ),
            Column("to", Sentence("Block or tier"), Shape.ZONE),
            Column("cell", Sentence("Cell"), Shape.CELL, required=False),
            _NOTE,
        ),
        Permission.ADMIT_PEOPLE,
        Permission.ENTER_PAPER,
        blank=1,
    ),
    RowKind.RELEASE: Section(
        Sentence("Releases"),
        (
            _WHEN,
            _PERSON,
            Column(
                "reason",
                Sentence("Reason"),
                Shape.CHOICE,
                options={k.value: v for k, v in RELEASE_REASONS.items()},
            ),
            Column("reference", Sentence("Order to release, or what the form says")),
            Column("identity", Sentence("How it was made sure who it was")),
            Column("first", Sentence("First officer on the form")),
            Column("handed_to", Sentence("Handed over to, if anybody"), required=False),
            _NOTE,
        ),
        Permission.RELEASE_PEOPLE,
        Permission.CONFIRM_RELEASE,
        blank=1,
    ),
    RowKind.COUNT: Section(
        Sentence("Counts"),
        (
            _WHEN,
            Column("to", Sentence("Unit"), Shape.ZONE),
            Column("counted", Sentence("People counted"), Shape.WHOLE),
            Column("first", Sentence("First counter")),
            Column("second", Sentence("Second counter")),
            _NOTE,
        ),
        Permission.ENTER_PAPER,
        Permission.ENTER_PAPER,
        blank=2,
    ),
}
"""In the order in which they stand on the page."""
