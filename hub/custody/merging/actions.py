"""Joining two files: suspected, proposed by one officer, decided by another. The caller holds the transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.changes import note_change
from hub.custody.merging.checks import (
    Proposal,
    need_reason,
    number_of,
    other_account,
    other_of,
    pair,
    standing_at,
    stays,
)
from hub.custody.merging.reading import (
    Standing,
    cases_of,
    edges,
    family_of,
    lead_of,
    leads,
    standing_of,
)
from hub.custody.merging.records import Joined, JoinedStay, MergeCase, MergeStep
from hub.custody.merging.rules import OPEN, Act, leaders
from hub.custody.records import Booking, Person
from hub.sentences import RefusedError, Sentence

BY_FINGER = "finger"
BY_OFFICER = "officer"
MACHINE = "PIMS"
"""Who opens a case that nobody but the hub itself noticed."""


def suspect(
    session: Session, one_id: int, other_id: int, *, found_by: str, actor: Actor, at: datetime
) -> MergeCase | None:
    """Put two files before officers as perhaps one person's; None where they are joined or looked at already.

    What officers refused once is not put before them again by the same finger.
    """
    one, other = lead_of(session, one_id), lead_of(session, other_id)
    if one == other or _case_between(session, one, other) is not None:
        return None
    case = _open(session, one, other, found_by, actor, at)
    _step(session, case, 1, Act.SUSPECTED, actor, at)
    return case


def suspect_by_finger(session: Session, person: Person, number: str, *, actor: Actor, at: datetime) -> None:
    """Somebody's finger is that of the person with this number: officers decide whether the two are one."""
    other = session.scalar(select(Person.id).where(Person.number == number))
    if other is not None:
        suspect(session, person.id, other, found_by=BY_FINGER, actor=actor, at=at)


def propose(session: Session, proposal: Proposal, *, actor: Actor, at: datetime) -> MergeCase:
    """Ask for two files to be joined; somebody else decides. RefusedError where they cannot be."""
    reason = need_reason(proposal.reason)
    lead, led = pair(session, proposal)
    into, aside = stays(session, lead, led, same_stay=proposal.same_stay)
    standing = _case_between(session, lead, led, open_only=True)
    if standing is not None and standing.last.act == Act.PROPOSED:
        raise RefusedError(
            "proposed_already",
            Sentence("This was proposed already. Another officer decides it on the page of merges."),
        )
    case = _open(session, lead, led, BY_OFFICER, actor, at) if standing is None else standing.case
    number = 1 if standing is None else standing.last.number + 1
    _step(
        session,
        case,
        number,
        Act.PROPOSED,
        actor,
        at,
        reason=reason,
        lead_id=lead,
        aside_id=aside,
        into_id=into if aside else None,
    )
    return case


def confirm(session: Session, case_id: int, *, seen: int, actor: Actor, at: datetime) -> None:
    """Join the two files, as the second person. `seen` is the number of the step that was on the screen.

    RefusedError for the same account as the proposal's, and where anything changed since.
    """
    standing = standing_at(session, case_id, Act.MERGED, seen)
    proposed = standing.last
    other_account(proposed.by, actor)
    assert proposed.lead_id is not None
    led_id = other_of(standing.case, proposed.lead_id)
    same_stay = proposed.aside_id is not None
    lead, led = pair(session, Proposal(proposed.lead_id, led_id, proposed.reason, same_stay))
    into, aside = stays(session, lead, led, same_stay=same_stay)
    if (lead, led, aside) != (proposed.lead_id, led_id, proposed.aside_id):
        raise RefusedError(
            "changed_since",
            Sentence("One of the two files changed since this was proposed. Refuse it and propose it again."),
        )
    _step(
        session,
        standing.case,
        proposed.number + 1,
        Act.MERGED,
        actor,
        at,
        reason=proposed.reason,
        lead_id=lead,
        aside_id=aside,
        into_id=into if aside else None,
    )
    if aside is not None and into is not None:
        session.get_one(Booking, aside).released_at = at
        session.add(JoinedStay(booking_id=aside, into_id=into))
    bring_up_to_date(session, (lead, led), at)


def refuse(session: Session, case_id: int, reason: str, *, seen: int, actor: Actor, at: datetime) -> None:
    """Say that the two are not one person, or not to be parted; whoever proposed may take it back so."""
    reason = need_reason(reason)
    standing = standing_of(session, case_id)
    asked = standing is not None and standing.last.act == Act.PART_ASKED
    act = Act.PART_REFUSED if asked else Act.REFUSED
    standing = standing_at(session, case_id, act, seen)
    _step(session, standing.case, standing.last.number + 1, act, actor, at, reason=reason)


def add_step(
    session: Session, standing: Standing, act: Act, *, reason: str, moves: str, actor: Actor, at: datetime
) -> None:
    """The next step of a case that keeps its leading person."""
    _step(
        session,
        standing.case,
        standing.last.number + 1,
        act,
        actor,
        at,
        reason=reason,
        lead_id=standing.last.lead_id,
        moves=moves,
    )


def bring_up_to_date(session: Session, touched: tuple[int, ...], at: datetime) -> None:
    """Make the table of who leads whom from the merges that hold, and let terminals hear of those it changed for."""
    session.flush()
    wanted, present = leaders(edges(session)), leads(session)
    changed = {one for one in wanted.keys() | present.keys() if wanted.get(one) != present.get(one)}
    session.execute(delete(Joined).where(Joined.person_id.in_(changed)))
    session.add_all(Joined(person_id=one, lead_id=wanted[one]) for one in sorted(changed & wanted.keys()))
    session.flush()
    everybody = {*changed, *touched, *(present[one] for one in changed & present.keys())}
    for person_id in sorted(everybody):
        note_change(session, person_id, at)


def _case_between(session: Session, one: int, other: int, *, open_only: bool = False) -> Standing | None:
    """The newest case between two families that waits, or was refused."""
    ours, theirs = set(family_of(session, one)), set(family_of(session, other))
    kept = OPEN if open_only else OPEN | {Act.REFUSED}
    for standing in reversed(cases_of(session, ours)):
        case = standing.case
        both = {case.one_id, case.other_id}
        if both & ours and both & theirs and standing.last.act in kept:
            return standing
    return None


def _open(session: Session, one: int, other: int, found_by: str, actor: Actor, at: datetime) -> MergeCase:
    case = MergeCase(
        one_id=min(one, other),
        other_id=max(one, other),
        found_by=found_by,
        opened_at=at,
        opened_by=actor.login[:64],
    )
    session.add(case)
    session.flush()
    return case


def _step(
    session: Session,
    case: MergeCase,
    number: int,
    act: Act,
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
    lead_id: int | None = None,
    aside_id: int | None = None,
    into_id: int | None = None,
    moves: str = "",
) -> None:
    step = MergeStep(
        case_id=case.id,
        number=number,
        act=act.value,
        at=at,
        by=actor.login[:64],
        reason=reason,
        lead_id=lead_id,
        aside_id=aside_id,
        into_id=into_id,
        moves=moves,
    )
    try:
        with session.begin_nested():
            session.add(step)
    except IntegrityError:
        raise RefusedError(
            "decided_already",
            Sentence("Somebody decided this while you were looking. The page shows it as it is now."),
        ) from None
    numbers = {number_of(session, case.one_id): case.other_id, number_of(session, case.other_id): case.one_id}
    for subject, other in numbers.items():
        detail = f"case {case.id} with {number_of(session, other)}"
        write_down(session, at=at, actor=actor, act=f"merge.{act.value}", subject=subject, detail=detail)
