"""Bringing in the rows of an import, some at a time; what was brought in can be taken back while nobody touched it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.actions import open_booking_of
from hub.custody.identity import IDENTITY, Identity
from hub.custody.records import Booking, Person
from hub.custody.search.projection import refresh
from hub.database import Sessions, session_scope
from hub.movements.duty_records import ReEnrolment
from hub.movements.re_enrolment import Why
from hub.reception.bulk import Bulk
from hub.reception.register.actions import Decision, Judged, State, entry_of
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.reception.register.row_facts import RowFacts
from hub.rows import insert_rows

AT_ONCE: Final = 200
"""Rows in a transaction: a crash loses none, and nobody else waits long."""
BREATH_S: Final = 0.12
"""Between two of them. SQLite keeps no queue of its writers: each asks again every 100 ms, and has to find it free."""


@dataclass(frozen=True)
class Progress:
    """Rows that are through, and whether more remain."""

    done: int
    rows: int
    more: bool


def bring_in_some(sessions: Sessions, import_id: int, *, actor: Actor, at: datetime) -> Progress:
    """The next rows, in one transaction. Two who do this at once do not bring in a row twice."""
    with session_scope(sessions) as session:
        found = session.get_one(
            RegisterImport, import_id, with_for_update={"key_share": True}, populate_existing=True
        )
        if found.state != State.IMPORTING:
            return Progress(found.done, found.rows, more=False)
        rows = session.scalars(
            select(RegisterRow)
            .where(RegisterRow.import_id == import_id, RegisterRow.outcome == "")
            .order_by(RegisterRow.line)
            .limit(AT_ONCE)
        ).all()
        _Bringing(session, found, actor, at).write(rows)
        found.done += len(rows)
        more = found.done < found.rows
        if not more:
            found.state, found.finished_at = State.DONE.value, at
            write_down(
                session,
                at=at,
                actor=actor,
                act="register.done",
                detail=f"import {import_id}, {found.rows} rows",
            )
        return Progress(found.done, found.rows, more)


def bring_in(
    sessions: Sessions,
    import_id: int,
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    told: Callable[[Progress], None] = lambda _progress: None,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """All that remains; may be called again after a crash. Between transactions others who write get their turn."""
    while True:
        progress = bring_in_some(sessions, import_id, actor=actor, at=clock())
        told(progress)
        if not progress.more:
            return
        rest(BREATH_S)


@dataclass(frozen=True)
class _Result:
    outcome: str
    person_id: int | None = None
    booking_id: int | None = None
    is_new: bool = False
    facts: int = 0


class _Bringing:
    def __init__(self, session: Session, found: RegisterImport, actor: Actor, at: datetime) -> None:
        self._session, self._found, self._actor, self._at = session, found, actor, at
        self._bulk = Bulk(session, by=actor.login)
        self._new: list[int] = []
        self._old: list[int] = []
        self._inside: set[int] = set()

    def write(self, rows: Sequence[RegisterRow]) -> None:
        made: dict[int, int] = {}
        results: list[tuple[RegisterRow, _Result]] = []
        for row in rows:
            if row.judged == Judged.FAULTY or row.decision == Decision.SKIP:
                results.append((row, _Result("skipped")))
            else:
                results.append((row, self._row(row, made)))
        # The rows name people and stays, which have to be there first.
        self._bulk.flush()
        for row, result in results:
            row.outcome, row.is_new, row.facts = result.outcome, result.is_new, result.facts
            row.person_id, row.booking_id = result.person_id, result.booking_id
        self._session.flush()
        refresh(self._session, self._old)
        self._note(rows)

    def _row(self, row: RegisterRow, made: dict[int, int]) -> _Result:
        entry = entry_of(row)
        facts = RowFacts(self._bulk, self._found, row, by=self._actor.login, at=self._at)
        person_id = self._same(row, made) if row.decision == Decision.SAME else None
        is_new = person_id is None
        if person_id is None:
            identity = Identity(
                surname=entry.surname,
                given=entry.given,
                born_on=entry.born_on,
                born_estimated=entry.born_estimated,
                sex=entry.sex,
            )
            person_id = self._bulk.person(identity, created_at=self._at)
            facts.say(IDENTITY, identity, person_id, None, self._at)
            self._new.append(person_id)
        else:
            self._old.append(person_id)
        made[row.line] = person_id
        facts.who(entry, person_id)
        is_kept = (
            entry.admitted_on is not None
            and entry.released_on is None
            and self._is_inside(person_id, is_new=is_new)
        )
        # Known and inside: what the row says of a stay is that of the open one, and stays as it is there.
        booking_id = None if is_kept or entry.admitted_on is None else facts.stay(entry, person_id)
        return _Result("kept" if is_kept else "imported", person_id, booking_id, is_new, facts.written)

    def _same(self, row: RegisterRow, made: dict[int, int]) -> int | None:
        """The person whom the row is about; None when the row it is like was left out."""
        if row.twin_id is not None:
            return row.twin_id
        if row.twin_line in made:
            return made[row.twin_line]
        return self._session.scalar(
            select(RegisterRow.person_id).where(
                RegisterRow.import_id == row.import_id, RegisterRow.line == row.twin_line
            )
        )

    def _is_inside(self, person_id: int, *, is_new: bool) -> bool:
        inside = person_id in self._inside or (
            not is_new and open_booking_of(self._session, person_id) is not None
        )
        self._inside.add(person_id)
        return inside

    def _note(self, rows: Sequence[RegisterRow]) -> None:
        inside = self._session.scalars(
            select(Booking.person_id).where(Booking.person_id.in_(self._new), Booking.released_at.is_(None))
        )
        # Of somebody new no task can be open yet.
        tasks = [
            {
                "person_id": person_id,
                "reason": Why.ASKED_FOR.value,
                "note": self._found.name[:200],
                "opened_at": self._at,
                "opened_by": self._actor.login[:64],
            }
            for person_id in inside
        ]
        insert_rows(self._session, ReEnrolment, tasks)
        ids = [row.person_id for row in rows if row.person_id is not None]
        numbers = {
            person.id: person.number
            for person in self._session.execute(select(Person.id, Person.number).where(Person.id.in_(ids)))
        }
        for row in rows:
            if row.person_id is not None:
                write_down(
                    self._session,
                    at=self._at,
                    actor=self._actor,
                    act="person.import",
                    subject=numbers[row.person_id],
                    detail=f"import {self._found.id} row {row.line}",
                )
