"""Turning a count from one state to the next: once, written down, and told. The caller has the transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.headcount.loading import facts_of, slips_of, units_of
from hub.headcount.reckoned import Reckoning
from hub.headcount.records import Headcount, HeadcountStep
from hub.headcount.rules import reckon
from hub.headcount.states import LADDER, METHOD_OF, State, may_follow
from hub.headcount.words import STATES
from hub.movements import feed
from hub.movements.records import FeedKind
from hub.sentences import RefusedError, Sentence

SCHEDULE: Final = Actor("schedule", "hub")
"""Who does what follows by itself. It never clears a count."""


def revise(session: Session, count: Headcount, unit: str, at: datetime) -> None:
    """Something that was said in time was heard of after the count was cleared: it is open again, and says so."""
    if State(count.state) is not State.CLEARED:
        return
    move(session, count, State.REVISED, SCHEDULE, at, unit=unit)
    count.ended_at = None
    session.flush()
    raise_alarm_line(session, count, "count_revised", at, unit=unit)


def reckon_units(session: Session, count: Headcount, at: datetime) -> Reckoning:
    """Keep beside each unit what the newest slips come to, for screens that look every second."""
    found = reckon(facts_of(session, count, at))
    for unit in units_of(session, count):
        one = found.unit(unit.code)
        unit.expected = len(one.expected)
        unit.observed = None if one.slip is None else one.slip.observed
        unit.off = one.off
        unit.named_off = one.left_plus + one.left_minus
        unit.counted_at = None if one.slip is None else one.slip.ended_at
    session.flush()
    return found


def settle(session: Session, count: Headcount, at: datetime) -> Reckoning:
    """After a slip: reckon, and where every unit asked has answered, the control room's turn has come."""
    found = reckon_units(session, count, at)
    state = State(count.state)
    all_in = state is State.COUNTING and not found.waiting
    if all_in or (state in LADDER and not _still_asked(session, count, state)):
        move(session, count, State.RECONCILING, SCHEDULE, at)
    short = sum(unit.left_minus for unit in found.units if unit.named is not None)
    if short and State(count.state) is State.RECONCILING:
        raise_alarm_line(session, count, "count_missed", at, people=short)
    return found


def move(
    session: Session,
    count: Headcount,
    after: State,
    actor: Actor,
    at: datetime,
    *,
    unit: str = "",
    detail: str = "",
    why: str = "",
) -> None:
    """Bring the count to another state, once: RefusedError when somebody was faster or it cannot follow."""
    before = State(count.state)
    if not may_follow(before, after):
        raise RefusedError(
            "cannot_follow",
            Sentence(
                "The count stands at: %(state)s. This cannot be done now; look at it again.",
                {"state": str(STATES[before])},
            ),
        )
    turned = session.execute(
        update(Headcount)
        .where(Headcount.id == count.id, Headcount.state == before.value)
        .values(state=after.value)
        .returning(Headcount.id)
    ).first()
    if turned is None:
        raise RefusedError(
            "moved_on", Sentence("Somebody else has led the count on meanwhile. Look at it again.")
        )
    session.refresh(count, ["state"])
    text = f"{detail}: {why}" if detail and why else detail or why
    note(session, count, after.value, actor, at, unit=unit, detail=text)


def note(
    session: Session,
    count: Headcount,
    step: str,
    actor: Actor,
    at: datetime,
    *,
    unit: str = "",
    detail: str = "",
) -> None:
    """Write a step into the count's own history, and tell the feed."""
    session.add(
        HeadcountStep(
            headcount_id=count.id,
            step=step,
            state=count.state,
            at=at,
            by=actor.login[:64],
            unit=unit,
            detail=detail[:500],
        )
    )
    told = {"what": "count", "count": count.id, "kind": count.kind, "step": step, "unit": unit}
    line = {**told, "by": actor.login, "at": at.isoformat()}
    feed.append(session, [feed.Line(at, FeedKind.TERMINAL, line)])


def raise_alarm_line(session: Session, count: Headcount, code: str, at: datetime, **facts: object) -> None:
    """An alarm of this count, one row however often it is raised."""
    told = {"what": code, "key": f"count:{count.id}", "count": count.id, **facts, "at": at.isoformat()}
    feed.append(session, [feed.Line(at, FeedKind.ALARM, told)])


def reached(session: Session, count: Headcount) -> list[State]:
    """Rungs of the ladder that were taken."""
    rows = session.scalars(select(HeadcountStep.step).where(HeadcountStep.headcount_id == count.id))
    return [State(step) for step in rows if step in State._value2member_map_]


def find(session: Session, number: int) -> Headcount:
    """A count, locked against whoever else leads it; RefusedError when there is none."""
    count = session.get(Headcount, number, with_for_update=True, populate_existing=True)
    if count is None:
        raise RefusedError("no_count", Sentence("There is no such headcount."))
    return count


def _still_asked(session: Session, count: Headcount, rung: State) -> bool:
    answered = {(slip.unit, slip.recount) for slip in slips_of(session, count)}
    return any(
        unit.method == METHOD_OF[rung].value
        and unit.recount > 0
        and (unit.code, unit.recount) not in answered
        for unit in units_of(session, count)
    )
