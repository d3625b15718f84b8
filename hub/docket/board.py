"""What a director reads in ten seconds: how many people, how many overdue, since when, why, better or worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.docket.lists import OLD_CHECK, standing_at
from hub.docket.records import DocketRun, Finding
from hub.docket.rules import CHECKS
from hub.docket.rules.base import Band
from hub.docket.then import standing_then
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE

TREND: Final = timedelta(days=30)


@dataclass(frozen=True)
class Cause:
    """One check: how many people it is about now, and yesterday (None where there was no look)."""

    code: str
    words: Sentence
    band: Band
    people: int
    yesterday: int | None


@dataclass(frozen=True)
class Day:
    """How the docket stood at the end of a day; `in_doubt` None for a day without a look."""

    on: date
    in_doubt: int | None


@dataclass(frozen=True)
class Board:
    """`in_doubt` are people; `held` is how many are in custody. `ran_at` is the last look, None before the first."""

    on: date
    in_doubt: int
    findings: int
    overdue: int
    with_director: int
    nobody: int
    held: int
    oldest_since_at: datetime | None
    yesterday: DocketRun | None
    ran_at: datetime | None
    causes: Sequence[Cause]
    trend: Sequence[Day]

    @property
    def oldest_days(self) -> int:
        """For how many days the longest has been in doubt; 0 where nobody is."""
        if self.oldest_since_at is None:
            return 0
        return max(0, (self.on - self.oldest_since_at.astimezone(SITE_ZONE).date()).days)


def board(session: Session, at: datetime, known_at: datetime | None = None) -> Board:
    """The board now, or as it stood at the end of an earlier day."""
    moment = known_at or at
    today = moment.astimezone(SITE_ZONE).date()
    runs = _last_of_days(session, today, moment)
    last, before = runs.get(today) or _newest(runs), runs.get(today - timedelta(days=1))
    counted = _counted(session, moment) if known_at is None else _counted_then(session, known_at)
    return Board(
        on=today,
        in_doubt=counted.in_doubt,
        findings=counted.findings,
        overdue=counted.overdue,
        with_director=counted.with_director,
        nobody=counted.nobody,
        held=0 if last is None else last.people,
        oldest_since_at=counted.oldest_since_at,
        yesterday=before,
        ran_at=None if last is None else last.at,
        causes=_causes(counted.causes, before),
        trend=_trend(runs, today, counted.in_doubt),
    )


@dataclass(frozen=True)
class _Counted:
    """`causes` are (check, band, people)."""

    in_doubt: int
    findings: int
    overdue: int
    with_director: int
    nobody: int
    oldest_since_at: datetime | None
    causes: Sequence[tuple[str, int, int]]


def _counted(session: Session, moment: datetime) -> _Counted:
    standing, liberty = standing_at(None), Finding.band == int(Band.LIBERTY)
    count, people = func.count(Finding.id), func.count(Finding.person_id.distinct())
    causes = session.execute(
        select(Finding.check_code, Finding.band, people)
        .where(standing)
        .group_by(Finding.check_code, Finding.band)
    )
    return _Counted(
        in_doubt=session.scalar(select(people).where(standing, liberty)) or 0,
        findings=session.scalar(select(count).where(standing)) or 0,
        overdue=session.scalar(select(count).where(standing, Finding.due_at < moment)) or 0,
        with_director=session.scalar(select(count).where(standing, Finding.escalated == 2)) or 0,
        nobody=session.scalar(select(count).where(standing, Finding.owner.is_(None))) or 0,
        oldest_since_at=session.scalar(select(func.min(Finding.since_at)).where(standing, liberty)),
        causes=[(code, band, number) for code, band, number in causes],
    )


def _counted_then(session: Session, known_at: datetime) -> _Counted:
    rows = standing_then(session, known_at)
    liberty = [row for row in rows if row.band == int(Band.LIBERTY)]
    causes: dict[tuple[str, int], set[int]] = {}
    for row in rows:
        causes.setdefault((row.check_code, row.band), set()).add(row.person_id)
    return _Counted(
        in_doubt=len({row.person_id for row in liberty}),
        findings=len(rows),
        overdue=sum(row.due_at < known_at for row in rows),
        with_director=sum(row.escalated == 2 for row in rows),
        nobody=sum(row.owner is None for row in rows),
        oldest_since_at=min((row.since_at for row in liberty), default=None),
        causes=[(code, band, len(people)) for (code, band), people in causes.items()],
    )


def _causes(counted: Sequence[tuple[str, int, int]], before: DocketRun | None) -> list[Cause]:
    earlier: Mapping[str, int] | None = None if before is None else msgspec.json.decode(before.causes)
    found = [
        Cause(
            code,
            CHECKS[code].words if code in CHECKS else OLD_CHECK,
            Band(band),
            people,
            None if earlier is None else earlier.get(code, 0),
        )
        for code, band, people in counted
    ]
    return sorted(found, key=lambda cause: (cause.band, -cause.people, cause.code))


def _last_of_days(session: Session, today: date, until: datetime) -> dict[date, DocketRun]:
    wanted = select(DocketRun).where(DocketRun.day >= today - TREND, DocketRun.at <= until)
    return {run.day: run for run in session.scalars(wanted.order_by(DocketRun.at, DocketRun.id))}


def _newest(runs: Mapping[date, DocketRun]) -> DocketRun | None:
    return runs[max(runs)] if runs else None


def _trend(runs: Mapping[date, DocketRun], today: date, in_doubt: int) -> list[Day]:
    days = [today - timedelta(days=back) for back in range(TREND.days, 0, -1)]
    past = [Day(on, runs[on].in_doubt if on in runs else None) for on in days]
    return [*past, Day(today, in_doubt)]
