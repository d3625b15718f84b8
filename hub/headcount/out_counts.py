"""Counted outside the unit: declared by the unit's officer, accepted by a named officer there. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.records import Person
from hub.headcount.loading import out_counts
from hub.headcount.records import Headcount, OutCountRecord
from hub.headcount.states import ENDED, State
from hub.headcount.taking import Told
from hub.headcount.turning import note, revise, settle
from hub.headcount.values import OutCount
from hub.movements import feed
from hub.movements.site.tree import load as load_tree
from hub.movements.whereabouts.proofs import Source
from hub.movements.whereabouts.prove import prove
from hub.sentences import RefusedError, Sentence
from wire.happenings import OutCountStep


@dataclass(frozen=True)
class NewStep:
    """`session` 0 holds for every count until it is withdrawn. `place` is the code of a zone."""

    session: int
    person_id: int
    unit: str
    place: str
    step: OutCountStep
    officer: str
    told: Told


def note_out_count(session: Session, new: NewStep, at: datetime) -> None:
    """Keep what an officer said, heard of at `at`; nothing happens for what was taken before.

    Acceptance proves the place: a named officer has the person there. Counts that go on are reckoned anew.
    """
    if _known(session, new.told):
        return
    count = (
        session.get(Headcount, new.session, with_for_update=True, populate_existing=True)
        if new.session
        else None
    )
    session.add(
        OutCountRecord(
            headcount_id=None if count is None else count.id,
            person_id=new.person_id,
            unit=new.unit[:64],
            place=new.place[:64],
            step=new.step.value,
            officer=new.officer[:64],
            at=new.told.at,
            clock_sure=new.told.clock_sure,
            heard_at=at,
            terminal=new.told.terminal[:40],
            journal_id=new.told.journal_id,
            sequence=new.told.sequence,
            link=new.told.link,
        )
    )
    session.flush()
    if new.step is OutCountStep.ACCEPTED:
        _prove(session, new, at)
    detail, by = f"{_number(session, new.person_id)}, {new.place}", Actor(new.officer, new.told.terminal)
    for one in [count] if count is not None else _open(session):
        note(session, one, f"OUT_{new.step.value}", by, at, unit=new.unit, detail=detail)
        revise(session, one, new.unit, at)
        if State(one.state) is not State.CANCELLED:
            settle(session, one, at)


def say(
    session: Session,
    count: Headcount,
    person: Person,
    place: str,
    step: OutCountStep,
    told: Told,
    *,
    unit: str,
    actor: Actor,
    at: datetime,
) -> None:
    """The same from the hub's own page; RefusedError for a place that does not exist or a count that is over."""
    if State(count.state) in ENDED:
        raise RefusedError("count_over", Sentence("This count is over. Nothing can be added to it here."))
    if load_tree(session).by_code(place) is None:
        raise RefusedError("no_place", Sentence("Choose the place from the list."))
    if step is OutCountStep.ACCEPTED and _declared_by(session, count, person.id) == actor.login:
        raise RefusedError(
            "own_out_count",
            Sentence("You declared this person elsewhere. The officer there accepts, under an own account."),
        )
    note_out_count(session, NewStep(count.id, person.id, unit, place, step, actor.login, told), at)
    write_down(
        session,
        at=at,
        actor=actor,
        act="count.out_count",
        subject=person.number,
        detail=f"count {count.id}: {step.value} {place}",
    )


def shown(session: Session, count: Headcount) -> list[OutCount]:
    """Out-counts that this count goes by, those that nobody has accepted first."""
    found = out_counts(session, count, load_tree(session)).values()
    return sorted(found, key=lambda one: (one.accepted_by is not None, one.unit, one.person))


def _prove(session: Session, new: NewStep, at: datetime) -> None:
    place = load_tree(session).by_code(new.place)
    if place is None:
        return
    proof = new.told.proves(
        new.person_id, place.id, Source.ATTESTED, by=new.officer, evidence="out-count accepted"
    )
    feed.append(session, prove(session, [proof], at))


def _open(session: Session) -> list[Headcount]:
    over = [state.value for state in ENDED]
    wanted = select(Headcount).where(Headcount.state.not_in(over))
    return list(session.scalars(wanted.order_by(Headcount.id).with_for_update()))


def _declared_by(session: Session, count: Headcount, person_id: int) -> str | None:
    wanted = select(OutCountRecord.officer).where(
        OutCountRecord.headcount_id == count.id,
        OutCountRecord.person_id == person_id,
        OutCountRecord.step == OutCountStep.DECLARED.value,
    )
    return session.scalar(wanted.order_by(OutCountRecord.id.desc()).limit(1))


def _number(session: Session, person_id: int) -> str:
    return session.scalars(select(Person.number).where(Person.id == person_id)).one()


def _known(session: Session, told: Told) -> bool:
    wanted = exists().where(
        OutCountRecord.terminal == told.terminal,
        OutCountRecord.journal_id == told.journal_id,
        OutCountRecord.sequence == told.sequence,
        OutCountRecord.link == told.link,
    )
    return bool(session.scalar(select(wanted)))
