"""What a field said when it left, beside what it would have said had all been known: only whether they differ.

This stands at the gate because it reads fields. No value leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Per
from hub.custody.facts.records import Fact
from hub.sharing.catalogue import DataField
from hub.sharing.gathering import Loaded, load


@dataclass(frozen=True)
class Recollection:
    """The facts of one kind about a person, with when each was recorded."""

    person_id: int
    booking_id: int | None
    _loaded: Loaded
    _recorded: dict[int, datetime]

    def __repr__(self) -> str:
        return "Recollection()"

    def differs(self, field: DataField, told_at: datetime, fact_id: int, about: Iterable[int | None]) -> bool:
        """Whether the field, as of `told_at`, read otherwise with what was recorded by then than it does now.

        `fact_id` is the row that put something right: it and later ones were not known. `about` are the facts that a
        message may have been about.
        """
        for fact in about:
            now = replace(self._loaded.reading(self.person_id, self.booking_id, fact, None), at=told_at)
            before = {
                kind: [row for row in rows if row.id < fact_id and self._recorded[row.id] <= told_at]
                for kind, rows in now.rows.items()
            }
            if field.read(replace(now, rows=before)) != field.read(now):
                return True
        return False


def recollect(
    session: Session, person_id: int, booking_id: int | None, kind: str, at: datetime
) -> Recollection:
    """Everything of a kind that was ever recorded about a person; of a stay where the kind is one of stays."""
    loaded = load(session, {person_id}, {kind} & set(KINDS), at)
    wanted = select(Fact.id, Fact.recorded_at).where(Fact.person_id.in_(loaded.leads), Fact.kind == kind)
    recorded = {row.id: row.recorded_at for row in session.execute(wanted)}
    of_stay = kind in KINDS and KINDS[kind].per is Per.BOOKING
    return Recollection(person_id, booking_id if of_stay else None, loaded, recorded)
