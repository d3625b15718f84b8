"""Sentences without a date of release: life, an open term, unfit to plead. Only parole can have a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hub.custody.sentencing.case import Case, Notebook, Sentenced
from hub.custody.sentencing.counting import absent_days, counts, credited_days
from hub.custody.sentencing.forms import ABSENCES, SentenceType
from hub.custody.sentencing.policy import MonthEnd, Numbered
from hub.custody.sentencing.terms import days_of, is_nothing
from hub.sentences import Sentence

_WHY: Final = {
    SentenceType.LIFE: Sentence("A life sentence has no date of release."),
    SentenceType.INDETERMINATE: Sentence("The court set no end: there is no date of release."),
    SentenceType.UNFIT_TO_PLEAD: Sentence(
        "Unfit to plead: no sentence runs. The court has to look at it again at every review."
    ),
}


def parole_of_endless(
    endless: list[Sentenced], case: Case, rules: dict[int, Numbered | None], notes: Notebook
) -> date | None:
    """The day from which parole can be considered, None where one of them has none."""
    days = [_parole(one, case, rules[one.item], notes) for one in endless]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _parole(sentence: Sentenced, case: Case, rule: Numbered | None, notes: Notebook) -> date | None:
    kind = sentence.imposed.type
    notes.step(_WHY[kind], facts=(sentence.fact,))
    if kind is not SentenceType.LIFE:
        return None
    if sentence.imposed.consecutive_to is not None:
        words = Sentence(
            "It follows another sentence: the court has to say from which day its least term counts."
        )
        notes.step(words, facts=(sentence.fact,))
        return None
    term, policy = sentence.imposed.term, None
    if is_nothing(term) and rule is not None:
        term, policy = rule.policy.life_parole, rule.id
    if is_nothing(term):
        notes.step(Sentence("Neither the court nor a policy says when parole can be considered."))
        return None
    start_on = sentence.starts_on
    try:
        to_last_day = rule is not None and rule.policy.month_end is MonthEnd.LAST_DAY
        days = days_of(term, start_on, to_last_day=to_last_day)
        day = start_on + timedelta(days=days - 1 - _credit(sentence, case) + _away(sentence, case))
    except (OverflowError, ValueError):
        return None
    notes.step(
        Sentence("The term to be served before parole is %(days)s days.", {"days": days}),
        max(day, sentence.imposed.imposed_on),
        rule=Sentence("Least term of a life sentence"),
        facts=(sentence.fact,),
        policy=policy,
    )
    return max(day, sentence.imposed.imposed_on)


def _credit(sentence: Sentenced, case: Case) -> int:
    meant = [one for one in case.credits if counts(one) and one.credit.sentence in (None, sentence.item)]
    return sum(credited_days(one, sentence.imposed.imposed_on) for one in meant)


def _away(sentence: Sentenced, case: Case) -> int:
    away = [one for one in case.adjustments if one.adjustment.type in ABSENCES]
    started = [one for one in away if (one.adjustment.from_on or date.max) >= sentence.starts_on]
    return sum(absent_days(one) for one in started)
