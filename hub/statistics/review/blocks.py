"""What a section of the review is built of: words, tables, charts, and figures at a glance. Pure.

Sentences are kept as they were said, so that a frozen review is read in any language.
"""

from __future__ import annotations

import msgspec

from hub.sentences import Sentence
from hub.web.kept_sentences import write_sentence


class Text(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Either `said`, a kept sentence, or `plain`: a number, a name, or words that somebody typed."""

    plain: str = ""
    said: str = ""


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """A paragraph."""

    text: Text


class Table(msgspec.Struct, frozen=True, tag="table"):
    """`numeric` says of each column whether numbers stand in it. The first cell of a row is its heading."""

    title: Text
    columns: tuple[Text, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Text, ...], ...]
    note: Text = Text()


class Bar(msgspec.Struct, frozen=True):
    """`size` is the length as a share of the longest possible one, 0 to 1; `shown` the number in words."""

    label: Text
    size: float
    shown: Text


class Bars(msgspec.Struct, frozen=True, tag="bars"):
    """A chart of bars, with what it shows in words for who cannot see it."""

    title: Text
    about: Text
    bars: tuple[Bar, ...]


class Line(msgspec.Struct, frozen=True):
    """One line of a chart: as many values as the chart has points; None where there is none, or none is told."""

    label: Text
    values: tuple[float | None, ...]


class Lines(msgspec.Struct, frozen=True, tag="lines"):
    """A chart of the months of a year, January to December, with what it shows in words for who cannot see it."""

    title: Text
    about: Text
    unit: Text
    lines: tuple[Line, ...]


class Figure(msgspec.Struct, frozen=True):
    """A figure at a glance: the number, what it is, and what to hold it against."""

    shown: Text
    label: Text
    note: Text = Text()


class Glance(msgspec.Struct, frozen=True, tag="glance"):
    """The few figures that whoever has one minute reads."""

    figures: tuple[Figure, ...]


Block = Paragraph | Table | Bars | Lines | Glance


def said(sentence: Sentence | str, /, **values: object) -> Text:
    """A text from a sentence, or from a message and its values."""
    one = sentence if isinstance(sentence, Sentence) else Sentence(sentence, values)
    return Text(said=write_sentence(one))


def plain(value: object) -> Text:
    """A text that is the same in every language."""
    return Text(plain=f"{value:,}" if isinstance(value, int) else str(value))


def has_something(block: Block) -> bool:
    """Whether there is anything in it to print: a heading over nothing tells nobody anything."""
    match block:
        case Table():
            return bool(block.rows)
        case Bars():
            return bool(block.bars)
        case Lines():
            return any(value for line in block.lines for value in line.values)
        case _:
            return True
