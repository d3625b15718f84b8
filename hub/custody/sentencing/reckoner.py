"""The dates of a stay from its sentences, credits and adjustments, by the policies in force. Pure; no float."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from hub.custody.sentencing import validation
from hub.custody.sentencing.case import (
    ENDLESS,
    Case,
    Dates,
    Notebook,
    Outcome,
    Reckoned,
    Sentenced,
    Weight,
)
from hub.custody.sentencing.chains import chains_of, walk
from hub.custody.sentencing.counting import absent_days
from hub.custody.sentencing.endless import parole_of_endless
from hub.custody.sentencing.forms import ABSENCES
from hub.custody.sentencing.policy import Numbered, chosen
from hub.custody.sentencing.serving import Served, serve
from hub.sentences import Sentence


def reckon(
    case: Case,
    policies: Collection[Numbered],
    holidays: Iterable[date] = (),
    *,
    today: date,
    explain: bool = True,
) -> Reckoned:
    """The dates, every step that led to them, and what is wrong with the entries.

    `today` only says what lies in the future. Without a policy for a sentence its full term is the bound. The order
    of the parts of `case` changes nothing.
    """
    case = case.in_order()
    notes = Notebook(silent=not explain)
    numbers = {one.item: number for number, one in enumerate(case.sentences, start=1)}
    validation.check(case, numbers, today, notes)
    if any(problem.weight is Weight.STRUCTURE for problem in notes.problems):
        return _done(Dates(Outcome.NO_DATE), notes, ())
    rules = {one.item: chosen(policies, one.imposed.imposed_on, today) for one in case.sentences}
    away = sum(absent_days(part) for part in case.adjustments if part.adjustment.type in ABSENCES)
    free = frozenset(holidays)
    served: list[Served] = []
    for number, sentences in enumerate(chains_of(case), start=1):
        _head(number, sentences, numbers, notes)
        chain = walk(sentences, case, rules, numbers, notes, away)
        if chain is None:
            return _done(Dates(Outcome.NO_DATE), notes, ())
        served.append(serve(chain, case, free, notes))
    used = sorted({rule.id for rule in rules.values() if rule is not None})
    endless = [one for one in case.sentences if one.imposed.type in ENDLESS]
    dates = _of_endless(endless, served, case, rules, notes) if endless else _latest(served, notes)
    if dates.outcome is Outcome.RELEASE and any(one.weight is Weight.BLOCKS for one in notes.problems):
        notes.step(Sentence("There is no date of release until what is wrong has been cleared up."))
        dates = Dates(Outcome.NOT_LATER_THAN, None, dates.full_term_on)
    return _done(dates, notes, used)


def _head(number: int, sentences: tuple[Sentenced, ...], numbers: dict[int, int], notes: Notebook) -> None:
    if notes.silent:
        return
    which = ", ".join(str(numbers[one.item]) for one in sentences)
    facts = [one.fact for one in sentences]
    if len(sentences) == 1:
        notes.heading(Sentence("Sentence %(which)s", {"which": which}), *facts)
    else:
        notes.heading(Sentence("Sentences %(which)s, one after the other", {"which": which}), *facts)


def _latest(served: list[Served], notes: Notebook) -> Dates:
    """Concurrent sentences take the latest end."""
    last = max(served, key=lambda one: (one.release_on, not one.by_policy))
    full_term_on = max(one.full_term_on for one in served)
    if len(served) > 1:
        notes.heading(Sentence("All sentences together"))
        notes.step(
            Sentence("They run side by side: the latest day counts."),
            last.release_on,
            rule=Sentence("Concurrent sentences take the latest end"),
        )
    if not last.by_policy:
        notes.step(
            Sentence("No policy is in force for the deciding sentence: release is not later than this day."),
            full_term_on,
        )
        return Dates(Outcome.NOT_LATER_THAN, None, full_term_on)
    release_on = last.release_on
    parole_on: date | None = max(one.parole_on or one.release_on for one in served)
    if parole_on is None or parole_on >= release_on:
        parole_on = None
    else:
        notes.step(Sentence("Parole can be considered from this day on."), parole_on)
    licence_on = full_term_on if any(one.licence for one in served) and release_on < full_term_on else None
    if licence_on is not None:
        notes.step(Sentence("After release the licence lasts until the full term ends."), licence_on)
    notes.step(Sentence("Release is due on this day."), release_on)
    return Dates(Outcome.RELEASE, release_on, full_term_on, parole_on, licence_on)


def _of_endless(
    endless: list[Sentenced],
    served: list[Served],
    case: Case,
    rules: dict[int, Numbered | None],
    notes: Notebook,
) -> Dates:
    notes.heading(Sentence("Held without a date of release"), *(one.fact for one in endless))
    parole_on = parole_of_endless(endless, case, rules, notes)
    if parole_on is not None:
        parole_on = max([parole_on, *(one.parole_on or one.release_on for one in served)])
        notes.step(Sentence("Parole can be considered from this day on."), parole_on)
    full_term_on = max((one.full_term_on for one in served), default=None)
    return Dates(Outcome.NO_DATE, None, full_term_on, parole_on)


def _done(dates: Dates, notes: Notebook, used: Iterable[int]) -> Reckoned:
    problems = sorted(notes.problems, key=lambda one: (one.weight is Weight.LOOK, one.code, one.fact_ids))
    return Reckoned(dates, tuple(notes.steps), tuple(problems), tuple(used))
