"""Looking at everybody, or at some, and bringing the docket up to date."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Fact
from hub.custody.records import PersonChange
from hub.database import Sessions, session_scope
from hub.docket.after_release import CODES, found_after_release
from hub.docket.chasing import escalate, reassign
from hub.docket.judging import Found, Key, inputs_of, judge
from hub.docket.ownership import Owners, owners
from hub.docket.reading import in_custody, parts, snapshots
from hub.docket.records import DocketRun, Finding
from hub.docket.rules import CHECKS
from hub.docket.rules.base import Band
from hub.docket.settling import Plan, Tally, carry_out, plan, take_turn
from hub.docket.snapshot import Snapshot
from hub.docket.surroundings import Surroundings, look_around
from hub.docket.traces import traces
from hub.web.formats import SITE_ZONE


@dataclass(frozen=True)
class Marks:
    """The newest fact and change of a person that a look has seen."""

    fact_id: int
    change_id: int


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


@dataclass(frozen=True)
class _Look:
    """What was found about some people, who of them are in custody, and how far the facts were known."""

    person_ids: Sequence[int]
    snapshots: Mapping[int, Snapshot]
    found: Mapping[Key, Found]
    marks: Marks

    def inputs(self, row: Finding) -> str | None:
        """A check that is no longer made cannot tell that anything changed: what it found stays."""
        snapshot, check = self.snapshots.get(row.person_id), CHECKS.get(row.check_code)
        if snapshot is None:
            return None
        return row.inputs if check is None else inputs_of(check, snapshot)


def recompute(session: Session, at: datetime, *, person_ids: Collection[int] | None = None) -> Report:
    """Look at everybody in custody (or at these), in the caller's transaction; the same again changes nothing."""
    take_turn(session)
    around, whose, marks = look_around(session, at), owners(session), marks_of(session)
    tally = Tally()
    for part in parts(_wanted(session, person_ids)):
        tally += _settle(session, around, whose, _look(session, around, part, marks))
    tally += _settle_released(session, around, whose, marks)
    return _finish(session, around, whose, tally, marks, whole=person_ids is None)


def run_all(sessions: Sessions, at: datetime, *, person_ids: Collection[int] | None = None) -> Report:
    """The same in short transactions: reading holds up nobody, and writing takes turns part by part."""
    with session_scope(sessions, writes=False) as session:
        around, whose, marks = look_around(session, at), owners(session), marks_of(session)
        wanted = _wanted(session, person_ids)
    tally = Tally()
    for part in parts(wanted):
        with session_scope(sessions, writes=False) as session:
            look = _look(session, around, part, marks)
            idle = _plan(session, look, at).empty
        if not idle:
            with session_scope(sessions) as session:
                take_turn(session)
                tally += _settle(session, around, whose, _without_changed(session, look))
    with session_scope(sessions) as session:
        take_turn(session)
        tally += _settle_released(session, around, whose, marks)
        return _finish(session, around, whose, tally, marks, whole=person_ids is None)


def marks_of(session: Session) -> Marks:
    """How far facts and changes have come."""
    return Marks(
        session.scalar(select(func.max(Fact.id))) or 0, session.scalar(select(func.max(PersonChange.id))) or 0
    )


def people_changed(session: Session, since: Marks, until: Marks) -> set[int]:
    """Whose facts, fingers or zones changed after `since`, up to `until`."""
    facts = select(Fact.person_id).where(Fact.id > since.fact_id, Fact.id <= until.fact_id)
    changes = select(PersonChange.person_id).where(
        PersonChange.id > since.change_id, PersonChange.id <= until.change_id
    )
    return set(session.scalars(facts)) | set(session.scalars(changes))


def _wanted(session: Session, person_ids: Collection[int] | None) -> list[int]:
    """Whoever is in custody, and whoever still has a finding."""
    if person_ids is not None:
        return sorted(person_ids)
    still = session.scalars(select(Finding.person_id).where(Finding.closed_at.is_(None)).distinct())
    return sorted({*in_custody(session), *still})


def _look(session: Session, around: Surroundings, person_ids: Sequence[int], marks: Marks) -> _Look:
    known = {one.person_id: one for one in snapshots(session, around, person_ids)}
    found = {one.key: one for each in known.values() for one in judge(each, around.limits)}
    return _Look(person_ids, known, found, marks)


def _without_changed(session: Session, look: _Look) -> _Look:
    """Whoever changed since they were looked at is left to the next look."""
    late = set(
        session.scalars(
            select(Fact.person_id).where(Fact.id > look.marks.fact_id, Fact.person_id.in_(look.person_ids))
        )
    )
    if not late:
        return look
    found = {key: one for key, one in look.found.items() if one.person_id not in late}
    return _Look([one for one in look.person_ids if one not in late], look.snapshots, found, look.marks)


def _plan(session: Session, look: _Look, at: datetime) -> Plan:
    return plan(
        session, look.found, look.person_ids, look.inputs, concerns=lambda code: code not in CODES, at=at
    )


def _settle(session: Session, around: Surroundings, whose: Owners, look: _Look) -> Tally:
    made = _plan(session, look, around.at)
    return carry_out(
        session,
        made,
        owners=whose,
        limits=around.limits,
        fact_id=look.marks.fact_id,
        trace=traces(session, around, made.closes, look.snapshots),
        at=around.at,
    )


def _settle_released(session: Session, around: Surroundings, whose: Owners, marks: Marks) -> Tally:
    found = found_after_release(session, around)
    open_ones = select(Finding.person_id).where(Finding.closed_at.is_(None), Finding.check_code.in_(CODES))
    person_ids = {*(one.person_id for one in found.values()), *session.scalars(open_ones)}
    made = plan(session, found, person_ids, lambda _row: None, concerns=CODES.__contains__, at=around.at)
    return carry_out(
        session,
        made,
        owners=whose,
        limits=around.limits,
        fact_id=marks.fact_id,
        trace=traces(session, around, made.closes, {}),
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
        people=len(in_custody(session)),
        tally=tally,
        findings=session.scalar(select(func.count(Finding.id)).where(standing)) or 0,
        in_doubt=session.scalar(select(people).where(standing, liberty)) or 0,
        overdue=session.scalar(select(func.count(Finding.id)).where(standing, Finding.due_at < at)) or 0,
        escalated=escalated,
        oldest_since_at=session.scalar(select(func.min(Finding.since_at)).where(standing, liberty)),
        causes={row[0]: row[1] for row in causes},
    )
