"""What was told while two files were taken for one person's, and were parted again.

A row of the log stands under the number that led when it was written, and rows are never changed. While the files were
one, every message was read from both: of no such row can it be said that it concerns the one and not the other. So
after the parting each of them stands in the report of either, marked as such. The other's number is not named there:
the report is handed to a person, and the other turned out to be somebody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hub.custody.merging.records import MergeCase, MergeStep
from hub.custody.merging.rules import Act, Edge, leaders
from hub.custody.queries import names
from hub.sharing.disclosures.records import Disclosure

_STEPS: Final = (
    select(MergeStep.case_id, MergeStep.act, MergeStep.at, MergeStep.lead_id, MergeCase.one_id, MergeCase.other_id)
    .join(MergeCase, MergeCase.id == MergeStep.case_id)
    .where(MergeStep.act.in_([Act.MERGED.value, Act.PARTED.value]))
    .order_by(MergeStep.id)
)  # fmt: skip


@dataclass(frozen=True)
class Spell:
    """From `since_at` until `until_at` a file was one with another that it is not one with now: rows of that time stand
    under `number`, which may be that of either."""

    number: str
    since_at: datetime
    until_at: datetime

    def covers(self, row: Disclosure) -> bool:
        return row.person == self.number and self.since_at <= row.at < self.until_at


@dataclass(frozen=True)
class Whose:
    """Rows of a person: all under `numbers`, and those of `spells`."""

    numbers: frozenset[str]
    spells: tuple[Spell, ...] = ()

    def joined(self, row: Disclosure) -> bool:
        """Whether the row is of a time in which the file was one with another by mistake."""
        return any(spell.covers(row) for spell in self.spells)

    @property
    def rows(self) -> ColumnElement[bool]:
        """What holds of rows of the person, and of no others."""
        return or_(
            Disclosure.person.in_(sorted(self.numbers)),
            *(
                and_(
                    Disclosure.person == one.number,
                    Disclosure.at >= one.since_at,
                    Disclosure.at < one.until_at,
                )
                for one in self.spells
            ),
        )


def whose(
    session: Session, people: Collection[int], numbers: Iterable[str], known_at: datetime | None = None
) -> Whose:
    """Rows of one person: `people` are all files that are theirs now, `numbers` their numbers."""
    found = [
        (lead, since_at, until_at)
        for members, lead, since_at, until_at in _families(session, known_at)
        if members & set(people) and not members <= set(people)
    ]
    known = names(session, {lead for lead, _, _ in found})
    spells = (Spell(known[lead].number, since_at, until_at) for lead, since_at, until_at in found)
    return Whose(frozenset(numbers), tuple(spells))


def told_to(session: Session, of: Whose, known_at: datetime | None = None) -> Sequence[Disclosure]:
    """What was shared of somebody, oldest first; refusals shared nothing."""
    wanted = select(Disclosure).where(of.rows, Disclosure.refused == "", Disclosure.receipt_of.is_(None))
    if known_at is not None:
        wanted = wanted.where(Disclosure.at <= known_at)
    return session.scalars(wanted.order_by(Disclosure.id)).all()


def _families(
    session: Session, known_at: datetime | None
) -> list[tuple[frozenset[int], int, datetime, datetime]]:
    """Every family that there was between two acts of merging: its members, who led, from when until when.

    The one that stands now is left out: it ends with no act.
    """
    steps = [row for row in session.execute(_STEPS) if known_at is None or row.at <= known_at]
    if all(row.act != Act.PARTED for row in steps):
        return []
    found = []
    holding: dict[int, Edge] = {}
    for row, following in pairwise(steps):
        if row.act == Act.PARTED:
            holding.pop(row.case_id, None)
        elif row.lead_id is not None:
            holding[row.case_id] = (row.lead_id, row.other_id if row.lead_id == row.one_id else row.one_id)
        lead = leaders(holding.values())
        for first in set(lead.values()):
            members = frozenset({first, *(one for one, its in lead.items() if its == first)})
            found.append((members, first, row.at, following.at))
    return found
