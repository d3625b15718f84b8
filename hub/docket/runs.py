"""Looking at everybody, or at some, and bringing the docket up to date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.queries import in_custody as people_in_custody
from hub.database import Sessions, session_scope
from hub.docket.after_release import CODES, found_after_release
from hub.docket.chasing import escalate, reassign
from hub.docket.looking import Look, Marks, look_at, marks_of, without_changed
from hub.docket.ownership import Owners, owners
from hub.docket.processes import looks, processes_for
from hub.docket.reading import in_custody, parts
from hub.docket.records import DocketRun, Finding
from hub.docket.rules.base import Band
from hub.docket.settling import Tally, carry_out, plan, standing_findings, take_turn
from hub.docket.surroundings import Surroundings, look_around
from hub.docket.traces import traces
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Report:
    """How the docket stands after a look. `people` were looked at, `in_doubt` are people, not findings."""

    people: int
    tally: Tally
    findings: int
    in_doubt: int
    overdue: int
    escalated: int
    oldest_since_at: datetime | None
    causes: Mapping[str, int]


def recompute(session: Session, at: datetime, *, person_ids: Collection[int] | None = None) -> Report:
    """Look at everybody in custody (or at these), in the caller's transaction; the same again changes nothing."""
    take_turn(session)
    around, whose, marks = look_around(session, at, person_ids), owners(session), marks_of(session)
    tally = Tally()
    for part in parts(_wanted(session, person_ids)):
        tally += _settle(session, around, whose, look_at(session, around, part, marks))
    tally += _settle_released(session, around, whose, marks)
    return _finish(session, around, whose, tally, marks, whole=person_ids is None)


def run_all(
    sessions: Sessions,
    at: datetime,
    *,
    person_ids: Collection[int] | None = None,
    processes: int | None = None,
) -> Report:
    """The same in short transactions: reading holds up nobody, and writing takes turns part by part.

    `processes` read at once, None for as many as are worth their start; one of them writes.
    """
    with session_scope(sessions, writes=False) as session:
        around, whose, marks = look_around(session, at, person_ids), owners(session), marks_of(session)
        wanted = _wanted(session, person_ids)
    tally = Tally()
    for look in looks(sessions, around, marks, wanted, processes or processes_for(len(wanted))):
        if look.person_ids:
            with session_scope(sessions) as session:
                take_turn(session)
                tally += _settle(session, around, whose, without_changed(session, around, look))
    with session_scope(sessions) as session:
        take_turn(session)
        tally += _settle_released(session, around, whose, marks)
        return _finish(session, around, whose, tally, marks, whole=person_ids is None)


def _wanted(session: Session, person_ids: Collection[int] | None) -> list[int]:
    """Whoever is in custody, and whoever still has a finding."""
    if person_ids is not None:
        return sorted(person_ids)
    still = session.scalars(select(Finding.person_id).where(Finding.closed_at.is_(None)).distinct())
    return sorted({*in_custody(session), *still})


def _settle(session: Session, around: Surroundings, whose: Owners, look: Look) -> Tally:
    standing = [row for row in standing_findings(session, look.person_ids) if row.check_code not in CODES]
    made = plan(session, look.found, standing, look.inputs, at=around.at)
    return carry_out(
        session,
        made,
        owners=whose,
        limits=around.limits,
        fact_id=look.marks.fact_id,
        trace=traces(session, around, made.closes, look.here),
        at=around.at,
    )


def _settle_released(session: Session, around: Surroundings, whose: Owners, marks: Marks) -> Tally:
    found = found_after_release(session, around)
    open_ones = session.scalars(
        select(Finding.person_id).where(Finding.closed_at.is_(None), Finding.check_code.in_(CODES))
    )
    person_ids = {*(one.person_id for one in found.values()), *open_ones}
    standing = [row for row in standing_findings(session, person_ids) if row.check_code in CODES]
    made = plan(session, found, standing, lambda _row: None, at=around.at)
    return carry_out(
        session,
        made,
        owners=whose,
        limits=around.limits,
        fact_id=marks.fact_id,
        trace=traces(session, around, made.closes, ()),
        at=around.at,
    )


def _finish(
    session: Session, around: Surroundings, whose: Owners, tally: Tally, marks: Marks, *, whole: bool
) -> Report:
    reassign(session, whose, at=around.at)
    escalated = escalate(session, around.limits, at=around.at)
    report = _report(session, around.at, tally, escalated)
    if whole:
        session.add(
            DocketRun(
                at=around.at,
                day=around.at.astimezone(SITE_ZONE).date(),
                fact_id=marks.fact_id,
                change_id=marks.change_id,
                people=report.people,
                in_doubt=report.in_doubt,
                findings=report.findings,
                overdue=report.overdue,
                oldest_since_at=report.oldest_since_at,
                causes=msgspec.json.encode(report.causes).decode(),
            )
        )
    session.flush()
    return report


def _report(session: Session, at: datetime, tally: Tally, escalated: int) -> Report:
    standing, liberty = Finding.closed_at.is_(None), Finding.band == int(Band.LIBERTY)
    people = func.count(Finding.person_id.distinct())
    causes = session.execute(select(Finding.check_code, people).where(standing).group_by(Finding.check_code))
    return Report(
        people=people_in_custody(session),
        tally=tally,
        findings=session.scalar(select(func.count(Finding.id)).where(standing)) or 0,
        in_doubt=session.scalar(select(people).where(standing, liberty)) or 0,
        overdue=session.scalar(select(func.count(Finding.id)).where(standing, Finding.due_at < at)) or 0,
        escalated=escalated,
        oldest_since_at=session.scalar(select(func.min(Finding.since_at)).where(standing, liberty)),
        causes={row[0]: row[1] for row in causes},
    )
