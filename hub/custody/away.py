"""Who is out with permission: at court, in hospital, on a temporary absence. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.absence import ABSENCE, Absence
from hub.custody.facts.reading import Held, holding
from hub.custody.facts.records import Fact
from hub.custody.records import Booking
from hub.custody.stays import HOME
from hub.custody.then import COLUMNS, Named, facts_of, named, open_stays


@dataclass(frozen=True)
class Away:
    """Somebody who is out: since when, until when, and where they live inside."""

    person: Named
    held: Held[Absence]
    left_at: datetime
    """What was told of the same absence later, such as another day of return, does not move it."""
    lives_in: str
    overdue: bool

    @property
    def value(self) -> Absence:
        return self.held.value


@dataclass(frozen=True)
class Out:
    """How many are out, each person once, and how many of them should be back."""

    people: int
    overdue: int


def people_away(session: Session, at: datetime, known_at: datetime | None = None) -> list[Away]:
    """Everybody who is out at `at`, or was as known then; those who should be back first, the longest first."""
    moment = at if known_at is None else min(at, known_at)
    rows = _rows(session, known_at)
    found = _out(rows, moment, known_at)
    people = named(session, {one.row.person_id for one in found}, known_at)
    homes = _homes(session, found, moment, known_at)
    began = _began(rows)
    lines = [
        Away(
            person=people[one.row.person_id],
            held=one,
            left_at=began[one.item],
            lives_in=homes.get(one.row.booking_id or 0, ""),
            overdue=one.value.due_back_at < moment,
        )
        for one in found
    ]
    return sorted(lines, key=lambda line: (line.value.due_back_at, line.person.number))


def count_away(session: Session, at: datetime, known_at: datetime | None = None) -> Out:
    """How many that are, without their names."""
    moment = at if known_at is None else min(at, known_at)
    found = _out(_rows(session, known_at), moment, known_at)
    late = {one.row.person_id for one in found if one.value.due_back_at < moment}
    return Out(len({one.row.person_id for one in found}), len(late))


def _rows(session: Session, known_at: datetime | None) -> list[Fact]:
    """Rows about absences in stays that go on, or went on then: of whoever left nobody asks whether they are back."""
    wanted = select(*COLUMNS).where(Fact.kind == ABSENCE.name)
    if known_at is None:
        going_on = select(Booking.id).where(Booking.released_at.is_(None))
        return list(cast(Sequence[Fact], session.execute(wanted.where(Fact.booking_id.in_(going_on))).all()))
    stays = open_stays(session, known_at)
    rows = cast(Sequence[Fact], session.execute(wanted.where(Fact.recorded_at <= known_at)).all())
    return [row for row in rows if row.booking_id in stays]


def _out(rows: Sequence[Fact], moment: datetime, known_at: datetime | None) -> list[Held[Absence]]:
    return holding(ABSENCE, rows, effective_at=moment, known_at=known_at)


def _began(rows: Sequence[Fact]) -> dict[int, datetime]:
    """The day and hour of each absence as it was first stated, or as that was corrected."""
    found: dict[int, datetime] = {}
    for one in sorted(rows, key=lambda row: row.id):
        item = one.id if one.item is None else one.item
        if one.item is None or one.corrects_id == item:
            found[item] = one.effective_at
    return found


def _homes(
    session: Session, found: Sequence[Held[Absence]], moment: datetime, known_at: datetime | None
) -> dict[int, str]:
    rows = facts_of(session, {one.row.person_id for one in found}, (HOME.name,))
    return {
        one.row.booking_id: one.value.cell or one.value.zone
        for one in holding(HOME, rows, effective_at=moment, known_at=known_at)
        if one.row.booking_id is not None
    }
