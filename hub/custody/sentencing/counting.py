"""Payments, credits and adjustments: what is wrong with them, and which days they are."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hub.custody.sentencing.case import (
    ENDLESS,
    Adjusted,
    Case,
    Credited,
    Notebook,
    Numbers,
    Sentenced,
    Weight,
)
from hub.custody.sentencing.forms import ABSENCES, AdjustmentType, SentenceType
from hub.custody.sentencing.terms import end_of, is_nothing, start_of_term
from hub.sentences import Sentence

_DAY = timedelta(days=1)
_PAIRS = (
    (AdjustmentType.ADDED_DAYS, AdjustmentType.RESTORED_DAYS),
    (AdjustmentType.REMISSION_FORFEITED, AdjustmentType.REMISSION_RESTORED),
)


def credited_days(credit: Credited, imposed_on: date) -> int:
    """Days of a credit towards a sentence imposed on a day; a term is counted back by the calendar."""
    if is_nothing(credit.credit.term):
        return credit.credit.days
    try:
        return (imposed_on - start_of_term(credit.credit.term, imposed_on)).days
    except (OverflowError, ValueError):
        return (imposed_on - date.min).days


def absent_days(adjusted: Adjusted) -> int:
    """Days of an absence, first and last included; as written where a day is not known."""
    value = adjusted.adjustment
    if value.from_on is None or value.until_on is None:
        return value.days
    return (value.until_on - value.from_on).days + 1


def counts(credit: Credited) -> bool:
    """Whether a credit is to be taken off: the court stated it, and has not taken it off itself."""
    return credit.credit.stated_by_court and not credit.credit.already_in_term


def check_payments(case: Case, numbers: Numbers, today: date, notes: Notebook) -> None:
    """Problems of what was paid of fines."""
    fines = {one.item: one for one in case.sentences if one.imposed.type is SentenceType.FINE_IN_DEFAULT}
    paid: dict[int, int] = {}
    for part in case.payments:
        value, fine = part.payment, fines.get(part.payment.sentence)
        if fine is None:
            words = Sentence("A payment is for a fine that is not recorded. Say which fine it is for.")
            notes.problem("PAYMENT_FOR_NO_FINE", Weight.BLOCKS, words, part.fact)
            continue
        said, facts = {"n": numbers[fine.item]}, (part.fact, fine.fact)
        paid[fine.item] = paid.get(fine.item, 0) + max(0, value.cents)
        if value.cents <= 0:
            words = Sentence("A payment for sentence %(n)s has no amount. Enter it from the receipt.", said)
            notes.problem("PAYMENT_NOT_POSITIVE", Weight.BLOCKS, words, *facts)
        if value.paid_on < fine.imposed.imposed_on:
            words = Sentence("A payment for sentence %(n)s was made before the fine was imposed.", said)
            notes.problem("PAYMENT_BEFORE_FINE", Weight.BLOCKS, words, *facts)
        if value.paid_on > today:
            words = Sentence("A payment for sentence %(n)s is dated in the future.", said)
            notes.problem("PAYMENT_IN_FUTURE", Weight.BLOCKS, words, *facts)
    for item, cents in paid.items():
        if cents > fines[item].imposed.fine_cents > 0:
            words = Sentence(
                "More was paid for sentence %(n)s than the fine is. Check the receipts.",
                {"n": numbers[item]},
            )
            notes.problem("PAID_MORE_THAN_FINE", Weight.BLOCKS, words, fines[item].fact)


def check_credits(case: Case, numbers: Numbers, notes: Notebook) -> None:
    """Problems of remand credits."""
    by_item = {one.item: one for one in case.sentences}
    for credit in case.credits:
        _check_credit(credit, case, by_item, numbers, notes)
    roots = _roots(case)
    for one, other in combinations((c for c in case.credits if c.credit.from_on and c.credit.until_on), 2):
        if not _overlap(_period(one), _period(other)):
            continue
        if _same_chain(one, other, roots):
            words = Sentence("Two credits are for the same days on remand. Each day counts once.")
            notes.problem("REMAND_OVERLAPS_REMAND", Weight.BLOCKS, words, one.fact, other.fact)
        else:
            words = Sentence(
                "The same days on remand are credited to two sentences that run side by side. "
                "Make sure that the court said so."
            )
            notes.problem("REMAND_CREDITED_TWICE", Weight.LOOK, words, one.fact, other.fact)


def _check_credit(
    credit: Credited, case: Case, by_item: dict[int, Sentenced], numbers: Numbers, notes: Notebook
) -> None:
    value = credit.credit
    if value.sentence is not None and value.sentence not in by_item:
        words = Sentence("A credit is towards a sentence that does not hold any more. Say which it is for.")
        notes.problem("CREDIT_FOR_NO_SENTENCE", Weight.BLOCKS, words, credit.fact)
        return
    if not value.stated_by_court:
        words = Sentence(
            "A credit was not stated by the court, so it is not counted. Ask the court, and record its answer."
        )
        notes.problem("CREDIT_NOT_BY_COURT", Weight.LOOK, words, credit.fact)
    if value.days <= 0 and is_nothing(value.term):
        notes.problem(
            "CREDIT_WITHOUT_DAYS", Weight.BLOCKS, Sentence("A credit has no days. Enter them."), credit.fact
        )
    meant = [by_item[value.sentence]] if value.sentence is not None else list(case.sentences)
    starts = {one.starts_on for one in meant if one.imposed.consecutive_to is None}
    if value.sentence is None and len(starts) > 1:
        words = Sentence(
            "A credit does not say towards which sentence, and they start on different days. "
            "Say which one the court meant."
        )
        notes.problem("CREDIT_UNDIRECTED", Weight.BLOCKS, words, credit.fact)
    _check_remand(credit, meant, case, numbers, notes)


def _check_remand(
    credit: Credited, meant: list[Sentenced], case: Case, numbers: Numbers, notes: Notebook
) -> None:
    value = credit.credit
    first = min(meant, key=lambda one: (one.imposed.imposed_on, one.item))
    latest = max((day for day in (value.from_on, value.until_on) if day is not None), default=None)
    if latest is not None and latest >= first.imposed.imposed_on:
        words = Sentence(
            "Days on remand lie on or after the day of sentence %(n)s. Remand ends the day before.",
            {"n": numbers[first.item]},
        )
        notes.problem("REMAND_NOT_BEFORE_SENTENCE", Weight.BLOCKS, words, credit.fact, first.fact)
    if value.from_on is None or value.until_on is None:
        return
    length = (value.until_on - value.from_on).days + 1
    days = credited_days(credit, first.imposed.imposed_on)
    said = {"days": days, "length": length}
    if length <= 0:
        words = Sentence("A period on remand ends before it begins. Check both dates.")
        notes.problem("REMAND_BACKWARDS", Weight.BLOCKS, words, credit.fact)
    elif days > length:
        words = Sentence(
            "%(days)s days are credited for %(length)s days on remand. Check what the court stated.", said
        )
        notes.problem("MORE_CREDIT_THAN_REMAND", Weight.BLOCKS, words, credit.fact)
    elif days < length:
        words = Sentence("The court credited %(days)s of %(length)s days on remand: those count.", said)
        notes.problem("LESS_CREDIT_THAN_REMAND", Weight.LOOK, words, credit.fact)
    for one in case.sentences:
        if (
            one in meant
            or one.starts_on >= first.imposed.imposed_on
            or one.imposed.consecutive_to is not None
        ):
            continue
        # A sentence that is being served cannot be remand for another one at the same time.
        if _overlap(_period(credit), (one.starts_on, _last_day(one))):
            words = Sentence(
                "Days on remand are also days of sentence %(n)s. A day counts once: ask the court.",
                {"n": numbers[one.item]},
            )
            notes.problem("REMAND_OVERLAPS_SENTENCE", Weight.BLOCKS, words, credit.fact, one.fact)


def check_adjustments(case: Case, today: date, notes: Notebook) -> None:
    """Problems of days away, added, restored and forfeited."""
    first_on = min(one.starts_on for one in case.sentences)
    sums: dict[AdjustmentType, int] = {}
    for part in case.adjustments:
        value = part.adjustment
        sums[value.type] = sums.get(value.type, 0) + max(0, value.days)
        if value.type in ABSENCES:
            _check_absence(part, first_on, today, case, notes)
        elif value.days <= 0:
            words = Sentence("An adjustment has no days. Enter them from the decision.")
            notes.problem("ADJUSTMENT_WITHOUT_DAYS", Weight.BLOCKS, words, part.fact)
        elif value.from_on is not None and value.from_on > today:
            words = Sentence("An adjustment was decided in the future. Check the date.")
            notes.problem("ADJUSTMENT_IN_FUTURE", Weight.BLOCKS, words, part.fact)
    for given, taken in _PAIRS:
        if sums.get(taken, 0) > sums.get(given, 0):
            words = Sentence("More days were given back than were taken. Check the decisions.")
            facts = [part.fact for part in case.adjustments if part.adjustment.type in (given, taken)]
            notes.problem("MORE_RESTORED_THAN_TAKEN", Weight.BLOCKS, words, *facts)
    away = [part for part in case.adjustments if part.adjustment.type in ABSENCES]
    for one, other in combinations(away, 2):
        if _overlap(_away(one, today), _away(other, today)):
            words = Sentence("Two absences are for the same days. Each day counts once.")
            notes.problem("ABSENCES_OVERLAP", Weight.BLOCKS, words, one.fact, other.fact)


def _check_absence(part: Adjusted, first_on: date, today: date, case: Case, notes: Notebook) -> None:
    value = part.adjustment
    if value.from_on is None:
        words = Sentence("An absence has no first day. Enter it: it says which sentences it lengthens.")
        notes.problem("ABSENCE_WITHOUT_DAYS", Weight.BLOCKS, words, part.fact)
        return
    if value.from_on > today or (value.until_on is not None and value.until_on > today):
        words = Sentence("An absence lies in the future. It is recorded once it is over.")
        notes.problem("ABSENCE_IN_FUTURE", Weight.BLOCKS, words, part.fact)
    if value.from_on < first_on:
        words = Sentence("An absence began before the first sentence. Check the dates.")
        notes.problem("ABSENCE_BEFORE_SENTENCE", Weight.BLOCKS, words, part.fact)
    if value.until_on is None:
        if not value.days:
            words = Sentence(
                "The person has not come back from an absence: no date until the last day is known."
            )
            notes.problem("ABSENCE_OPEN", Weight.BLOCKS, words, part.fact)
    elif value.until_on < value.from_on:
        words = Sentence("An absence ends before it begins. Check both dates.")
        notes.problem("ABSENCE_BACKWARDS", Weight.BLOCKS, words, part.fact)
    elif value.days not in (0, absent_days(part)):
        words = Sentence(
            "An absence of %(length)s days is recorded as %(days)s. The dates are counted.",
            {"length": absent_days(part), "days": value.days},
        )
        notes.problem("ABSENCE_DAYS_DIFFER", Weight.LOOK, words, part.fact)
    for credit in case.credits:
        if credit.credit.from_on and credit.credit.until_on and _overlap(_away(part, today), _period(credit)):
            words = Sentence("An absence lies in a time that is credited as remand. Check both.")
            notes.problem("ABSENCE_OVERLAPS_REMAND", Weight.BLOCKS, words, part.fact, credit.fact)


def _period(credit: Credited) -> tuple[date, date]:
    value = credit.credit
    assert value.from_on is not None
    assert value.until_on is not None
    return value.from_on, value.until_on


def _away(part: Adjusted, today: date) -> tuple[date, date]:
    value = part.adjustment
    first = value.from_on or date.max
    if value.until_on is not None:
        return first, value.until_on
    return first, max(first, today) if not value.days else first + (value.days - 1) * _DAY


def _overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _same_chain(one: Credited, other: Credited, roots: dict[int, int]) -> bool:
    a, b = one.credit.sentence, other.credit.sentence
    return a is None or b is None or roots.get(a, a) == roots.get(b, b)


def _roots(case: Case) -> dict[int, int]:
    """By item the first sentence of its chain; of a circle, any."""
    before = {one.item: one.imposed.consecutive_to for one in case.sentences}
    found = {}
    for item in before:
        here, seen = item, {item}
        while (up := before.get(here)) is not None and up in before and up not in seen:
            here = up
            seen.add(up)
        found[item] = here
    return found


def _last_day(sentence: Sentenced) -> date:
    if sentence.imposed.type in ENDLESS:
        return date.max
    try:
        return max(sentence.starts_on, end_of(sentence.imposed.term, sentence.starts_on) - _DAY)
    except (OverflowError, ValueError):
        return date.max
