"""The story of a file: its facts on one line of time, with what was corrected and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import read_value
from hub.custody.facts.reading import Step, steps
from hub.custody.facts.records import Act, Fact
from hub.sentences import Sentence

_UNREADABLE = Sentence("Recorded by another version of the program.")


@dataclass(frozen=True)
class Line:
    """One fact as the story tells it. `struck_by` is the row that corrects or takes it back."""

    row: Fact
    words: Sentence
    said: Sentence
    whole_day: bool
    to_come: bool
    struck_by: Fact | None
    corrects: bool

    @property
    def ended(self) -> bool:
        return self.row.act == Act.ENDS


def said_of(row: Fact) -> Sentence:
    """One line for a row; a row that this version cannot read says so."""
    kind = KINDS.get(row.kind)
    if kind is None:
        return _UNREADABLE
    try:
        return kind.say(read_value(kind, row.value))
    except msgspec.MsgspecError:
        return _UNREADABLE


def words_of(row: Fact) -> Sentence:
    """What sort of fact a row is."""
    kind = KINDS.get(row.kind)
    return kind.words if kind is not None else Sentence("%(kind)s", {"kind": row.kind})


def story(rows: Iterable[Fact], *, at: datetime, most: int | None = None) -> list[Line]:
    """Facts by the time they took effect, the latest first; at most `most`.

    A row that takes another back is told at the row that it takes back.
    """
    found = steps(rows)
    by_id = {step.row.id: step.row for step in found}
    told = sorted((step for step in found if step.row.act != Act.WITHDRAWS), key=_when, reverse=True)
    return [_line(step, by_id, at) for step in told[:most]]


def length(rows: Iterable[Fact]) -> int:
    """How many lines the whole story has."""
    return sum(row.act != Act.WITHDRAWS for row in rows)


def _when(step: Step) -> tuple[datetime, int]:
    return step.row.effective_at, step.row.id


def _line(step: Step, by_id: dict[int, Fact], at: datetime) -> Line:
    row = step.row
    kind = KINDS.get(row.kind)
    return Line(
        row=row,
        words=words_of(row),
        said=said_of(row),
        whole_day=kind is None or kind.whole_days,
        to_come=row.effective_at > at and step.overtaken_by is None,
        struck_by=None if step.overtaken_by is None else by_id.get(step.overtaken_by),
        corrects=row.corrects_id is not None,
    )


def last_of(rows: Iterable[Fact], login: str) -> Fact | None:
    """The newest change of this file, where it is this account's own and still counts."""
    newest = max(rows, key=_id, default=None)
    return newest if newest is not None and newest.recorded_by == login else None


def _id(row: Fact) -> int:
    return row.id
