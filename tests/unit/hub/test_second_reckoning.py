"""Release dates reckoned a second time, by hand's way and without the hub's code, over chance cases with days off.

Three conventions stand here in the open, because a court may be asked about them: credit beyond the term is not owed
back; an absence lengthens nothing that the credit has served already; and a day off moves a release neither before the
sentence nor past the full term.
"""

from __future__ import annotations

import calendar
import math
import random
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from hub.custody.sentencing.case import Adjusted, Case, Credited, Sentenced
from hub.custody.sentencing.forms import Adjustment, AdjustmentType, Imposed, RemandCredit, SentenceType
from hub.custody.sentencing.policy import CreditOrder, MonthEnd, NonWorking, Numbered, Policy, Rounding
from hub.custody.sentencing.reckoner import reckon
from hub.custody.sentencing.terms import Term

CASES = 300
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
TERMS = (
    (3, 0, 0, 0),
    (0, 7, 0, 0),
    (0, 0, 30, 0),
    (0, 0, 0, 321),
    (1, 11, 2, 9),
    (6, 0, 0, 0),
    (0, 13, 0, 0),
)
STARTS = (date(2012, 2, 29), date(2016, 1, 31), date(2014, 12, 31), date(2015, 8, 31), date(2018, 5, 14))


@dataclass(frozen=True)
class Drawn:
    """A case by chance. `terms` by number, `after` the number that each follows (0 for none)."""

    start: date
    terms: tuple[tuple[int, int, int, int], ...]
    after: tuple[int, ...]
    credit: int
    credit_to: int
    away: int
    added: int
    policy: Policy


def test_both_reckonings_agree_and_many_releases_were_moved() -> None:
    chance, moved = random.Random(20261122), 0
    for _ in range(CASES):
        drawn = _draw(chance)
        plain = _by_hand(drawn, frozenset())[1]
        days_off = {plain + n * DAY for n in chance.sample(range(-8, 9), chance.randrange(8))}
        got = reckon(_case(drawn), [Numbered(1, drawn.policy)], days_off, today=TODAY)
        assert not got.blocked, drawn
        assert (got.dates.full_term_on, got.dates.release_on) == _by_hand(drawn, days_off), drawn
        moved += got.dates.release_on != plain
    assert moved > CASES // 10


def _draw(chance: random.Random) -> Drawn:
    count = chance.choice((1, 1, 2, 2, 3))
    after = [0]
    for number in range(2, count + 1):
        after.append(number - 1 if chance.random() < 0.5 else 0)
    return Drawn(
        start=chance.choice(STARTS) + chance.choice((0, 0, 1, 45, 300)) * DAY,
        terms=tuple(chance.choice(TERMS) for _ in range(count)),
        after=tuple(after),
        credit=chance.choice((0, 0, 1, 30, 200, 3_000)),
        credit_to=chance.choice((0, 1, count)),
        away=chance.choice((0, 0, 1, 12)),
        added=chance.choice((0, 0, 7, 30)),
        policy=Policy(
            name="by chance",
            authority="test",
            effective_on=date(2000, 1, 1),
            serve=chance.choice(("2/3", "1/2", "3/4", "1", "5/7")),
            rounding=chance.choice(list(Rounding)),
            credit=chance.choice(list(CreditOrder)),
            non_working=chance.choice((NonWorking.BEFORE, NonWorking.AFTER)),
            weekend=chance.choice(((5, 6), (6,), (4, 5))),
            month_end=chance.choice(list(MonthEnd)),
        ),
    )


def _case(drawn: Drawn) -> Case:
    sentences = tuple(
        Sentenced(
            number,
            number,
            Imposed(
                type=SentenceType.TERM, imposed_on=drawn.start, term=Term(*term), consecutive_to=after or None
            ),
        )
        for number, (term, after) in enumerate(zip(drawn.terms, drawn.after, strict=True), start=1)
    )
    credit = Credited(200, RemandCredit(days=drawn.credit, sentence=drawn.credit_to or None))
    until = drawn.start + (drawn.away - 1) * DAY
    away = Adjustment(type=AdjustmentType.UNLAWFULLY_AT_LARGE, from_on=drawn.start, until_on=until)
    added = Adjustment(type=AdjustmentType.ADDED_DAYS, days=drawn.added)
    changes = [Adjusted(300, away)] * bool(drawn.away) + [Adjusted(301, added)] * bool(drawn.added)
    return Case(sentences, (), (credit,) if drawn.credit else (), tuple(changes))


def _by_hand(drawn: Drawn, days_off: Set[date]) -> tuple[date, date]:
    """(full term, release): each chain for itself, then the latest of each."""
    ends = [_chain(drawn, chain, days_off) for chain in _chains(drawn.after)]
    return max(full for full, _ in ends), max(release for _, release in ends)


def _chains(after: tuple[int, ...]) -> list[list[int]]:
    chains: list[list[int]] = []
    for number, before in enumerate(after, start=1):
        if before:
            next(chain for chain in chains if chain[-1] == before).append(number)
        else:
            chains.append([number])
    return chains


def _chain(drawn: Drawn, chain: list[int], days_off: Set[date]) -> tuple[date, date]:
    policy, first = drawn.policy, drawn.start
    for number in chain:
        first = _first_day_after(drawn.terms[number - 1], first, policy.month_end is MonthEnd.LAST_DAY)
    total = (first - drawn.start).days
    credit = min(total, drawn.credit) if drawn.credit_to in (0, *chain) else 0
    away = drawn.away if credit < total else 0
    full = max(drawn.start + (total - credit + away - 1) * DAY, drawn.start)
    part = Fraction(policy.serve)
    if policy.credit is CreditOrder.BEFORE_REMISSION:
        served = _whole((total - credit) * part, policy.rounding)
    else:
        served = _whole(total * part, policy.rounding) - credit
    release = drawn.start + (served + away + drawn.added - 1) * DAY
    release = min(max(release, drawn.start), full)
    moved = release
    while moved.weekday() in policy.weekend or moved in days_off:
        moved += DAY if policy.non_working is NonWorking.AFTER else -DAY
    return full, moved if drawn.start <= moved <= full else release


def _first_day_after(term: tuple[int, int, int, int], start: date, to_last_day: bool) -> date:
    years, months, weeks, days = term
    year, month = divmod(12 * (start.year + years) + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    spilled = 1 if to_last_day and start.day > last else 0
    return date(year, month + 1, min(start.day, last)) + (spilled + 7 * weeks + days) * DAY


def _whole(days: Fraction, rounding: Rounding) -> int:
    if rounding is Rounding.UP:
        return math.ceil(days)
    return math.floor(days + (Fraction(1, 2) if rounding is Rounding.NEAREST else 0))
