"""When somebody came in and for what, so that everything about them fits together today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from hub.custody.legal import LegalStatus
from hub.reception.seed import plan
from hub.reception.seed.dates import SERVED
from hub.reception.seed.offences import BURGLARY, Offence, grave, of_the_young, offence, term_days
from hub.reception.seed.pen import Stay
from hub.reception.seed.plan import Sketch, Wrong

_LONG_WAIT_DAYS: Final = 1_500
_TRIED_BY_JURY_DAYS: Final = 5_500
"""Whoever may get more than this waits for a jury first."""
_TERMS_OF_THE_YOUNG: Final = (180, 270, 365, 540)
_FINE_DAYS: Final = {Wrong.FINE_PAID: (30, 3), Wrong.FINE_NEARLY_PAID: (60, 4)}
"""Term in default, and days of it that have passed."""
_AUTHORITIES: Final = (
    LegalStatus.IMMIGRATION_DETAINEE,
    LegalStatus.CIVIL_PRISONER,
    LegalStatus.UNCONTROLLABLE_BEHAVIOUR_ORDER,
)
_SENTENCED: Final = (LegalStatus.SENTENCED, LegalStatus.INDETERMINATE_SENTENCE)


@dataclass(frozen=True)
class Span:
    """How long the history is: from its first day to today."""

    first_on: date
    today: date

    @property
    def days(self) -> int:
        return (self.today - self.first_on).days


def present(
    rng: Random, sketch: Sketch, status: LegalStatus, span: Span, home: tuple[str, str], *, thick: bool
) -> Stay:
    """The open stay of somebody inside."""
    zone, cell = home
    if status in _SENTENCED:
        what, term, served, waited = _serving(rng, sketch, span)
        sentenced_on = span.today - timedelta(days=served)
        admitted_on = sentenced_on - timedelta(days=waited)
        return Stay(status, what, admitted_on, sentenced_on, term, None, zone, cell, sketch.wrong, thick)
    what, days = _waiting(rng, sketch, status, span)
    admitted_on = span.today - timedelta(days=days)
    return Stay(status, what, admitted_on, None, 0, None, zone, cell, sketch.wrong, thick)


def _serving(rng: Random, sketch: Sketch, span: Span) -> tuple[Offence, int, int, int]:
    """Offence, term, days of it that have passed, and days on remand before."""
    wrong = sketch.wrong
    if sketch.juvenile:
        term = rng.choice(_TERMS_OF_THE_YOUNG)
        return of_the_young(rng), term, int(term * SERVED * rng.randint(5, 70) / 100), rng.choice((0, 0, 12))
    if wrong in _FINE_DAYS:
        term, served = _FINE_DAYS[wrong]
        return offence(rng, inside=False), term, served, 0
    what = offence(rng, inside=True)
    term = max(40 if wrong is not None else 0, term_days(rng, what))
    due = int(term * SERVED)
    if wrong is Wrong.RELEASE_PASSED:
        return what, min(term, _most(span)), int(min(term, _most(span)) * SERVED) + rng.randint(2, 9), 0
    if wrong is Wrong.ONLY_HELD_ON_HOLD:
        return what, min(term, _most(span)), int(min(term, _most(span)) * SERVED) + rng.randint(5, 40), 0
    if wrong is Wrong.UNVERIFIED:
        return what, min(term, _most(span)), int(min(term, _most(span)) * SERVED) - rng.randint(4, 25), 0
    if wrong is Wrong.NO_SENTENCE:
        return what, term, min(due - 5, rng.randint(6, 20)), 0
    served = min(int(due * 0.94 * rng.random()), span.days)
    waited = rng.choice((0, min(1500, plan.remand_days(rng))))
    if what.most_days > _TRIED_BY_JURY_DAYS:
        waited = max(waited, rng.randint(200, 800))
    # What was waited is credited: the term must outlast both.
    return (
        what,
        term,
        served,
        min(waited, max(0, due - served - rng.randint(5, 60)), max(0, span.days - served)),
    )


def _most(span: Span) -> int:
    """The longest term that can have passed within the history."""
    return max(60, min(2_920, int(span.days / SERVED) - 60))


def _waiting(rng: Random, sketch: Sketch, status: LegalStatus, span: Span) -> tuple[Offence, int]:
    """Offence, and days since admission."""
    fixed = plan.days_inside(rng, sketch.wrong)
    if sketch.wrong is Wrong.PAST_SENTENCE and fixed is not None:
        return BURGLARY, min(fixed, span.days)
    if sketch.juvenile:
        return of_the_young(rng), fixed or rng.randint(1, 150)
    if status in _AUTHORITIES:
        return offence(rng, inside=False), fixed or rng.randint(1, 120)
    days = fixed or min(plan.remand_days(rng), span.days)
    return (grave(rng) if days > _LONG_WAIT_DAYS else offence(rng, inside=True)), days


def history(rng: Random, count: int, before: date, span: Span, thick: float) -> list[Stay]:
    """Stays that ended, oldest first, none overlapping another, each begun within the years."""
    found: list[Stay] = []
    end = before - timedelta(days=rng.randint(60, 900))
    if count and (before - span.first_on).days > 1200:
        end = before - timedelta(days=rng.randint(60, (before - span.first_on).days - 300))
    for _ in range(count):
        stay = _past(rng, end, thick=rng.random() < thick)
        if stay.admitted_on < span.first_on:
            break
        found.append(stay)
        end = stay.admitted_on - timedelta(days=rng.randint(60, 900))
    return found[::-1]


def _past(rng: Random, released_on: date, *, thick: bool) -> Stay:
    what = offence(rng, inside=False)
    if rng.random() < 0.35:
        days = min(_LONG_WAIT_DAYS, plan.remand_days(rng))
        admitted_on = released_on - timedelta(days=days)
        return Stay(LegalStatus.REMAND, what, admitted_on, None, 0, released_on, "", "", thick=thick)
    term = min(2_555, term_days(rng, what))
    sentenced_on = released_on - timedelta(days=max(1, int(term * SERVED)))
    waited = rng.choice((0, 0, min(500, plan.remand_days(rng))))
    admitted_on = sentenced_on - timedelta(days=waited)
    return Stay(
        LegalStatus.SENTENCED, what, admitted_on, sentenced_on, term, released_on, "", "", thick=thick
    )


def earlier(rng: Random, before: date, span: Span) -> Stay | None:
    """A short stay that ended well before another began; None where the history has no room for it."""
    released_on = before - timedelta(days=rng.randint(90, 400))
    stay = _past(rng, released_on, thick=False)
    return stay if stay.admitted_on >= span.first_on else None
