"""Reading the proofs that a reel is made of: those that held when it begins, and those made or heard of in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.movements.whereabouts.records import ProofRow

LOOK_BACK: Final = timedelta(days=1)
"""Nearly everybody was seen within a day: those are read in one go, the others one by one."""
HEARD_LATE: Final = timedelta(days=7)
"""What was heard of in the time and is older than this is left to the trail of the person."""
_LAST_FEW: Final = 40
"""More of one person's last proofs than were ever taken back or came late together."""


def before(
    session: Session, at: datetime, people: Collection[int], known_at: datetime | None = None
) -> list[ProofRow]:
    """Of each person the last proof made before `at`, as it is known now and as it was known then; oldest first.

    With `known_at` as it was known at that time in the place of now.
    """
    found: dict[int, list[ProofRow]] = {}
    for row in session.scalars(_made(at - LOOK_BACK, at)):
        found.setdefault(row.person_id, []).append(row)
    for person_id in sorted(set(people) - _settled(found, at, known_at)):
        found[person_id] = _last_of(session, person_id, at)
    last = {row.id: row for rows in found.values() for row in _two_views(rows, at, known_at)}
    return sorted(last.values(), key=order)


def as_known(rows: Iterable[ProofRow], known_at: datetime | None) -> list[ProofRow]:
    """Those of which the hub had heard by `known_at`; all of them where that is None."""
    return [row for row in rows if known_at is None or row.recorded_at <= known_at]


def is_withdrawn(row: ProofRow, known_at: datetime | None) -> bool:
    """Whether the proof was taken back, as known at a time or now."""
    return row.withdrawn_at is not None and (known_at is None or row.withdrawn_at <= known_at)


def during(session: Session, from_at: datetime, to_at: datetime) -> list[ProofRow]:
    """Proofs made in the time, and older ones of which the hub heard in it; taken back or not, oldest first."""
    heard = select(ProofRow).where(
        ProofRow.at >= from_at - HEARD_LATE,
        ProofRow.at < from_at,
        ProofRow.recorded_at >= from_at,
        ProofRow.recorded_at < to_at,
    )
    rows = [*session.scalars(_made(from_at, to_at)), *session.scalars(heard)]
    return sorted(rows, key=order)


def order(row: ProofRow) -> tuple[datetime, bool, str, bytes, int]:
    """The place of a proof among others, as the fold has it."""
    return row.at, row.sure, row.terminal, row.journal_id, row.sequence


def _made(from_at: datetime, to_at: datetime) -> Select[ProofRow]:
    return select(ProofRow).where(ProofRow.at >= from_at, ProofRow.at < to_at)


def _settled(found: dict[int, list[ProofRow]], at: datetime, known_at: datetime | None) -> set[int]:
    """People of whom what was read already has both views."""
    return {
        person_id
        for person_id, rows in found.items()
        if any(_counts(row, known_at) for row in rows) and any(_counted(row, at) for row in rows)
    }


def _last_of(session: Session, person_id: int, at: datetime) -> list[ProofRow]:
    of_person = select(ProofRow).where(ProofRow.person_id == person_id, ProofRow.at < at)
    return list(session.scalars(of_person.order_by(ProofRow.latest_at.desc()).limit(_LAST_FEW)))


def _two_views(rows: Iterable[ProofRow], at: datetime, known_at: datetime | None) -> list[ProofRow]:
    in_order = sorted(rows, key=order)
    now = [row for row in in_order if _counts(row, known_at)]
    then = [row for row in in_order if _counted(row, at)]
    return [*now[-1:], *then[-1:]]


def _counts(row: ProofRow, known_at: datetime | None) -> bool:
    return not is_withdrawn(row, known_at) and (known_at is None or row.recorded_at <= known_at)


def _counted(row: ProofRow, at: datetime) -> bool:
    return row.recorded_at < at and (row.withdrawn_at is None or row.withdrawn_at >= at)
