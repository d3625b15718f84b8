"""What says that somebody was somewhere. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec


class Source(StrEnum):
    """How a place is known."""

    SCAN = "scan"
    ATTESTED = "attested"
    COUNT = "count"
    COURT_LIST = "court_list"
    ESCORT = "escort"
    PAPER = "paper"


BOOK: Final = "paper"
"""Stands in the place of the terminal for what was entered from paper; the journal is the batch's own."""


class Key(NamedTuple):
    """Where a proof comes from: a journal entry, or a number of our own in a journal of our own (16 bytes)."""

    terminal: str
    journal_id: bytes
    sequence: int


@dataclass(frozen=True)
class NewProof:
    """Somebody was in a zone at `at`, certainly between `earliest_at` and `latest_at` (left out: at that very time).

    `other_zone_id` is the other side of the checkpoint: where somebody admitted came from, or where somebody refused
    wanted to go. `by` is the officer who said so. `evidence` says in a few words what it is on paper ("count 12").
    `late` tells that the hub heard of it long after. `by_entry` is for passages and attestations of a journal, which a
    rebuild reads there again.
    """

    person_id: int
    zone_id: int
    source: Source
    at: datetime
    key: Key
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    sure: bool = True
    link: bytes = b""
    other_zone_id: int | None = None
    checkpoint: str = ""
    decision: str = ""
    rule: str = ""
    by: str = ""
    evidence: str = ""
    late: bool = False
    by_entry: bool = False


class Proven(msgspec.Struct, frozen=True, array_like=True):
    """A proof as the fold keeps it. `from_zone_id` is where a passage led from, None where none is known."""

    at: datetime
    sure: bool
    terminal: str
    journal_id: bytes
    sequence: int
    link: bytes
    zone_id: int
    source: str
    earliest_at: datetime
    latest_at: datetime
    from_zone_id: int | None

    @property
    def key(self) -> Key:
        return Key(self.terminal, self.journal_id, self.sequence)

    @property
    def order(self) -> tuple[object, ...]:
        """The place of a proof among others: time, and where that is the same, the surer clock and then its key.

        No two proofs that differ in where or when have the same place: what arrives first decides nothing.
        """
        key = self.terminal, self.journal_id, self.sequence, self.link
        return (self.at, self.sure, *key, self.zone_id, self.latest_at, self.earliest_at)


def proven(new: NewProof) -> Proven:
    """What the fold needs of a proof. Its interval holds its time, whatever was given."""
    passed = new.decision == "ADMIT" and new.other_zone_id is not None
    return Proven(
        new.at,
        new.sure,
        new.key.terminal,
        new.key.journal_id,
        new.key.sequence,
        new.link,
        new.zone_id,
        new.source.value,
        min(new.earliest_at or new.at, new.at),
        max(new.latest_at or new.at, new.at),
        new.other_zone_id if passed else None,
    )
