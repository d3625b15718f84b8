"""A difference is named: who, where, which officer says so, on what evidence; and a second person accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.headcount.loading import units_of
from hub.headcount.records import Headcount, HeadcountExplanation
from hub.headcount.states import ENDED, State
from hub.headcount.turning import note, settle
from hub.headcount.values import What
from hub.sentences import RefusedError, Sentence


@dataclass(frozen=True)
class Named:
    """What is said of a difference. `unit` "" is for somebody without a unit; `person_id` None for a stranger."""

    unit: str
    what: What
    person_id: int | None
    place: str
    officer: str
    evidence: str


def explain(
    session: Session, count: Headcount, named: Named, *, number: str, actor: Actor, at: datetime
) -> HeadcountExplanation:
    """State an explanation; it counts once somebody else accepts it. RefusedError while something of it is missing."""
    _refuse_ended(count)
    if named.unit and named.unit not in {unit.code for unit in units_of(session, count)}:
        raise RefusedError("no_unit", Sentence("This unit is not counted in this headcount."))
    if named.person_id is None and named.what is not What.PRESENT:
        raise RefusedError("who", Sentence("Write the number of the person whom this is about."))
    if not named.place.strip() or not named.officer.strip() or not named.evidence.strip():
        raise RefusedError(
            "explanation",
            Sentence("Write where the person is, which officer has seen that, and what proves it."),
        )
    row = HeadcountExplanation(
        headcount_id=count.id,
        unit=named.unit,
        what=named.what.value,
        person_id=named.person_id,
        place=named.place.strip()[:120],
        officer=named.officer.strip()[:80],
        evidence=named.evidence.strip()[:200],
        stated_at=at,
        stated_by=actor.login[:64],
        accepted_by="",
        withdrawn_by="",
    )
    session.add(row)
    session.flush()
    note(session, count, "EXPLAINED", actor, at, unit=named.unit, detail=f"{named.what.value} {number}")
    _write(session, count, "count.explain", number, actor, at)
    return row


def accept(session: Session, count: Headcount, number: int, *, actor: Actor, at: datetime) -> None:
    """Accept somebody else's explanation: from now on it counts. RefusedError for one's own."""
    _refuse_ended(count)
    row = _open(session, count, number)
    if row.stated_by == actor.login:
        raise RefusedError(
            "own_explanation", Sentence("You stated this. Somebody else has to look at it and accept it.")
        )
    turned = session.execute(
        update(HeadcountExplanation)
        .where(HeadcountExplanation.id == row.id, HeadcountExplanation.accepted_at.is_(None))
        .values(accepted_at=at, accepted_by=actor.login[:64])
        .returning(HeadcountExplanation.id)
    ).first()
    if turned is not None:
        note(session, count, "ACCEPTED", actor, at, unit=row.unit, detail=f"explanation {row.id}")
        _write(session, count, "count.accept", "", actor, at, f"explanation {row.id}")
        settle(session, count, at)


def withdraw(session: Session, count: Headcount, number: int, *, actor: Actor, at: datetime) -> None:
    """It was wrong: it counts no more, and stays readable."""
    _refuse_ended(count)
    row = _open(session, count, number)
    row.withdrawn_at, row.withdrawn_by = at, actor.login[:64]
    session.flush()
    note(session, count, "TAKEN_BACK", actor, at, unit=row.unit, detail=f"explanation {row.id}")
    _write(session, count, "count.explain_back", "", actor, at, f"explanation {row.id}")
    settle(session, count, at)


def of_count(session: Session, count: Headcount) -> list[HeadcountExplanation]:
    """Every explanation, also those taken back, in the order they were stated."""
    wanted = select(HeadcountExplanation).where(HeadcountExplanation.headcount_id == count.id)
    return list(session.scalars(wanted.order_by(HeadcountExplanation.id)))


def _open(session: Session, count: Headcount, number: int) -> HeadcountExplanation:
    row = session.get(HeadcountExplanation, number)
    if row is None or row.headcount_id != count.id or row.withdrawn_at is not None:
        raise RefusedError(
            "no_explanation", Sentence("This explanation was taken back, or is of another count.")
        )
    return row


def _refuse_ended(count: Headcount) -> None:
    if State(count.state) in ENDED:
        raise RefusedError("count_over", Sentence("This count is over. Nothing can be added to it here."))


def _write(
    session: Session, count: Headcount, act: str, number: str, actor: Actor, at: datetime, more: str = ""
) -> None:
    detail = f"count {count.id} {more}".strip()
    write_down(session, at=at, actor=actor, act=act, subject=number or str(count.id), detail=detail)
