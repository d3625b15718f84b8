"""What a review says: sections of words, tables and bars, recommendations, and its log. Pure.

Sentences are kept as they were said, so that a frozen review is read in any language.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Final

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


Block = Paragraph | Table | Bars


class Section(msgspec.Struct, frozen=True):
    """A part of the review."""

    code: str
    title: Text
    blocks: tuple[Block, ...]


class Recommendation(msgspec.Struct, frozen=True):
    """What a rule derived, or, where `rule` is empty, what the writer added.

    `text` is the writer's wording where they changed it; what was derived stays beside it. One that was dropped has
    the `reason`, and stays in the document.
    """

    key: str
    rule: str
    condition: Text
    evidence: Text
    derived: Text
    text: str = ""
    dropped: bool = False
    reason: str = ""


class Change(msgspec.Struct, frozen=True):
    """A figure that is another than in the revision before."""

    where: tuple[Text, ...]
    before: Text
    after: Text


class Entry(msgspec.Struct, frozen=True):
    """A line of the revision log."""

    revision: int
    made_at: datetime
    made_by: str
    why: str


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The review of `place` for the days from `begins_on` to `reference_on`, as known at `known_at`.

    Nothing in it depends on when or where it was made anew: the same state gives the same content.
    """

    version: int = 1
    place: str
    year: int
    revision: int
    begins_on: date
    reference_on: date
    known_at: datetime
    smallest: int
    sections: tuple[Section, ...]
    recommendations: tuple[Recommendation, ...]
    log: tuple[Entry, ...] = ()
    changes: tuple[Change, ...] = ()


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def write(content: Content) -> str:
    """The content as it is kept; the same text for the same content."""
    return _ENCODER.encode(content).decode()


def read(raw: str) -> Content:
    """The content of `write`."""
    return msgspec.json.decode(raw, type=Content)


def digest_of(raw: str) -> str:
    """What signatures are put under: SHA-256 in hex."""
    return hashlib.sha256(raw.encode()).hexdigest()


def said(sentence: Sentence | str, /, **values: object) -> Text:
    """A text from a sentence, or from a message and its values."""
    one = sentence if isinstance(sentence, Sentence) else Sentence(sentence, values)
    return Text(said=write_sentence(one))


def plain(value: object) -> Text:
    """A text that is the same in every language."""
    return Text(plain=f"{value:,}" if isinstance(value, int) else str(value))
