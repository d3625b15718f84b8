"""From sealed fingers to the vault: opened, judged, compared with everybody, stored. Aside from what takes scans in.

The engine's work is done without a transaction; each finger is stored in one of its own, so that a stop at any
instant goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import check_distinct, check_one_finger
from hub.biometrics.vault import Vault
from hub.custody.merging.actions import suspect_by_finger
from hub.custody.records import Person
from hub.database import Sessions, session_scope
from hub.logs import log
from hub.movements.re_enrolment import note_enrolled
from hub.reception.desk.answering import LookWork
from hub.reception.desk.asking import HELD_UP, TaskLine, add_finding, change, drop_parts, findings_of
from hub.reception.desk.officer_work import OfficerWork
from hub.reception.desk.readying import Ready, prepare, taking_of
from hub.reception.desk.records import FingerTask, Part, UnusableFinger
from hub.reception.desk.rules import Status
from hub.reception.desk.workbench import Workbench
from hub.sentences import RefusedError
from hub.terminals.records import Terminal
from wire.enrolment import TakenFinger
from wire.keys import OpeningKey

SETTLED: Final = frozenset({"stored", "unusable", "set_aside"})
"""Findings after which a finger is not looked at again."""

_log = logging.getLogger("hub.enrolment")


class EnrolmentWork:
    """Looks at what desks sent. One thread calls `step`; a second process at once only does the work twice."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        receiving_key: OpeningKey,
        clock: Callable[[], datetime],
        search: DuplicateSearch | None = None,
    ) -> None:
        self._bench = Workbench(
            sessions, vault, receiving_key, clock, search or DuplicateSearch(vault, sessions)
        )
        self._broke: set[int] = set()
        self._looks = LookWork(self._bench)
        self._officers = OfficerWork(self._bench)

    def tick(self, _now: datetime) -> int:
        """`step` as a desk of the ingest process takes it."""
        return int(self.step())

    def step(self) -> bool:
        """Settle one task; False when there is none to look at.

        A task that breaks the engine is left for the next start, so that it holds up no other.
        """
        if self._looks.step() or self._officers.step():
            return True  # somebody stands there and waits for the answer
        with session_scope(self._bench.sessions, writes=False) as session:
            found = _next(session, self._broke)
            if found is None:
                return False
            parts = {part.position: part.sealed for part in _parts(session, found.row)}
            done = {at for at, one in findings_of(session, found.row.id).items() if one.what in SETTLED}
        try:
            self._settle(found, {at: raw for at, raw in parts.items() if at not in done})
        except SQLAlchemyError:
            raise  # the database is away: the same task again, later
        except Exception:
            self._broke.add(found.row.id)
            raise
        return True

    def _settle(self, found: TaskLine, parts: dict[int, bytes]) -> None:
        taken: list[TakenFinger] = []
        for position, sealed in parts.items():
            one = self._bench.open(found.terminal, found.row.task, position, sealed)
            if one is None:
                self._note(found, position, "damaged")
            else:
                taken.append(one)
        ready = self._judge(found, [one for one in taken if one.unusable is None])
        held = [one for one in ready if self._held_up(found, one)]
        if not held:
            for sound in ready:
                self._store(found, sound)
        for one in taken:
            if one.unusable is not None:
                self._note_unusable(found, one)
        self._end(found)

    def _judge(self, found: TaskLine, taken: list[TakenFinger]) -> list[Ready]:
        """Fingers that the engine can use, without those that are given twice."""
        ready: list[Ready] = []
        for one in taken:
            try:
                candidate = prepare(one)
                check_one_finger(candidate.finger)
                check_distinct([*(other.finger for other in ready), candidate.finger])
            except RefusedError as error:
                self._note(found, one.position, error.code if error.code in _KNOWN else "image_quality")
            else:
                ready.append(candidate)
        return ready

    def _held_up(self, found: TaskLine, one: Ready) -> bool:
        """Whether the finger is somebody else's: then nothing is stored before a person has decided."""
        for impression in one.finger.impressions:
            hit = self._bench.search.find(impression.template, besides=found.person.id)
            if hit is None:
                continue
            number = ""
            if hit.person_id is not None:
                with session_scope(self._bench.sessions, writes=False) as session:
                    number = session.get_one(Person, hit.person_id).number
            self._note(
                found, one.taken.position, "already_enrolled" if number else "too_alike", number=number
            )
            return True
        return False

    def _store(self, found: TaskLine, one: Ready) -> None:
        now, position = self._bench.clock(), one.taken.position
        self._bench.search.refresh()
        try:
            with session_scope(self._bench.sessions) as session:
                if _is_settled(session, found.row.id, position):
                    return
                rows = enrol_finger(
                    session,
                    self._bench.vault,
                    self._bench.search,
                    found.person.id,
                    one.finger,
                    at=now,
                    by=one.taken.operator,
                )
                for row, source in zip(rows, one.sources, strict=True):
                    session.add(taking_of(found, one.taken, row.id, source))
                add_finding(session, found.row, position, "stored", at=now, impressions=len(rows))
        except RefusedError as error:
            # Somebody was enrolled with this finger since we looked.
            number = str(getattr(error, "number", ""))
            self._note(found, position, error.code if error.code in HELD_UP else "too_alike", number=number)

    def _note(self, found: TaskLine, position: int, what: str, *, number: str = "") -> None:
        with session_scope(self._bench.sessions) as session:
            add_finding(session, found.row, position, what, at=self._bench.clock(), number=number)
            if number:
                who = Actor(found.row.created_by, f"desk {found.terminal}")
                suspect_by_finger(session, found.person, number, actor=who, at=self._bench.clock())

    def _note_unusable(self, found: TaskLine, one: TakenFinger) -> None:
        now = self._bench.clock()
        assert one.unusable is not None
        with session_scope(self._bench.sessions) as session:
            if _is_settled(session, found.row.id, one.position):
                return
            session.add(
                UnusableFinger(
                    person_id=found.person.id,
                    task_id=found.row.id,
                    position=one.position,
                    reason=one.unusable.value,
                    note=one.note,
                    effective_at=one.taken_at,
                    recorded_at=now,
                    recorded_by=one.operator,
                )
            )
            add_finding(session, found.row, one.position, "unusable", at=now)

    def _end(self, found: TaskLine) -> None:
        now = self._bench.clock()
        with session_scope(self._bench.sessions) as session:
            task = session.get_one(FingerTask, found.row.id)
            findings = findings_of(session, task.id).values()
            end = _status({one.what for one in findings})
            try:
                change(session, task, (Status.RECEIVED,), end, at=now, by="hub")
            except RefusedError:
                return  # another process was faster: what it found stands
            if end is Status.STORED:
                drop_parts(session, task)
            if any(one.what == "stored" for one in findings):
                note_enrolled(session, found.person.id, at=now, by=found.row.created_by)
            write_down(
                session,
                at=now,
                actor=Actor(found.row.created_by, f"desk {found.terminal}"),
                act=f"fingers.{end.value.lower()}",
                subject=found.person.number,
                detail=found.row.task,
            )
        log(_log, logging.INFO, "fingers of a desk settled", status=end.value, fingers=len(list(findings)))


_KNOWN: Final = ("several_fingers", "same_finger", "damaged")


def _status(found: set[str]) -> Status:
    """Somebody else's finger waits for a person; otherwise it is stored when anything was, or nothing could be."""
    if found & set(HELD_UP):
        return Status.UNDECIDED
    return Status.STORED if found & SETTLED else Status.REFUSED


def _next(session: Session, besides: Collection[int]) -> TaskLine | None:
    row = session.execute(
        select(FingerTask, Person, Terminal.name)
        .join(Person, Person.id == FingerTask.person_id)
        .join(Terminal, Terminal.id == FingerTask.terminal_id)
        .where(FingerTask.status == Status.RECEIVED, FingerTask.id.not_in(besides))
        .order_by(FingerTask.id)
        .limit(1)
    ).first()
    return None if row is None else TaskLine(row[0], row[1], row[2])


def _is_settled(session: Session, task_id: int, position: int) -> bool:
    """Whether another process did this finger; nobody else can until our transaction ends."""
    session.get_one(FingerTask, task_id, with_for_update=True, populate_existing=True)
    found = findings_of(session, task_id).get(position)
    return found is not None and found.what in SETTLED


def _parts(session: Session, task: FingerTask) -> list[Part]:
    return list(session.scalars(select(Part).where(Part.task_id == task.id).order_by(Part.position)))
