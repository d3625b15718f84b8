"""Sentences in the order in which they are served: chains of consecutive ones, side by side with other chains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from hub.custody.sentencing.case import ENDLESS, Case, Notebook, Numbers, Paid, Sentenced, Weight
from hub.custody.sentencing.forms import SentenceType
from hub.custody.sentencing.policy import MonthEnd, Numbered, PartPayment, Treatment, rounded, treatment
from hub.custody.sentencing.terms import end_of, in_words
from hub.sentences import Sentence

_DAY = timedelta(days=1)
_LAST_YEAR = 9000
DOUBTED = frozenset({"PAYMENT_NOT_POSITIVE", "PAYMENT_BEFORE_FINE", "PAYMENT_IN_FUTURE"})
"""Payments with these problems do not shorten the bound."""


@dataclass(frozen=True)
class Link:
    """A sentence in its place. `whole_days` is the term, `days` what is left of it after payments."""

    sentence: Sentenced
    start_on: date
    whole_days: int
    days: int
    rule: Numbered | None
    treatment: Treatment
    last_paid_on: date | None = None


@dataclass(frozen=True)
class Chain:
    """Sentences that follow one another; of a sentence that nothing follows, that one alone."""

    links: tuple[Link, ...]

    @property
    def start_on(self) -> date:
        return self.links[0].start_on

    @property
    def days(self) -> int:
        return sum(link.days for link in self.links)

    @property
    def whole_days(self) -> int:
        """Days of the terms before any payment."""
        return sum(link.whole_days for link in self.links)

    @property
    def items(self) -> frozenset[int]:
        return frozenset(link.sentence.item for link in self.links)

    @property
    def imposed_on(self) -> date:
        """The day of the last sentence of the chain: nobody is released from it before."""
        return max(link.sentence.imposed.imposed_on for link in self.links)

    @property
    def last_paid_on(self) -> date | None:
        return max((link.last_paid_on for link in self.links if link.last_paid_on), default=None)


def chains_of(case: Case) -> list[tuple[Sentenced, ...]]:
    """Sentences that have an end, by chain, in the order served; the entries have been checked."""
    following = {one.imposed.consecutive_to: one for one in case.sentences if one.imposed.consecutive_to}
    found = []
    for first in case.sentences:
        if first.imposed.consecutive_to is not None or first.imposed.type in ENDLESS:
            continue
        chain, here = [first], following.get(first.item)
        while here is not None:
            if here.imposed.type not in ENDLESS:
                chain.append(here)
            here = following.get(here.item)
        found.append(tuple(chain))
    return found


def walk(
    sentences: tuple[Sentenced, ...],
    case: Case,
    rules: dict[int, Numbered | None],
    numbers: Numbers,
    notes: Notebook,
    away_days: int,
) -> Chain | None:
    """Each sentence from the day after the one before it ends; None when nothing can be reckoned."""
    links: list[Link] = []
    here = sentences[0].starts_on
    for sentence in sentences:
        if links and sentence.imposed.imposed_on > here + timedelta(days=away_days):
            words = Sentence(
                "Sentence %(n)s follows one that had ended when it was imposed. Ask the court when it starts.",
                {"n": numbers[sentence.item]},
            )
            notes.problem("CONSECUTIVE_TO_ENDED", Weight.STRUCTURE, words, sentence.fact)
            return None
        link = _link(sentence, here, case, rules[sentence.item], numbers, notes)
        if link is None:
            return None
        if sentence is not sentences[-1]:
            link = _until_paid(link, numbers, notes)
        links.append(link)
        here += timedelta(days=link.days)
    return Chain(tuple(links))


def _until_paid(link: Link, numbers: Numbers, notes: Notebook) -> Link:
    """What was served before a payment stays served: the next sentence cannot start sooner."""
    if link.days == link.whole_days:
        return link
    served = link.whole_days if link.last_paid_on is None else (link.last_paid_on - link.start_on).days
    if served <= link.days:
        return link
    words = Sentence(
        "%(days)s days of sentence %(n)s had been served when it was paid: what follows starts after them.",
        {"days": served, "n": numbers[link.sentence.item]},
    )
    notes.step(words, facts=(link.sentence.fact,))
    return replace(link, days=served)


def _link(
    sentence: Sentenced, start_on: date, case: Case, rule: Numbered | None, numbers: Numbers, notes: Notebook
) -> Link | None:
    to_last_day = rule is not None and rule.policy.month_end is MonthEnd.LAST_DAY
    try:
        end_on = end_of(sentence.imposed.term, start_on, to_last_day=to_last_day)
    except (OverflowError, ValueError):
        end_on = date.max
    if end_on.year > _LAST_YEAR:
        words = Sentence(
            "Sentence %(n)s ends beyond the calendar. Check the term, or record it as life.",
            {"n": numbers[sentence.item]},
        )
        notes.problem("BEYOND_CALENDAR", Weight.STRUCTURE, words, sentence.fact)
        return None
    whole = (end_on - start_on).days
    part = Treatment(Fraction(1), None)
    if rule is not None:
        part = treatment(rule.policy, sentence.imposed.type, sentence.iccs)
    _write_term(sentence, start_on, end_on, numbers, notes, to_last_day=to_last_day)
    doubted = {fact for one in notes.problems if one.code in DOUBTED for fact in one.fact_ids}
    paid = [one for one in case.payments if one.payment.sentence == sentence.item and one.fact not in doubted]
    if not paid or sentence.imposed.type is not SentenceType.FINE_IN_DEFAULT:
        return Link(sentence, start_on, whole, whole, rule, part)
    days = _after_payments(sentence, whole, paid, rule, notes)
    last = max(one.payment.paid_on for one in paid) if days < whole else None
    return Link(sentence, start_on, whole, days, rule, part, last if last and last < end_on else None)


def _write_term(
    sentence: Sentenced,
    start_on: date,
    end_on: date,
    numbers: Numbers,
    notes: Notebook,
    *,
    to_last_day: bool,
) -> None:
    if notes.silent:
        return
    term = sentence.imposed.term
    said = {
        "n": numbers[sentence.item],
        "start_on": start_on,
        "term": in_words(term),
        "total": (end_on - start_on).days,
    }
    words = Sentence(
        "Sentence %(n)s counts from %(start_on)s and is for %(term)s: %(total)s days by the calendar.",
        said,
    )
    rule = Sentence("Years and months by the calendar, then weeks, then days")
    if start_on.day > 28 and end_on.day != start_on.day and (term.months or term.years) and not term.days:
        rule = Sentence(
            "Years and months by the calendar; a month without such a day ends as its last day does"
        )
        if to_last_day:
            rule = Sentence(
                "Years and months by the calendar; a month without such a day ends with its last day"
            )
    notes.step(words, end_on - _DAY, rule=rule, facts=(sentence.fact,))


def _after_payments(
    sentence: Sentenced, whole: int, paid: list[Paid], rule: Numbered | None, notes: Notebook
) -> int:
    """Days left of a term in default. Without a policy only the whole fine shortens it."""
    fine = sentence.imposed.fine_cents
    cents = min(sum(max(0, one.payment.cents) for one in paid), fine)
    facts = (sentence.fact, *(one.fact for one in paid))
    if fine <= 0:
        return whole
    if cents == fine:
        notes.step(Sentence("The whole fine was paid: nothing is left of the term."), facts=facts)
        return 0
    way = PartPayment.NOTHING if rule is None else rule.policy.part_payment
    if rule is None or way is PartPayment.NOTHING:
        notes.step(
            Sentence("A part of the fine was paid. No rule in force lets a part of it shorten the term."),
            facts=facts,
        )
        return whole
    counted = whole - 1 if way is PartPayment.PROPORTIONAL_LESS_ONE_DAY else whole
    left = rounded(whole - counted * Fraction(cents, fine), rule.policy.fine_rounding)
    words = Sentence(
        "%(paid)s of %(fine)s was paid: %(counted)s days x %(paid)s / %(fine)s come off, %(left)s days are left.",
        {"paid": f"{cents / 100:,.2f}", "fine": f"{fine / 100:,.2f}", "counted": counted, "left": left},
    )
    notes.step(words, rule=Sentence("Part-payment of a fine"), facts=facts, policy=rule.id)
    return left
