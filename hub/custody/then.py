"""Who was here, and by what name, as it was known at an earlier time: for lists of many people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.custody.facts.reading import holding
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.records import Booking, Person
from hub.custody.stays import RELEASE

IN_ONE_QUESTION: Final = 5_000
NO_NAME: Final = "–"
COLUMNS: Final = (
    Fact.id, Fact.person_id, Fact.booking_id, Fact.kind, Fact.item, Fact.act, Fact.value, Fact.effective_at,
    Fact.recorded_at, Fact.recorded_by, Fact.source, Fact.corrects_id,
)  # fmt: skip
"""What tells what holds: plain rows, since whole prisons are read at once."""


_NAMES: Final = select(Person.id, Person.number, Person.surname, Person.given, Person.born_on, Person.sex)


@dataclass(frozen=True)
class Named:
    """Somebody under the name by which they were known."""

    id: int
    number: str
    surname: str
    given: str
    born_on: date | None
    sex: str

    def __repr__(self) -> str:
        return f"Named({self.number})"


def named(session: Session, person_ids: Collection[int], known_at: datetime | None) -> dict[int, Named]:
    """People by id, with name, birth and sex as they were known then; None for now.

    Somebody whose name was recorded later stands under the number alone.
    """
    found: dict[int, Named] = {}
    for ids in _in_parts(sorted(set(person_ids))):
        for row in session.execute(_NAMES.where(Person.id.in_(ids))):
            found[row.id] = Named(*row)
        if known_at is not None:
            found |= _as_then(session, {each: found[each] for each in ids if each in found}, known_at)
    return found


def _as_then(session: Session, now: dict[int, Named], known_at: datetime) -> dict[int, Named]:
    """Only of those whose name was written since then; of everybody else it is the same."""
    later = select(Fact.person_id).where(
        Fact.kind == IDENTITY.name, Fact.recorded_at > known_at, Fact.person_id.in_(now)
    )
    changed = set(session.scalars(later))
    rows = facts_of(session, changed, (IDENTITY.name,))
    held = {one.row.person_id: one.value for one in holding(IDENTITY, rows, known_at=known_at)}
    found: dict[int, Named] = {}
    for person_id in changed:
        number, was = now[person_id].number, held.get(person_id)
        if was is None:
            found[person_id] = Named(person_id, number, number, NO_NAME, None, "UNKNOWN")
        else:
            found[person_id] = Named(person_id, number, was.surname, was.given, was.born_on, was.sex.value)
    return found


def on_file(session: Session, known_at: datetime, person_ids: Collection[int] | None = None) -> set[int]:
    """Those of whom a name had been recorded by then: of everybody, or of these people."""
    wanted = select(Fact.person_id).where(Fact.kind == IDENTITY.name, Fact.recorded_at <= known_at)
    if person_ids is None:
        return set(session.scalars(wanted))
    found: set[int] = set()
    for ids in _in_parts(sorted(set(person_ids))):
        found |= set(session.scalars(wanted.where(Fact.person_id.in_(ids))))
    return found


def facts_of(session: Session, person_ids: Collection[int], kinds: Collection[str]) -> list[Fact]:
    """Rows of these kinds of these people, for the functions that say what holds."""
    found: list[Fact] = []
    for ids in _in_parts(sorted(set(person_ids))):
        wanted = select(*COLUMNS).where(Fact.person_id.in_(ids), Fact.kind.in_(sorted(kinds)))
        found += cast(Sequence[Fact], session.execute(wanted).all())
    return found


def open_stays(session: Session, known_at: datetime | None) -> dict[int, int]:
    """The person of each stay that went on, as it was known then; None for now.

    A release that was entered later had not been heard of; one that was taken back since still counted.
    """
    wanted = select(Booking.id, Booking.person_id)
    if known_at is None:
        now = session.execute(wanted.where(Booking.released_at.is_(None)))
        return {row.id: row.person_id for row in now}
    open_then = or_(Booking.released_at.is_(None), Booking.released_at > known_at)
    retold = _retold(known_at)
    stays = wanted.where(Booking.recorded_at <= known_at, Booking.admitted_at <= known_at)
    rows_then = session.execute(stays.where(or_(open_then, Booking.id.in_(retold))))
    found = {row.id: row.person_id for row in rows_then}
    rows = cast(
        Sequence[Fact],
        session.execute(select(*COLUMNS).where(Fact.kind == RELEASE.name, Fact.booking_id.in_(retold))).all(),
    )
    for one in holding(RELEASE, rows, known_at=known_at):
        if one.value.released_at <= known_at and one.row.booking_id is not None:
            found.pop(one.row.booking_id, None)
    return found


def _retold(known_at: datetime) -> ColumnElement[int]:
    """Stays about whose release something was recorded since, or was ever corrected or taken back."""
    return cast(
        ColumnElement[int],
        select(Fact.booking_id).where(
            Fact.kind == RELEASE.name, or_(Fact.recorded_at > known_at, Fact.corrects_id.is_not(None))
        ),
    )


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), IN_ONE_QUESTION):
        yield ids[start : start + IN_ONE_QUESTION]
