"""What a review says: its sections, recommendations, what was done about them, and its log. Pure."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Final

import msgspec

from hub.statistics.review.blocks import Block, Text


class Section(msgspec.Struct, frozen=True):
    """A part of the review."""

    code: str
    title: Text
    blocks: tuple[Block, ...]


class Recommendation(msgspec.Struct, frozen=True):
    """What a rule derived, or, where `rule` is empty, what the writer added.

    `number` is the rule's, `figure` what it came upon and `threshold` what it holds that against. `text` is the
    writer's wording where they changed it; what was derived stays beside it. One that was dropped has the `reason`, and
    stays in the document. `changed_by` is who did the last of this, `changed_at` when.
    """

    key: str
    rule: str
    condition: Text
    evidence: Text
    derived: Text
    text: str = ""
    dropped: bool = False
    reason: str = ""
    number: str = ""
    figure: Text = Text()
    threshold: Text = Text()
    changed_by: str = ""
    changed_at: datetime | None = None


class Worked(msgspec.Struct, frozen=True):
    """Something that was done about the recommendation `key`: `act` is of records.Act."""

    at: datetime
    by: str
    act: str
    key: str


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
    worked: tuple[Worked, ...] = ()
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
