"""The census of a week: our list is laid out, theirs is compared with it, and only the differences are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.custody.merging.reading import leads
from hub.custody.records import Booking
from hub.database import Sessions, session_scope
from hub.sharing.agreements.reading import agreements_in_force
from hub.sharing.agreements.records import Agency
from hub.sharing.census.comparing import Compared, Difference, Here, There, compare, whole
from hub.sharing.census.loading import ours, theirs
from hub.sharing.census.receiving import lines_of, newest_list
from hub.sharing.census.records import (
    CensusDifference,
    CensusList,
    CensusRule,
    CensusRun,
    CensusStep,
    DifferenceState,
    RunState,
    Scope,
    StepAct,
)
from hub.sharing.census.rules import FRESH, due, rules, runs_of, week_of
from hub.sharing.census.working import LASTS
from hub.sharing.outbox.channels import agencies_with_channel, agencies_with_webhook
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.spreading import enqueue
from hub.web.formats import SITE_ZONE

PROGRAM: Final = Actor("census", "exchange")
"""Who acts where no person does."""
LIST: Final = "census_list"
TOLD_FOR: Final = timedelta(days=90)
"""So long after its end a difference still says what either list had; then only that there was one."""
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_NO_REASON: Final = ""


def run_due(sessions: Sessions, at: datetime, *, everybody: bool = False) -> list[CensusRun]:
    """Whatever is due now, or with `everybody` every census that is set; each agency in a transaction of its own."""
    with session_scope(sessions, writes=False) as session:
        waiting = [rule.agency for rule in _wanted(session, at, everybody)]
    found = []
    for agency in waiting:
        with session_scope(sessions) as session:
            _take_turn(session, agency)
            # Another process may have done it meanwhile.
            found += [
                run(session, rule, at) for rule in _wanted(session, at, everybody) if rule.agency == agency
            ]
    return found


def _wanted(session: Session, at: datetime, everybody: bool) -> list[CensusRule]:
    return [rule for rule in rules(session).values() if rule.active] if everybody else due(session, at)


def run(
    session: Session, rule: CensusRule, at: datetime, *, actor: Actor = PROGRAM, anyway: bool = False
) -> CensusRun:
    """Compare the newest list of an agency now. `anyway` takes a list that is hardly whole as it is."""
    _take_turn(session, rule.agency)
    week_on = week_of(at)
    if not runs_of(session, rule.agency, week_on):
        _lay_out(session, rule.agency, week_on, at)
    held = newest_list(session, rule.agency)
    today = at.astimezone(SITE_ZONE).date()
    if held is None or held.listed_on < today - FRESH:
        return _written(session, rule, week_on, at, actor, RunState.NO_LIST, held, Counted())
    here = ours(session, Scope(rule.scope), held.listed_on, at)
    there = theirs(lines_of(session, held))
    compared = compare(here, there, held.listed_on, today)
    inside = sum(one.until is None and one.on_list for one in here)
    counted = Counted(inside, len(there))
    if not anyway and not whole(inside, compared.differences, len(there)):
        return _written(session, rule, week_on, at, actor, RunState.HELD, held, counted)
    counted = _apply(session, rule, compared, week_on, at, counted)
    _empty_old(session, at)
    return _written(session, rule, week_on, at, actor, RunState.COMPARED, held, counted)


def _take_turn(session: Session, agency: str) -> None:
    """Comparisons with one agency wait for each other here."""
    session.execute(select(Agency.id).where(Agency.code == agency).with_for_update(key_share=True))


@dataclass(frozen=True)
class Counted:
    """How many stand on either list, and what came of the comparison."""

    ours: int = 0
    theirs: int = 0
    found: int = 0
    carried: int = 0
    agreed: int = 0


def _lay_out(session: Session, agency: str, week_on: date, at: datetime) -> None:
    """Tell the agency that our list is there, where an agreement has it. A drop gets a line for each person."""
    agreed = [
        grant.purpose
        for one in agreements_in_force(session, at, agency)
        for grant in one.terms.grants
        if grant.exchange == LIST
    ]
    if not agreed:
        return
    files = agency in agencies_with_channel(session) - agencies_with_webhook(session)
    people: Sequence[int | None] = [None]
    if files:
        wanted = select(Booking.person_id).where(Booking.released_at.is_(None)).order_by(Booking.person_id)
        leading = leads(session)
        people = list(dict.fromkeys(leading.get(one, one) for one in session.scalars(wanted)))
    for person in people:
        enqueue(
            session,
            agency=agency,
            type=EventType.LIST_READY,
            exchange=LIST,
            purpose=agreed[0],
            reference=f"census {week_on}",
            person=person,
            at=at,
            data={"list": "/v1/lists/census", "week": week_on.isoformat()},
        )


def _apply(
    session: Session, rule: CensusRule, compared: Compared, week_on: date, at: datetime, counted: Counted
) -> Counted:
    known = {
        (row.sort, row.key): row
        for row in session.scalars(
            select(CensusDifference).where(CensusDifference.agency == rule.agency).with_for_update()
        )
    }
    found = carried = 0
    now: set[tuple[str, str]] = set()
    due_at = at + timedelta(days=rule.days)
    for one in compared.differences:
        key = (one.sort.value, one.key)
        if key in now:
            continue
        now.add(key)
        row = known.get(key)
        if row is None:
            _add(session, rule.agency, one, week_on, at, due_at)
            found += 1
        elif row.state == DifferenceState.OPEN:
            _carry(session, row, one, week_on, at)
            carried += 1
        elif _again(session, row, one, week_on, at, due_at):
            found += 1
    agreed = 0
    for key, row in known.items():
        if key not in now and row.state == DifferenceState.OPEN:
            row.state, row.ended_at, row.ended_by = DifferenceState.AGREED.value, at, ""
            _step(session, row, StepAct.AGREED, at)
            agreed += 1
    session.flush()
    return Counted(counted.ours, counted.theirs, found, carried, agreed)


def _add(
    session: Session, agency: str, one: Difference, week_on: date, at: datetime, due_at: datetime
) -> None:
    row = CensusDifference(
        agency=agency,
        sort=one.sort.value,
        key=one.key,
        person=one.person,
        ours=_ours(one),
        theirs=_theirs(one.there),
        state=DifferenceState.OPEN.value,
        version=0,
        owner="",
        opened_at=at,
        due_at=due_at,
        seen_on=week_on,
        weeks=1,
        ended_at=None,
        ended_by="",
        reason_code=_NO_REASON,
        reason="",
    )
    session.add(row)
    session.flush()
    _step(session, row, StepAct.FOUND, at)


def _carry(session: Session, row: CensusDifference, one: Difference, week_on: date, at: datetime) -> None:
    """It is there once more: the same row, with its owner and its clock."""
    changed = (row.ours, row.theirs) != (_ours(one), _theirs(one.there))
    row.ours, row.theirs = _ours(one), _theirs(one.there)
    if row.seen_on != week_on:
        row.seen_on, row.weeks = week_on, row.weeks + 1
    if changed:
        _step(session, row, StepAct.CHANGED, at)


def _again(
    session: Session, row: CensusDifference, one: Difference, week_on: date, at: datetime, due_at: datetime
) -> bool:
    """Whether something that was over counts anew: not while both lists say what an officer found to be in order."""
    same = (row.ours, row.theirs) == (_ours(one), _theirs(one.there))
    if same and row.state == DifferenceState.CLOSED and row.reason_code in LASTS:
        row.seen_on = week_on
        return False
    row.ours, row.theirs = _ours(one), _theirs(one.there)
    row.state, row.owner, row.opened_at, row.due_at = DifferenceState.OPEN.value, "", at, due_at
    row.ended_at, row.ended_by, row.reason_code, row.reason = None, "", _NO_REASON, ""
    row.seen_on, row.weeks = week_on, 1
    _step(session, row, StepAct.BACK, at)
    return True


def _step(session: Session, row: CensusDifference, act: StepAct, at: datetime) -> None:
    row.version += 1
    session.add(CensusStep(difference_id=row.id, act=act.value, at=at, by="", note=""))


def _ours(one: Difference) -> str:
    told: dict[str, Any] = {} if one.here is None else _told(one.here, one.here.since, one.here.until)
    if one.others:
        told["others"] = list(one.others)
    return _ENCODER.encode(told).decode()


def _theirs(there: There | None) -> str:
    told = {} if there is None else {**_told(there, None, None), "reference": there.reference}
    if there is not None:
        told["numbers"] = sorted(there.numbers)
    return _ENCODER.encode({name: value for name, value in told.items() if value}).decode()


def _told(one: Here | There, since: date | None, until: date | None) -> dict[str, Any]:
    found: Mapping[str, Any] = {
        "name": one.shown,
        "born_on": one.born_on,
        "status": one.status,
        "release_on": one.release_on,
        "since": since,
        "until": until,
    }
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
        if value
    }


def _empty_old(session: Session, at: datetime) -> None:
    old = CensusDifference.ended_at < at - TOLD_FOR
    session.execute(
        update(CensusDifference)
        .where(CensusDifference.state != DifferenceState.OPEN.value, old, CensusDifference.theirs != "{}")
        .values(ours="{}", theirs="{}")
        .execution_options(synchronize_session=False)
    )


def _written(
    session: Session,
    rule: CensusRule,
    week_on: date,
    at: datetime,
    actor: Actor,
    state: RunState,
    held: CensusList | None,
    counted: Counted,
) -> CensusRun:
    row = CensusRun(
        agency=rule.agency,
        week_on=week_on,
        at=at,
        by=actor.login,
        list_id=None if held is None else held.id,
        state=state.value,
        ours=counted.ours,
        theirs=counted.theirs,
        found=counted.found,
        carried=counted.carried,
        agreed=counted.agreed,
    )
    session.add(row)
    session.flush()
    detail = f"{rule.agency} {week_on} {state} {counted.found} {counted.carried} {counted.agreed}"
    write_down(session, at=at, actor=actor, act="census.run", detail=detail)
    return row
