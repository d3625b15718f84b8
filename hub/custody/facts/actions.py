"""Recording facts: stating, correcting, ending and withdrawing. The caller holds the transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.facts.digest import digest_of
from hub.custody.facts.kinds import Faults, Kind, Per, V, write_value
from hub.custody.facts.reading import item_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.records import Person
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Statement(Generic[V]):
    """What is to be recorded. `source` is the paper or the person it comes from, `document_id` its scan."""

    kind: Kind[V]
    value: V
    effective_at: datetime
    source: str = ""
    document_id: int | None = None
    booking_id: int | None = None

    def __repr__(self) -> str:
        return f"Statement({self.kind.name})"


class FactFaultsError(RefusedError):
    """The fact cannot be as it was entered; `faults` says why, by field."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(
            "faulty_fact", Sentence("Some of what was entered cannot be. See the marked fields.")
        )
        self.faults = faults


class ChangedMeanwhileError(RefusedError):
    """Somebody else changed the same thing since the form was opened; `theirs` is the number of their row."""

    def __init__(self, theirs: int) -> None:
        super().__init__(
            "changed_meanwhile",
            Sentence(
                "Somebody else changed this while you were writing. "
                "Both are shown side by side: keep theirs, or record yours over it."
            ),
        )
        self.theirs = theirs


def state(
    session: Session,
    person_id: int,
    statement: Statement[V],
    *,
    actor: Actor,
    at: datetime,
    item: int | None = None,
    seen: int | None = None,
) -> Fact:
    """Record that something holds from `effective_at`. `item` says of which thing of a kind with many; None opens one.

    `seen` is `newest` as it was when the form was opened: ChangedMeanwhileError when there is a newer row.
    FactFaultsError for what cannot be.
    """
    _check(statement, at)
    if item is not None or not statement.kind.many:
        _refuse_changed(session, person_id, statement.kind.name, item, seen)
    row = _row(person_id, statement, Act.STATES, actor, at, item=item)
    return _add(session, statement.kind, row, actor, at)


def correct(
    session: Session, wrong: Fact, statement: Statement[V], *, reason: str, actor: Actor, at: datetime
) -> Fact:
    """Put `statement` in the place of the row `wrong`, which stays readable.

    ChangedMeanwhileError when somebody corrected or withdrew that row before.
    """
    statement = replace(statement, booking_id=wrong.booking_id)
    _check(statement, at)
    _need_reason(reason)
    _refuse_overtaken(session, wrong)
    row = _row(wrong.person_id, statement, Act.STATES, actor, at, item=item_of(wrong))
    row.corrects_id, row.reason = wrong.id, reason.strip()[:300]
    return _add(session, statement.kind, row, actor, at)


def end(
    session: Session,
    held: Fact,
    kind: Kind[V],
    *,
    effective_at: datetime,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Fact:
    """From `effective_at` on the item of the row `held` no longer holds."""
    _need_reason(reason)
    row = _follow(held, Act.ENDS, reason, actor, at)
    row.effective_at = effective_at
    return _add(session, kind, row, actor, at)


def withdraw(
    session: Session, wrong: Fact, kind: Kind[V], *, reason: str, actor: Actor, at: datetime
) -> Fact:
    """Say that the row `wrong` was never so. Withdrawing a correction or a withdrawal brings back what was before.

    ChangedMeanwhileError when somebody corrected or withdrew that row before.
    """
    _need_reason(reason)
    _refuse_overtaken(session, wrong)
    row = _follow(wrong, Act.WITHDRAWS, reason, actor, at)
    row.corrects_id = wrong.id
    return _add(session, kind, row, actor, at)


def newest(session: Session, person_id: int, kind: str, item: int | None = None) -> int:
    """Number of the newest row of a kind of somebody, or of one item; 0 where there is none."""
    wanted = select(func.max(Fact.id)).where(Fact.person_id == person_id, Fact.kind == kind)
    if item is not None:
        wanted = wanted.where((Fact.item == item) | (Fact.id == item))
    return session.scalar(wanted) or 0


def _check(statement: Statement[V], at: datetime) -> None:
    faults: dict[str, Sentence] = {}
    kind = statement.kind
    if kind.legal and not statement.source.strip() and statement.document_id is None:
        faults["source"] = Sentence("Say which paper this comes from, or attach it.")
    if kind.check is not None:
        faults |= kind.check(statement.value, at.astimezone(SITE_ZONE).date())
    if kind.per is Per.BOOKING and statement.booking_id is None:
        raise RefusedError(
            "no_booking",
            Sentence("This belongs to a stay, and the person has no open one. Admit them first."),
        )
    if faults:
        raise FactFaultsError(faults)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise FactFaultsError({"reason": Sentence("Write why, in a few words: it stays with the record.")})


def _refuse_changed(session: Session, person_id: int, kind: str, item: int | None, seen: int | None) -> None:
    if seen is None:
        return
    take_turns(session, person_id)
    now = newest(session, person_id, kind, item)
    if now > seen:
        raise ChangedMeanwhileError(now)


def take_turns(session: Session, person_id: int) -> None:
    """Writers of one file wait for each other here, so that what was compared still holds when they write."""
    # The weaker lock: rows that name the person hold one too, and two writers of such rows must not be stuck.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _refuse_overtaken(session: Session, wrong: Fact) -> None:
    take_turns(session, wrong.person_id)
    rows = session.scalars(
        select(Fact).where(Fact.person_id == wrong.person_id, Fact.kind == wrong.kind, Fact.id >= wrong.id)
    )
    for step in steps(rows):
        if step.row.id == wrong.id and step.overtaken_by is not None:
            raise ChangedMeanwhileError(step.overtaken_by)


def _row(
    person_id: int, statement: Statement[V], act: Act, actor: Actor, at: datetime, *, item: int | None
) -> Fact:
    return Fact(
        person_id=person_id,
        booking_id=statement.booking_id,
        kind=statement.kind.name,
        item=item,
        act=act.value,
        value=write_value(statement.value),
        effective_at=statement.effective_at,
        recorded_at=at,
        recorded_by=actor.login[:64],
        source=statement.source.strip()[:200],
        document_id=statement.document_id,
        reason="",
        corrects_id=None,
    )


def _follow(held: Fact, act: Act, reason: str, actor: Actor, at: datetime) -> Fact:
    return Fact(
        person_id=held.person_id,
        booking_id=held.booking_id,
        kind=held.kind,
        item=item_of(held),
        act=act.value,
        value=held.value,
        effective_at=held.effective_at,
        recorded_at=at,
        recorded_by=actor.login[:64],
        source=held.source,
        document_id=held.document_id,
        reason=reason.strip()[:300],
        corrects_id=None,
    )


def _add(session: Session, kind: Kind[V], row: Fact, actor: Actor, at: datetime) -> Fact:
    if kind.project is not None:
        take_turns(session, row.person_id)  # what is made of the facts is made of everybody's
    session.add(row)
    session.flush()
    if kind.project is not None:
        kind.project(session, row.person_id, at)
    number = session.scalar(select(Person.number).where(Person.id == row.person_id)) or ""
    # The trail holds the digest, not the value: it proves what was recorded without repeating it.
    write_down(
        session,
        at=at,
        actor=actor,
        act=f"fact.{row.act}",
        subject=number,
        detail=f"{row.kind} {row.id} item {item_of(row)} {digest_of(row)}",
    )
    return row
