"""Days away, and days that decisions of the prison add or give back, with the limits that they keep."""

from __future__ import annotations

from datetime import date, timedelta

from hub.custody.sentencing.case import Adjusted, Case, Notebook, Weight
from hub.custody.sentencing.chains import Chain
from hub.custody.sentencing.counting import absent_days
from hub.custody.sentencing.forms import ABSENCES, AdjustmentType
from hub.sentences import Sentence

_LONGER = frozenset({AdjustmentType.ADDED_DAYS, AdjustmentType.REMISSION_FORFEITED})
_SHORTER = frozenset({AdjustmentType.RESTORED_DAYS, AdjustmentType.REMISSION_RESTORED})


def adjusted(chain: Chain, case: Case, release_on: date, full_term_on: date, notes: Notebook) -> date:
    """Days added and given back, never past the full term, never before the sentence or the payment."""
    added = _sum(chain, case, _LONGER, full_term_on)
    returned = min(_sum(chain, case, _SHORTER, full_term_on), added)
    facts = tuple(part.fact for part in case.adjustments if part.adjustment.type in _LONGER | _SHORTER)
    if added:
        release_on += timedelta(days=added)
        words = Sentence("Plus %(days)s days added or forfeited.", {"days": added})
        notes.step(words, release_on, rule=Sentence("Decisions on discipline"), facts=facts)
    if returned:
        release_on -= timedelta(days=returned)
        words = Sentence("Less %(days)s days given back.", {"days": returned})
        notes.step(words, release_on, rule=Sentence("Decisions on discipline"), facts=facts)
    if release_on > full_term_on:
        release_on = full_term_on
        words = Sentence(
            "Nobody is held past the full term by a decision of the prison: it stays at this day."
        )
        notes.step(words, release_on, rule=Sentence("The full term is the limit"))
        words = Sentence("More days were added than remission was given. Only a court can lengthen the term.")
        notes.problem("ADDED_PAST_FULL_TERM", Weight.LOOK, words, *facts)
    return _not_before(chain, release_on, notes)


def _not_before(chain: Chain, release_on: date, notes: Notebook) -> date:
    paid_on = chain.last_paid_on
    if paid_on is not None and release_on < paid_on:
        release_on = paid_on
        notes.step(Sentence("The last payment was made on this day: release is not before it."), release_on)
    if release_on < chain.imposed_on:
        release_on = chain.imposed_on
        words = Sentence("The time is served already: release is due on the day of the sentence.")
        notes.step(words, release_on)
        words = Sentence(
            "The reckoning ends before the day of the sentence. Check the credit against the order."
        )
        facts = [link.sentence.fact for link in chain.links]
        notes.problem("RELEASE_BEFORE_SENTENCE", Weight.LOOK, words, *facts)
    return release_on


def _sum(chain: Chain, case: Case, kinds: frozenset[AdjustmentType], full_term_on: date) -> int:
    """Days of decisions made while the chain was running; one without a day is held against each chain."""
    return sum(
        max(0, part.adjustment.days)
        for part in case.adjustments
        if part.adjustment.type in kinds
        and (part.adjustment.from_on is None or chain.start_on <= part.adjustment.from_on <= full_term_on)
    )


def net_days(chain: Chain, case: Case, until_on: date) -> int:
    """Days added and forfeited less those given back, of decisions until a day."""
    added = _sum(chain, case, _LONGER, until_on)
    return added - min(_sum(chain, case, _SHORTER, until_on), added)


def absences(chain: Chain, case: Case, credit_days: int) -> list[Adjusted]:
    """Absences that began while this chain was running, in their order; each lengthens what the next is held to."""
    found: list[Adjusted] = []
    end_on = chain.start_on + timedelta(days=chain.days - 1 - credit_days)
    away = [part for part in case.adjustments if part.adjustment.type in ABSENCES]
    for part in sorted(away, key=lambda one: (one.adjustment.from_on or date.min, one.fact)):
        from_on = part.adjustment.from_on
        if from_on is None or chain.start_on <= from_on <= end_on:
            found.append(part)
            end_on += timedelta(days=absent_days(part))
    return found


def plus_absences(
    chain: Chain, case: Case, away: list[Adjusted], release_on: date, full_term_on: date, notes: Notebook
) -> date:
    """Later by the days away. Nobody is at large from a custody that should have ended: what began after release was
    due moves nothing.
    """
    least_on = max(chain.imposed_on, chain.last_paid_on or chain.imposed_on)
    more = timedelta(days=net_days(chain, case, full_term_on))
    days = 0
    for part in away:
        from_on = part.adjustment.from_on
        if from_on is not None and from_on > max(release_on + timedelta(days=days) + more, least_on):
            words = Sentence(
                "An absence began after release was due: it does not move that day. Check the dates."
            )
            notes.problem("ABSENCE_AFTER_RELEASE", Weight.LOOK, words, part.fact)
        else:
            days += absent_days(part)
    if days:
        release_on += timedelta(days=days)
        notes.step(
            Sentence("Plus %(days)s days away.", {"days": days}),
            release_on,
            rule=Sentence("Unlawfully at large"),
        )
    return release_on
