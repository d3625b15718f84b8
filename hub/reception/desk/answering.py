"""Answering looks: a sealed finger is opened, compared, and thrown away. Aside from what takes scans in."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.checking import is_finger_of
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import Impression, prepare_impression
from hub.biometrics.packed_images import png_of
from hub.biometrics.vault import Vault
from hub.custody.merging.reading import family_of
from hub.custody.queries import names
from hub.database import session_scope
from hub.logs import log
from hub.reception.desk.look_records import DeskLook
from hub.reception.desk.looks import LookStatus, Outcome, change
from hub.reception.desk.workbench import Workbench
from hub.sentences import RefusedError
from hub.terminals.records import Terminal
from wire.enrolment import TakenFinger

_log = logging.getLogger("hub.enrolment")


@dataclass(frozen=True)
class Answer:
    """What came of one finger; `person_ids` are those it may be of."""

    outcome: Outcome
    person_ids: tuple[int, ...] = ()


def whose(search: DuplicateSearch, impressions: Sequence[Impression]) -> Answer:
    """Whose finger it is, among everybody who may be searched."""
    for one in impressions:
        hit = search.find(one.template)
        if hit is not None and hit.person_id is not None:
            return Answer(Outcome.KNOWN, (hit.person_id,))
        if hit is not None:
            return Answer(Outcome.KNOWN, tuple(search.alike(one.template)))
    return Answer(Outcome.NOBODY)


def is_that_person(
    session: Session, vault: Vault, person_id: int, impressions: Sequence[Impression]
) -> Answer:
    """Whether the finger is this person's, under whichever of their numbers it was taken."""
    family = family_of(session, person_id)
    found = [is_finger_of(session, vault, family, one.template) for one in impressions]
    if None in found:
        return Answer(Outcome.NO_FINGERS)
    return Answer(Outcome.SAME, (person_id,)) if any(found) else Answer(Outcome.OTHER)


class LookWork:
    """Answers one look at a time; a second process at once only does the work twice."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def step(self) -> bool:
        """Answer one look; False when none waits. One that breaks the engine is answered as unreadable."""
        with session_scope(self._bench.sessions, writes=False) as session:
            row = session.execute(
                select(DeskLook, Terminal.name)
                .join(Terminal, Terminal.id == DeskLook.terminal_id)
                .where(DeskLook.status == LookStatus.RECEIVED)
                .order_by(DeskLook.id)
                .limit(1)
            ).first()
        if row is None:
            return False
        look, terminal = row
        operator, answer = look.created_by, Answer(Outcome.UNREADABLE)
        try:
            taken = self._bench.open(terminal, look.task, look.position, look.sealed or b"")
            if taken is not None:
                operator = taken.operator
                answer = self._answer(look, taken)
        except SQLAlchemyError:
            raise  # the database is away: the same look again, later
        except Exception as error:  # noqa: BLE001 - whoever stands there gets an answer, and the log the kind of error
            log(_log, logging.ERROR, "a look could not be answered", error=type(error).__name__)
        self._settle(look, answer, operator, terminal)
        return True

    def _answer(self, look: DeskLook, taken: TakenFinger) -> Answer:
        if taken.unusable is not None:
            return Answer(Outcome.UNUSABLE)
        impressions: list[Impression] = []
        for sent in taken.impressions:
            try:
                impressions.append(prepare_impression(png_of(sent), dpi=sent.dpi, can_be_retaken=False))
            except RefusedError:
                continue  # of several impressions those that can be read count
        if not impressions:
            return Answer(Outcome.UNREADABLE)
        if look.person_id is None:
            return whose(self._bench.search, impressions)
        with session_scope(self._bench.sessions, writes=False) as session:
            return is_that_person(session, self._bench.vault, look.person_id, impressions)

    def _settle(self, look: DeskLook, answer: Answer, operator: str, terminal: str) -> None:
        now = self._bench.clock()
        with session_scope(self._bench.sessions) as session:
            row = session.get_one(DeskLook, look.id, with_for_update=True, populate_existing=True)
            if not change(session, row, LookStatus.RECEIVED, LookStatus.DONE, at=now, by="hub"):
                return
            people = names(session, answer.person_ids)
            numbers = [people[one].number for one in answer.person_ids if one in people]
            row.outcome, row.numbers = answer.outcome, ",".join(numbers)
            row.operator, row.answered_at, row.sealed = operator[:64], now, None
            write_down(
                session,
                at=now,
                actor=Actor(look.created_by, f"desk {terminal}"),
                act=f"finger.{answer.outcome.value}",
                subject=numbers[0] if numbers else "",
                detail=f"{len(numbers)} shown",
            )
