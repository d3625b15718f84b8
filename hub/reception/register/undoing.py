"""Taking an import back as a whole: every fact of it withdrawn, every stay closed as if it had not begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.records import Finger
from hub.custody.facts.records import Act, Fact
from hub.custody.records import Booking, Person, PersonChange
from hub.custody.search.projection import in_parts, refresh
from hub.database import Series, in_commit_order
from hub.movements.duty_records import ReEnrolment
from hub.movements.records import ZonePermission
from hub.reception.register.actions import State
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.reception.register.row_facts import source_of
from hub.rows import insert_rows
from hub.sentences import RefusedError, Sentence

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Touched:
    """Somebody whose file was worked on since: row, number."""

    line: int
    number: str


def touched(session: Session, import_id: int) -> list[Touched]:
    """Who of an import was changed since by others, or has fingers: these stand against taking it back."""
    rows = _rows(session, import_id)
    found: list[Touched] = []
    for part in in_parts(rows, _AT_ONCE):
        found += _touched(session, part)
    return sorted(found, key=lambda one: one.line)


def undo(session: Session, found: RegisterImport, reason: str, *, actor: Actor, at: datetime) -> int:
    """Take the import back; gives how many rows. RefusedError without a reason, or while somebody was touched.

    The files stay readable with what they held struck out; nobody finds these people any more, and the same
    register can be imported again.
    """
    if not reason.strip():
        raise RefusedError("no_reason", Sentence("Write why, in a few words: it stays with the record."))
    changed = session.execute(
        update(RegisterImport)
        .where(
            RegisterImport.id == found.id, RegisterImport.state.in_([State.DONE.value, State.IMPORTING.value])
        )
        .values(
            state=State.UNDONE.value,
            undone_at=at,
            undone_by=actor.login[:64],
            undo_reason=reason.strip()[:300],
        )
        .returning(RegisterImport.id)
    )
    if changed.first() is None:
        raise RefusedError(
            "not_imported", Sentence("This import brought nothing in that could be taken back.")
        )
    if touched(session, found.id):
        raise RefusedError(
            "touched",
            Sentence(
                "Some of these files were worked on since. They are listed below: correct them one by one."
            ),
        )
    rows = _rows(session, found.id)
    for part in in_parts(rows, _AT_ONCE):
        _take_back(session, part, reason.strip()[:300], actor, at)
    session.refresh(found)
    detail = f"import {found.id}, {len(rows)} rows"
    write_down(session, at=at, actor=actor, act="register.undo", detail=detail)
    return len(rows)


def _rows(session: Session, import_id: int) -> Sequence[RegisterRow]:
    wanted = select(RegisterRow).where(RegisterRow.import_id == import_id, RegisterRow.person_id.is_not(None))
    return session.scalars(wanted.order_by(RegisterRow.line)).all()


def _touched(session: Session, rows: Sequence[RegisterRow]) -> list[Touched]:
    people = {row.person_id for row in rows if row.person_id is not None}
    new = {
        person_id
        for person_id in session.scalars(
            select(RegisterRow.person_id).where(
                RegisterRow.person_id.in_(people), RegisterRow.is_new.is_(True)
            )
        )
        if person_id is not None
    }
    ours = _sums(session, people)
    held = {
        row.person_id: row.count
        for row in session.execute(
            select(Fact.person_id, func.count().label("count"))
            .where(Fact.person_id.in_(new))
            .group_by(Fact.person_id)
        )
    }
    stays = {row.booking_id for row in rows if row.booking_id is not None and row.person_id not in new}
    of_stays = {
        row.booking_id: row.count
        for row in session.execute(
            select(Fact.booking_id, func.count().label("count"))
            .where(Fact.booking_id.in_(stays), Fact.source.not_like(f"%, import {rows[0].import_id} row %"))
            .group_by(Fact.booking_id)
        )
    }
    fingers = set(session.scalars(select(Finger.person_id).where(Finger.person_id.in_(new))))
    numbers = {
        row.id: row.number
        for row in session.execute(select(Person.id, Person.number).where(Person.id.in_(people)))
    }
    return [
        Touched(row.line, numbers[row.person_id])
        for row in rows
        if row.person_id is not None
        and (
            (row.person_id in new and held.get(row.person_id, 0) != ours.get(row.person_id, 0))
            or row.person_id in fingers
            or (row.booking_id in of_stays)
        )
    ]


def _sums(session: Session, people: set[int]) -> dict[int, int]:
    rows = session.execute(
        select(RegisterRow.person_id, func.sum(RegisterRow.facts).label("facts"))
        .where(RegisterRow.person_id.in_(people))
        .group_by(RegisterRow.person_id)
    )
    return {row.person_id: int(row.facts) for row in rows if row.person_id is not None}


def _take_back(
    session: Session, rows: Sequence[RegisterRow], reason: str, actor: Actor, at: datetime
) -> None:
    people = sorted({row.person_id for row in rows if row.person_id is not None})
    stays = [row.booking_id for row in rows if row.booking_id is not None]
    found = session.get_one(RegisterImport, rows[0].import_id)
    sources = {source_of(found, row)[:200] for row in rows}
    facts = session.scalars(
        select(Fact).where(Fact.person_id.in_(people), Fact.act == Act.STATES.value, Fact.source.in_(sources))
    ).all()
    insert_rows(session, Fact, [_withdrawn(fact, reason, actor, at) for fact in facts])
    session.execute(update(Booking).where(Booking.id.in_(stays)).values(released_at=Booking.admitted_at))
    session.execute(
        update(ZonePermission)
        .where(ZonePermission.person_id.in_(_outside(session, people)), ZonePermission.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )
    session.execute(
        update(ReEnrolment)
        .where(ReEnrolment.person_id.in_(_outside(session, people)), ReEnrolment.closed_at.is_(None))
        .values(closed_at=at, closed_by=actor.login, closed_by_fingers=False, close_note=reason[:200])
    )
    in_commit_order(session, Series.PERSON_CHANGES)
    insert_rows(session, PersonChange, [{"person_id": person_id, "changed_at": at} for person_id in people])
    refresh(session, people)
    numbers = session.execute(select(Person.number).where(Person.id.in_(people))).scalars()
    for number in numbers:
        write_down(session, at=at, actor=actor, act="person.import_undo", subject=number)


def _outside(session: Session, people: Sequence[int]) -> list[int]:
    inside = set(
        session.scalars(
            select(Booking.person_id).where(Booking.person_id.in_(people), Booking.released_at.is_(None))
        )
    )
    return [person_id for person_id in people if person_id not in inside]


def _withdrawn(fact: Fact, reason: str, actor: Actor, at: datetime) -> dict[str, object]:
    return {
        "person_id": fact.person_id,
        "booking_id": fact.booking_id,
        "kind": fact.kind,
        "item": fact.item or fact.id,
        "act": Act.WITHDRAWS.value,
        "value": fact.value,
        "effective_at": fact.effective_at,
        "recorded_at": at,
        "recorded_by": actor.login[:64],
        "source": fact.source,
        "document_id": fact.document_id,
        "reason": reason,
        "corrects_id": fact.id,
    }
