"""The docket as a list, as it stands or as it stood at the end of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from hub.custody.records import Person
from hub.custody.then import Named, named
from hub.docket.records import CloseKind, Finding, FindingStep
from hub.docket.rules import CHECKS
from hub.docket.rules.base import Band, Check
from hub.docket.then import as_then, standing_then, to_review_then
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE
from hub.web.kept_sentences import read_sentence

PAGE: Final = 100
NOBODY: Final = "nobody"
OLD_CHECK: Final = Sentence("A check that is no longer made")


@dataclass(frozen=True)
class Filter:
    """Which findings: `owner` a login or NOBODY, `check` a code, `closed` those that closed by themselves."""

    owner: str = ""
    check: str = ""
    overdue: bool = False
    escalated: bool = False
    offered_to: str = ""
    to_review: bool = False
    band: int | None = None


@dataclass(frozen=True)
class Line:
    """A finding with its person and in words. `days` is for how long it has been so by the calendar of the
    site, as the board counts; negative for what is to come."""

    finding: Finding
    person: Person | Named
    words: Sentence
    what: Sentence
    days: int
    overdue: bool


@dataclass(frozen=True)
class Listed:
    """A page of the list. `in_doubt` and `people` count people, whatever the filter."""

    lines: Sequence[Line]
    total: int
    in_doubt: int
    people: int


def lines_of(
    session: Session, chosen: Filter, at: datetime, *, known_at: datetime | None = None, page: int = 1,
    size: int = PAGE,
) -> Listed:  # fmt: skip
    """Findings by how near they are to somebody's liberty and for how long, the longest first."""
    if known_at is not None:
        return _listed_then(session, chosen, known_at, page, size)
    moment, standing = at, standing_at(None)
    wanted = _filtered(
        select(Finding, Person).join(Person, Person.id == Finding.person_id), chosen, standing, moment
    )
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    ordered = wanted.order_by(Finding.band, Finding.since_at, Finding.id)
    rows = session.execute(ordered.limit(size).offset((page - 1) * size)).all()
    people = select(func.count(Finding.person_id.distinct())).where(standing)
    return Listed(
        lines=[line_of(finding, person, moment) for finding, person in rows],
        total=total,
        in_doubt=session.scalar(people.where(Finding.band == int(Band.LIBERTY))) or 0,
        people=session.scalar(people) or 0,
    )


def _listed_then(session: Session, chosen: Filter, known_at: datetime, page: int, size: int) -> Listed:
    """As it was known then: whose it was and how far it had gone up are reckoned from the steps, then chosen by."""
    standing = standing_then(session, known_at)
    rows = to_review_then(session, known_at) if chosen.to_review else standing
    rows = [row for row in rows if _is_chosen(row, chosen, known_at)]
    shown = rows[(page - 1) * size : page * size]
    people = named(session, {row.person_id for row in shown}, known_at)
    return Listed(
        lines=[line_of(row, people[row.person_id], known_at) for row in shown],
        total=len(rows),
        in_doubt=len({row.person_id for row in standing if row.band == int(Band.LIBERTY)}),
        people=len({row.person_id for row in standing}),
    )


def _is_chosen(row: Finding, chosen: Filter, moment: datetime) -> bool:
    """The same as `_filtered`, of a finding as it was."""
    return (
        (not chosen.owner or row.owner == (None if chosen.owner == NOBODY else chosen.owner))
        and (not chosen.check or row.check_code == chosen.check)
        and (not chosen.overdue or row.due_at < moment)
        and (not chosen.escalated or row.escalated > 0)
        and (not chosen.offered_to or row.offered_to == chosen.offered_to)
        and (chosen.band is None or row.band == chosen.band)
    )


def count_of(session: Session, chosen: Filter, at: datetime) -> int:
    """How many findings the list would show."""
    wanted = _filtered(
        select(Finding, Person).join(Person, Person.id == Finding.person_id), chosen, standing_at(None), at
    )
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def standing_at(known_at: datetime | None) -> ColumnElement[bool]:
    """Which findings were open: now, or as it was known then."""
    if known_at is None:
        return Finding.closed_at.is_(None)
    return and_(Finding.opened_at <= known_at, or_(Finding.closed_at.is_(None), Finding.closed_at > known_at))


def line_of(finding: Finding, person: Person | Named, at: datetime) -> Line:
    """A finding in words."""
    check: Check | None = CHECKS.get(finding.check_code)
    return Line(
        finding=finding,
        person=person,
        words=OLD_CHECK if check is None else check.words,
        what=read_sentence(finding.what),
        days=(at.astimezone(SITE_ZONE).date() - finding.since_at.astimezone(SITE_ZONE).date()).days,
        overdue=finding.closed_at is None and finding.due_at < at,
    )


def of_person(
    session: Session, person_ids: Sequence[int], known_at: datetime | None = None
) -> Sequence[Finding]:
    """Open findings about somebody, the gravest first."""
    asked = {"ids": list(person_ids)}
    if known_at is None:
        return session.scalars(_OPEN_OF_PEOPLE, asked).all()
    return as_then(session, session.scalars(_OF_PEOPLE.where(standing_at(known_at)), asked).all(), known_at)


_OF_PEOPLE: Final = (
    select(Finding)
    .where(Finding.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(Finding.band, Finding.since_at)
)
_OPEN_OF_PEOPLE: Final = _OF_PEOPLE.where(standing_at(None))


def steps_of(session: Session, finding_id: int) -> Sequence[FindingStep]:
    """Everything that happened to a finding, oldest first."""
    return session.scalars(
        select(FindingStep).where(FindingStep.finding_id == finding_id).order_by(FindingStep.id)
    ).all()


def earlier_of(session: Session, finding: Finding) -> Sequence[Finding]:
    """The findings that this one opened again, the newest first."""
    found: list[Finding] = []
    before = finding.earlier_id
    while before is not None and len(found) < 20:
        row = session.get_one(Finding, before)
        found.append(row)
        before = row.earlier_id
    return found


def _filtered(
    wanted: Select[Finding, Person], chosen: Filter, standing: ColumnElement[bool], at: datetime
) -> Select[Finding, Person]:
    if chosen.to_review:
        wanted = wanted.where(
            Finding.close_kind == CloseKind.FACTS_CHANGED.value, Finding.reviewed_by.is_(None)
        )
    else:
        wanted = wanted.where(standing)
    if chosen.owner:
        wanted = wanted.where(
            Finding.owner.is_(None) if chosen.owner == NOBODY else Finding.owner == chosen.owner
        )
    if chosen.check:
        wanted = wanted.where(Finding.check_code == chosen.check)
    if chosen.overdue:
        wanted = wanted.where(Finding.due_at < at)
    if chosen.escalated:
        wanted = wanted.where(Finding.escalated > 0)
    if chosen.offered_to:
        wanted = wanted.where(Finding.offered_to == chosen.offered_to)
    if chosen.band is not None:
        wanted = wanted.where(Finding.band == chosen.band)
    return wanted
