"""From an officer's sealed fingers to templates that terminals get. The images go as soon as they were looked at."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hub.accounts.audit import Actor, write_down
from hub.accounts.records import Account
from hub.biometrics.enrolment import PreparedFinger, check_distinct, check_one_finger
from hub.biometrics.officers import OWN_FINGERS, enrol_officer
from hub.database import session_scope
from hub.logs import log
from hub.reception.desk.officer_records import OfficerPart, OfficerTask
from hub.reception.desk.officer_tasks import change
from hub.reception.desk.readying import prepare
from hub.reception.desk.rules import Status
from hub.reception.desk.workbench import Workbench
from hub.sentences import RefusedError, Sentence
from hub.terminals.records import Terminal

DAMAGED: Final = "damaged"
FAILED: Final = "failed"

_log = logging.getLogger("hub.enrolment")


class OfficerWork:
    """Looks at one officer's fingers at a time; a second process at once only does the work twice."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def step(self) -> bool:
        """Settle one task; False when none waits. One that breaks the engine is refused, and its images go."""
        with session_scope(self._bench.sessions, writes=False) as session:
            row = session.execute(
                select(OfficerTask, Account.login, Terminal.name)
                .join(Account, Account.id == OfficerTask.account_id)
                .join(Terminal, Terminal.id == OfficerTask.terminal_id)
                .where(OfficerTask.status == Status.RECEIVED)
                .order_by(OfficerTask.id)
                .limit(1)
            ).first()
            if row is None:
                return False
            task, login, terminal = row
            parts = session.scalars(
                select(OfficerPart).where(OfficerPart.task_id == task.id).order_by(OfficerPart.position)
            ).all()
        try:
            outcome = self._keep(task, login, terminal, parts)
        except SQLAlchemyError:
            raise  # the database is away: the same task again, later
        except Exception as error:  # noqa: BLE001 - whoever stands there is told, and the log the kind of error
            log(_log, logging.ERROR, "an officer's fingers could not be kept", error=type(error).__name__)
            outcome = FAILED
        if outcome:
            self._refuse(task, login, terminal, outcome)
        return True

    def _keep(self, task: OfficerTask, login: str, terminal: str, parts: Sequence[OfficerPart]) -> str:
        """Why nothing was kept, empty when the fingers are."""
        taken = [self._bench.open(terminal, task.task, part.position, part.sealed) for part in parts]
        whole = [one for one in taken if one is not None]
        if len(whole) != len(taken):
            return DAMAGED
        operators = {one.operator for one in whole}
        if login in operators:
            return "own_fingers"
        try:
            fingers = [prepare(one).finger for one in whole if one.unusable is None]
            for one in fingers:
                check_one_finger(one)
            check_distinct(fingers)
            self._store(
                task, login, Actor(next(iter(operators), task.created_by), f"desk {terminal}"), fingers
            )
        except RefusedError as error:
            return error.code
        return ""

    def _store(self, task: OfficerTask, login: str, actor: Actor, fingers: Sequence[PreparedFinger]) -> None:
        self._bench.search.refresh()  # before the transaction: what is not read yet would be read inside it
        now = self._bench.clock()
        with session_scope(self._bench.sessions) as session:
            row = session.get_one(OfficerTask, task.id, with_for_update=True, populate_existing=True)
            if row.status != Status.RECEIVED:
                return
            enrol_officer(session, self._bench.vault, self._bench.search, login, fingers, actor=actor, at=now)
            change(session, row, Status.RECEIVED, Status.STORED, at=now, by="hub")

    def _refuse(self, task: OfficerTask, login: str, terminal: str, outcome: str) -> None:
        now = self._bench.clock()
        with session_scope(self._bench.sessions) as session:
            row = session.get_one(OfficerTask, task.id, with_for_update=True, populate_existing=True)
            row.outcome = outcome[:40]
            if change(session, row, Status.RECEIVED, Status.REFUSED, at=now, by="hub"):
                actor = Actor(row.created_by, f"desk {terminal}")
                write_down(
                    session, at=now, actor=actor, act="officer.not_kept", subject=login, detail=outcome
                )


OUTCOMES: Final = {
    DAMAGED: Sentence("The images did not arrive whole. Take them again."),
    FAILED: Sentence("The images could not be looked at. Take them again."),
    "own_fingers": OWN_FINGERS,
    "no_consent": Sentence("The officer took the agreement back meanwhile."),
    "officer_fingers": Sentence("Fewer than two fingers could be taken. Choose other fingers."),
    "officer_is_person": Sentence(
        "This finger is enrolled for a person in custody. Tell the director before anything else."
    ),
    "officer_twice": Sentence("This finger is enrolled for another officer. Check who stands here."),
    "several_fingers": Sentence("The images are of different fingers. Take it again."),
    "same_finger": Sentence("The same finger as another one. Take it again."),
    "image_quality": Sentence("The images are too poor. Take it again."),
}
"""Why nothing was kept, in words; whatever is not among them was too poor."""
