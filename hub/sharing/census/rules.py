"""When the census with an agency is, and what is due now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.sentences import RefusedError, Sentence
from hub.sharing.agreements.reading import agencies
from hub.sharing.catalogue import EXCHANGES, PartnerKind
from hub.sharing.census.receiving import newest_list
from hub.sharing.census.records import CensusRule, CensusRun, RunState, Scope
from hub.web.formats import SITE_ZONE

WEEKDAYS: Final = (
    Sentence("Monday"),
    Sentence("Tuesday"),
    Sentence("Wednesday"),
    Sentence("Thursday"),
    Sentence("Friday"),
    Sentence("Saturday"),
    Sentence("Sunday"),
)
MOST_DAYS: Final = 28
QUIET: Final = timedelta(minutes=10)
"""A file comes row by row: a list is whole once nothing more came for so long."""
FRESH: Final = timedelta(days=7)
"""A list as of an earlier day says nothing of this week."""


@dataclass(frozen=True)
class RuleWish:
    """When it shall be; see `records.CensusRule`."""

    agency: str
    weekday: int
    hour: int
    scope: Scope
    days: int
    active: bool = True


def partners(session: Session) -> dict[str, str]:
    """Agencies of the kinds that compare lists, by code with their names."""
    kinds = EXCHANGES["census_list_in"].partners
    return {one.code: one.name for one in agencies(session) if one.active and PartnerKind(one.kind) in kinds}


def set_rule(session: Session, wish: RuleWish, *, actor: Actor, at: datetime) -> CensusRule:
    """From now on it is like this; RefusedError for what cannot be."""
    if wish.agency not in partners(session):
        raise RefusedError("no_partner", Sentence("Lists are compared with the police and the courts alone."))
    if wish.weekday not in range(7) or wish.hour not in range(24):
        raise RefusedError("when", Sentence("Choose a day of the week, and an hour from 0 to 23."))
    if not 1 <= wish.days <= MOST_DAYS:
        raise RefusedError("days", Sentence("A difference is closed within 1 to 28 days."))
    row = CensusRule(
        agency=wish.agency,
        weekday=wish.weekday,
        hour=wish.hour,
        scope=wish.scope.value,
        days=wish.days,
        active=wish.active,
        set_at=at,
        set_by=actor.login,
    )
    session.add(row)
    session.flush()
    detail = f"{wish.agency} {wish.weekday} {wish.hour}:00 {wish.scope} {wish.days} {wish.active}"
    write_down(session, at=at, actor=actor, act="census.rule", detail=detail)
    return row


def rules(session: Session) -> Mapping[str, CensusRule]:
    """The newest rule of each agency, by code; ended ones too."""
    return {row.agency: row for row in session.scalars(select(CensusRule).order_by(CensusRule.id))}


def week_of(at: datetime) -> date:
    """The Monday of a time's week at the site."""
    today = at.astimezone(SITE_ZONE).date()
    return today - timedelta(days=today.weekday())


def begins_at(rule: CensusRule, week_on: date) -> datetime:
    """When a week's census begins."""
    day = week_on + timedelta(days=rule.weekday)
    return datetime.combine(day, time(rule.hour), SITE_ZONE)


def due(session: Session, at: datetime) -> list[CensusRule]:
    """Agencies whose list is to be compared now: for the first time this week, or because it came late."""
    return [row for row in rules(session).values() if row.active and _is_due(session, row, at)]


def runs_of(session: Session, agency: str, week_on: date) -> list[CensusRun]:
    """Comparisons of a week, oldest first."""
    wanted = select(CensusRun).where(CensusRun.agency == agency, CensusRun.week_on == week_on)
    return list(session.scalars(wanted.order_by(CensusRun.id)))


def _is_due(session: Session, rule: CensusRule, at: datetime) -> bool:
    week_on = week_of(at)
    if at < begins_at(rule, week_on):
        return False
    held = newest_list(session, rule.agency)
    if held is not None and at - held.received_at < QUIET:
        return False  # it may still be coming
    runs = runs_of(session, rule.agency, week_on)
    if not runs:
        return True
    late = held is not None and held.received_at > runs[-1].at
    return late and runs[-1].state != RunState.COMPARED
