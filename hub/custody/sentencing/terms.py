"""Terms by the calendar: how many days a term has from a day on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import msgspec

from hub.sentences import Sentence


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A length as the court said it; months by the calendar."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0


def end_of(term: Term, start_on: date, *, to_last_day: bool = False) -> date:
    """The first day after a term that starts on `start_on`: years and months by the calendar, then weeks, then days.

    A month that has no such day ends the term as its last day would (31 January and one month: 28 February), or,
    `to_last_day`, includes that last day (1 March). OverflowError beyond the year 9999.
    """
    months = start_on.month - 1 + term.months + 12 * term.years
    year, month = start_on.year + months // 12, months % 12 + 1
    if year > date.max.year:
        raise OverflowError("beyond the calendar")
    last = monthrange(year, month)[1]
    reached = date(year, month, min(start_on.day, last))
    spilled = timedelta(days=1 if to_last_day and start_on.day > last else 0)
    return reached + spilled + timedelta(days=7 * term.weeks + term.days)


def start_of_term(term: Term, end_on: date) -> date:
    """The day that lies a term before `end_on`, counted back by the calendar: years and months first."""
    months = end_on.year * 12 + end_on.month - 1 - term.months - 12 * term.years
    year, month = months // 12, months % 12 + 1
    if year < date.min.year:
        raise OverflowError("beyond the calendar")
    reached = date(year, month, min(end_on.day, monthrange(year, month)[1]))
    return reached - timedelta(days=7 * term.weeks + term.days)


def days_of(term: Term, start_on: date, *, to_last_day: bool = False) -> int:
    """Days of a term from `start_on`, that day included."""
    return (end_of(term, start_on, to_last_day=to_last_day) - start_on).days


def is_nothing(term: Term) -> bool:
    """Whether no part of the term was given."""
    return not (term.years or term.months or term.weeks or term.days)


def in_words(term: Term) -> Sentence:
    """The term as it is said: 1 year, 6 months."""
    said = [
        one if count == 1 else many
        for count, one, many in (
            (term.years, Sentence("1 year"), Sentence("%(count)s years", {"count": term.years})),
            (term.months, Sentence("1 month"), Sentence("%(count)s months", {"count": term.months})),
            (term.weeks, Sentence("1 week"), Sentence("%(count)s weeks", {"count": term.weeks})),
            (term.days, Sentence("1 day"), Sentence("%(count)s days", {"count": term.days})),
        )
        if count
    ]
    words = said.pop() if said else Sentence("no term")
    while said:
        words = Sentence("%(first)s, %(rest)s", {"first": said.pop(), "rest": words})
    return words
