"""What is wrong with the entries themselves, before anything is reckoned. Each has a code, words and a weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from hub.custody.sentencing.case import ENDLESS, Case, Notebook, Numbers, Sentenced, Weight
from hub.custody.sentencing.counting import check_adjustments, check_credits, check_payments
from hub.custody.sentencing.forms import SentenceType
from hub.custody.sentencing.terms import is_nothing
from hub.sentences import Sentence

_MEASURED: Final = frozenset({SentenceType.TERM, SentenceType.FINE_IN_DEFAULT})


def check(case: Case, numbers: Numbers, today: date, notes: Notebook) -> None:
    """Write down every problem of the entries. Sentences are called by `numbers`."""
    if not case.sentences:
        notes.problem("NO_SENTENCE", Weight.STRUCTURE, Sentence("No sentence is recorded. Enter the order."))
        return
    for sentence in case.sentences:
        _check_sentence(sentence, numbers[sentence.item], today, notes)
    _check_chains(case, numbers, notes)
    _check_twins(case.sentences, numbers, notes)
    check_payments(case, numbers, today, notes)
    check_credits(case, numbers, notes)
    check_adjustments(case, today, notes)


def _check_sentence(sentence: Sentenced, number: int, today: date, notes: Notebook) -> None:
    said, facts, value = {"n": number}, (sentence.fact,), sentence.imposed
    term = value.term
    if min(term.years, term.months, term.weeks, term.days) < 0:
        words = Sentence("Sentence %(n)s has a term of less than nothing. Correct it from the order.", said)
        notes.problem("NEGATIVE_TERM", Weight.STRUCTURE, words, *facts)
    elif value.type in _MEASURED and is_nothing(term):
        words = Sentence("Sentence %(n)s has no term. Enter it from the order.", said)
        notes.problem("NO_TERM", Weight.STRUCTURE, words, *facts)
    if value.imposed_on > today:
        words = Sentence("Sentence %(n)s is dated in the future. Check the date on the order.", said)
        notes.problem("IMPOSED_IN_FUTURE", Weight.BLOCKS, words, *facts)
    _check_papers(sentence, number, notes)
    _check_offence(sentence, number, notes)
    _check_start(sentence, number, notes)
    _check_fine(sentence, number, notes)


def _check_papers(sentence: Sentenced, number: int, notes: Notebook) -> None:
    said, value = {"n": number}, sentence.imposed
    if value.order is not None and not sentence.order_fact:
        words = Sentence(
            "The order of sentence %(n)s does not hold any more. Make sure that the sentence still does.",
            said,
        )
        notes.problem("ORDER_NOT_HOLDING", Weight.LOOK, words, sentence.fact)
    if value.charge is not None and not sentence.charge_fact:
        words = Sentence(
            "The charge of sentence %(n)s does not hold any more. Say which offence the sentence is for.",
            said,
        )
        notes.problem("CHARGE_NOT_HOLDING", Weight.LOOK, words, sentence.fact)


def _check_offence(sentence: Sentenced, number: int, notes: Notebook) -> None:
    said, facts = {"n": number}, (sentence.fact, sentence.charge_fact)
    if sentence.offence_on is not None and sentence.offence_on > sentence.imposed.imposed_on:
        words = Sentence(
            "The offence of sentence %(n)s is dated after the sentence. Check both on the papers.", said
        )
        notes.problem("OFFENCE_AFTER_SENTENCE", Weight.BLOCKS, words, *facts)
    elif sentence.charge_fact and sentence.offence_on is None:
        words = Sentence("The offence of sentence %(n)s has no date. Enter it from the charge.", said)
        notes.problem("OFFENCE_WITHOUT_DATE", Weight.LOOK, words, *facts)


def _check_start(sentence: Sentenced, number: int, notes: Notebook) -> None:
    said, facts, value = {"n": number}, (sentence.fact,), sentence.imposed
    if value.starts_on is None:
        return
    if value.consecutive_to is not None:
        words = Sentence(
            "Sentence %(n)s follows another one and also has a day to count from. "
            "It starts when the other ends: take the day out, or the other sentence.",
            said,
        )
        notes.problem("CONSECUTIVE_WITH_OWN_START", Weight.BLOCKS, words, *facts)
    elif value.starts_on < value.imposed_on:
        words = Sentence(
            "Sentence %(n)s counts from before it was imposed. Make sure that the order says so, and that the "
            "same days are not credited as well.",
            said,
        )
        notes.problem("STARTS_BEFORE_IMPOSED", Weight.LOOK, words, *facts)
    elif value.starts_on - value.imposed_on > timedelta(days=366):
        words = Sentence("Sentence %(n)s starts more than a year after it was imposed. Check the year.", said)
        notes.problem("STARTS_LATE", Weight.LOOK, words, *facts)


def _check_fine(sentence: Sentenced, number: int, notes: Notebook) -> None:
    said, facts, value = {"n": number}, (sentence.fact,), sentence.imposed
    if value.type is SentenceType.FINE_IN_DEFAULT and value.fine_cents <= 0:
        words = Sentence("Sentence %(n)s is in default of a fine whose amount is missing. Enter it.", said)
        notes.problem("FINE_WITHOUT_AMOUNT", Weight.BLOCKS, words, *facts)
    elif value.type is not SentenceType.FINE_IN_DEFAULT and value.fine_cents:
        words = Sentence(
            "Sentence %(n)s names a fine and is not in default of one. Where the fine has a term of its own, "
            "record it as a sentence of its own.",
            said,
        )
        notes.problem("FINE_BESIDE_TERM", Weight.LOOK, words, *facts)


def _check_chains(case: Case, numbers: Numbers, notes: Notebook) -> None:
    if all(sentence.imposed.consecutive_to is None for sentence in case.sentences):
        return
    by_item = {sentence.item: sentence for sentence in case.sentences}
    for sentence in case.sentences:
        before = sentence.imposed.consecutive_to
        if before is not None:
            _check_link(sentence, by_item.get(before), numbers, notes)
    followed = Counter(
        sentence.imposed.consecutive_to
        for sentence in case.sentences
        if sentence.imposed.consecutive_to in by_item
    )
    for item, count in followed.items():
        if item is not None and count > 1:
            words = Sentence(
                "%(count)s sentences follow sentence %(n)s. Say which comes first: each follows the one before.",
                {"count": count, "n": numbers[item]},
            )
            notes.problem("TWO_CONSECUTIVE_TO_ONE", Weight.STRUCTURE, words, by_item[item].fact)
    _check_circles(by_item, numbers, notes)


def _check_link(sentence: Sentenced, before: Sentenced | None, numbers: Numbers, notes: Notebook) -> None:
    said = {"n": numbers[sentence.item]}
    if before is None:
        words = Sentence(
            "Sentence %(n)s follows one that does not hold any more. Say which it follows, or that it does not.",
            said,
        )
        notes.problem("CONSECUTIVE_TO_INACTIVE", Weight.STRUCTURE, words, sentence.fact)
        return
    both = {**said, "before": numbers[before.item]}
    facts = (sentence.fact, before.fact)
    if before.imposed.imposed_on > sentence.imposed.imposed_on:
        words = Sentence(
            "Sentence %(n)s follows sentence %(before)s, which was imposed later. Check which follows which.",
            both,
        )
        notes.problem("CONSECUTIVE_TO_LATER", Weight.BLOCKS, words, *facts)
    if before.imposed.type in ENDLESS:
        words = Sentence(
            "Sentence %(n)s follows sentence %(before)s, which has no end. Ask the court what it meant.", both
        )
        notes.problem("CONSECUTIVE_TO_ENDLESS", Weight.STRUCTURE, words, *facts)


def _check_circles(by_item: dict[int, Sentenced], numbers: Numbers, notes: Notebook) -> None:
    told: set[int] = set()
    for item in sorted(by_item):
        path: list[int] = []
        here: int | None = item
        while here in by_item and here not in path:
            path.append(here)
            here = by_item[here].imposed.consecutive_to
        if here != item or item in told:
            continue
        told.update(path)
        words = Sentence(
            "Sentences %(which)s follow each other in a circle. Say which of them starts.",
            {"which": ", ".join(str(numbers[one]) for one in sorted(path))},
        )
        facts = [by_item[one].fact for one in sorted(path)]
        notes.problem("CONSECUTIVE_IN_A_CIRCLE", Weight.STRUCTURE, words, *facts)


def _check_twins(sentences: Sequence[Sentenced], numbers: Numbers, notes: Notebook) -> None:
    if len(sentences) < 2:
        return
    seen: dict[object, Sentenced] = {}
    for sentence in sentences:
        if sentence.imposed.charge is None:
            continue
        twin = seen.setdefault(sentence.imposed, sentence)
        if twin is not sentence:
            words = Sentence(
                "Sentences %(a)s and %(b)s are the same in everything. If it was entered twice, withdraw one.",
                {"a": numbers[twin.item], "b": numbers[sentence.item]},
            )
            notes.problem("ENTERED_TWICE", Weight.LOOK, words, twin.fact, sentence.fact)
