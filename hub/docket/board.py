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
    standing, liberty = standing_at(known_at), Finding.band == int(Band.LIBERTY)
    count, people = func.count(Finding.id), func.count(Finding.person_id.distinct())
    last, before = runs.get(today) or _newest(runs), runs.get(today - timedelta(days=1))
    in_doubt = session.scalar(select(people).where(standing, liberty)) or 0
    return Board(
        on=today,
        in_doubt=in_doubt,
        findings=session.scalar(select(count).where(standing)) or 0,
        overdue=session.scalar(select(count).where(standing, Finding.due_at < moment)) or 0,
        with_director=session.scalar(select(count).where(standing, Finding.escalated == 2)) or 0,
        nobody=session.scalar(select(count).where(standing, Finding.owner.is_(None))) or 0,
        held=0 if last is None else last.people,
        oldest_since_at=session.scalar(select(func.min(Finding.since_at)).where(standing, liberty)),
        yesterday=before,
        ran_at=None if last is None else last.at,
        causes=_causes(session, known_at, before),
        trend=_trend(runs, today, in_doubt),
    )


def _causes(session: Session, known_at: datetime | None, before: DocketRun | None) -> list[Cause]:
    rows = session.execute(
        select(Finding.check_code, Finding.band, func.count(Finding.person_id.distinct()))
        .where(standing_at(known_at))
        .group_by(Finding.check_code, Finding.band)
    )
    earlier: Mapping[str, int] | None = None if before is None else msgspec.json.decode(before.causes)
    found = [
        Cause(
            code,
            CHECKS[code].words if code in CHECKS else OLD_CHECK,
            Band(band),
            people,
            None if earlier is None else earlier.get(code, 0),
        )
        for code, band, people in rows
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
