"""How much of a chain of sentences has to be served: credit, remission, adjustments, the working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from hub.custody.sentencing.adjusting import absences, adjusted, net_days, plus_absences
from hub.custody.sentencing.case import Case, Credited, Notebook, Weight
from hub.custody.sentencing.chains import Chain, Link
from hub.custody.sentencing.counting import absent_days, counts, credited_days
from hub.custody.sentencing.policy import (
    CreditOrder,
    Licence,
    MonthEnd,
    Numbered,
    Policy,
    Rounding,
    rounded,
    working_day,
)
from hub.custody.sentencing.terms import Term, days_of, is_nothing
from hub.sentences import Sentence

_FULL_TERM_ENDS: Final = Sentence("The full term ends on this day.")
_FULL_TERM: Final = Sentence("Full-term expiry = first day + days - 1")


@dataclass(frozen=True)
class Served:
    """The days of one chain. `by_policy` is False where a sentence of it has no policy: `release_on` is a bound."""

    release_on: date
    full_term_on: date
    parole_on: date | None
    by_policy: bool
    licence: bool


@dataclass(frozen=True)
class _Credits:
    """Days to take off before remission, by the link they start from, and after it."""

    before: dict[int, int]
    after: int
    facts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.before.values()) + self.after


def serve(chain: Chain, case: Case, holidays: frozenset[date], notes: Notebook) -> Served:
    """The dates of a chain, each written down as it is found."""
    credits = _credits(chain, case, notes)
    away = absences(chain, case, credits.total)
    away_days = sum(absent_days(part) for part in away)
    end_on = chain.start_on + timedelta(days=chain.days - 1)
    if len(chain.links) > 1:
        words = Sentence("Together they are %(days)s days.", {"days": chain.days})
        notes.step(words, end_on, rule=Sentence("Consecutive terms add along the chain"))
    full_term_on = _full_term(chain, end_on, credits, away_days, [part.fact for part in away], notes)
    left = _after_credit(chain, credits.before)
    days = _to_serve(chain, left, notes)
    release_on = chain.start_on + timedelta(days=days - 1)
    by_policy = all(link.rule is not None for link in chain.links)
    if by_policy and not notes.silent:
        notes.step(
            Sentence("%(days)s days from %(start_on)s.", {"days": days, "start_on": chain.start_on}),
            release_on,
        )
    release_on = _less_credit(release_on, credits, by_policy, notes)
    if by_policy:
        release_on = plus_absences(chain, case, away, release_on, full_term_on, notes)
        release_on = adjusted(chain, case, release_on, full_term_on, notes)
    release_on = (
        _on_working_day(chain, release_on, full_term_on, holidays, notes) if by_policy else full_term_on
    )
    parole_on = _parole(chain, case, left, credits.after, away_days, notes) if by_policy else None
    licence = any(link.rule and link.rule.policy.licence is Licence.UNTIL_FULL_TERM for link in chain.links)
    return Served(release_on, full_term_on, parole_on, by_policy, licence)


def _credits(chain: Chain, case: Case, notes: Notebook) -> _Credits:
    blocked = {fact for one in notes.problems if one.weight is not Weight.LOOK for fact in one.fact_ids}
    before: dict[int, int] = {}
    after, facts, room = 0, [], chain.days
    for credit in case.credits:
        place = _place(chain, credit)
        if place is None or not counts(credit) or credit.fact in blocked:
            continue
        link = chain.links[place]
        stated = credited_days(credit, link.sentence.imposed.imposed_on)
        if stated > chain.whole_days and (credit.credit.sentence is not None or _alone(case)):
            words = Sentence(
                "The court credits more days than the term has: the time is served. Check both on the order."
            )
            notes.problem("CREDIT_LONGER_THAN_TERM", Weight.LOOK, words, credit.fact, link.sentence.fact)
        days = min(stated, room)  # whoever waited longer than the term is due at once
        room -= days
        facts.append(credit.fact)
        if link.rule is not None and link.rule.policy.credit is CreditOrder.BEFORE_REMISSION:
            before[place] = before.get(place, 0) + days
        else:
            after += days
    return _Credits(before, after, tuple(facts))


def _alone(case: Case) -> bool:
    """Whether nothing runs beside the chain: a credit towards the whole may be longer than one of several terms."""
    return sum(one.imposed.consecutive_to is None for one in case.sentences) == 1


def _place(chain: Chain, credit: Credited) -> int | None:
    """Which link a credit starts from; one towards the whole starts from the first."""
    if credit.credit.sentence is None:
        return 0
    for place, link in enumerate(chain.links):
        if link.sentence.item == credit.credit.sentence:
            return place
    return None


def _full_term(
    chain: Chain, end_on: date, credits: _Credits, away_days: int, away: list[int], notes: Notebook
) -> date:
    full_term_on = end_on
    if credits.total:
        full_term_on -= timedelta(days=credits.total)
        words = Sentence(
            "The court credits %(days)s days: the full term ends sooner.", {"days": credits.total}
        )
        notes.step(words, full_term_on, rule=Sentence("Remand credit, applied once"), facts=credits.facts)
    if away_days:
        full_term_on += timedelta(days=away_days)
        words = Sentence("%(days)s days away do not count: the full term ends later.", {"days": away_days})
        notes.step(words, full_term_on, rule=Sentence("Unlawfully at large"), facts=tuple(away))
    paid_on = chain.last_paid_on
    least_on = max(chain.imposed_on, paid_on) if paid_on else chain.imposed_on
    full_term_on = max(full_term_on, least_on)
    notes.step(_FULL_TERM_ENDS, full_term_on, rule=_FULL_TERM)
    return full_term_on


def _after_credit(chain: Chain, before: dict[int, int]) -> list[int]:
    """Days of each link once the credit before remission is off, beginning with the link it is towards."""
    left = [link.days for link in chain.links]
    for place in sorted(before):
        days = before[place]
        for here in [*range(place, len(left)), *range(place)]:
            taken = min(days, left[here])
            left[here] -= taken
            days -= taken
    return left


def _days_of(term: Term, chain: Chain, policy: Policy) -> int:
    """Days of a term that a policy names, by its own rule for the ends of months."""
    return days_of(term, chain.start_on, to_last_day=policy.month_end is MonthEnd.LAST_DAY)


def _to_serve(chain: Chain, left: list[int], notes: Notebook) -> int:
    """Days to be served; links under one policy are rounded together."""
    groups: dict[int | None, list[tuple[Link, int]]] = {}
    for link, days in zip(chain.links, left, strict=True):
        groups.setdefault(None if link.rule is None else link.rule.id, []).append((link, days))
    return sum(_group(chain, group, notes) for group in groups.values())


def _group(chain: Chain, group: list[tuple[Link, int]], notes: Notebook) -> int:
    rule, total = group[0][0].rule, sum(days for _, days in group)
    if rule is None:
        return total
    policy = rule.policy
    over = policy.remission_over
    if not is_nothing(over) and chain.days <= _days_of(over, chain, policy):
        words = Sentence(
            "The term is too short for remission: all %(days)s days are served.", {"days": total}
        )
        notes.step(words, rule=Sentence("Shortest term with remission"), policy=rule.id)
        return total
    days = rounded(sum((part * link.treatment.serve for link, part in group), Fraction(0)), policy.rounding)
    _write_remission(group, rule, total, days, notes)
    least = min(total, policy.least_days)
    if days < least:
        words = Sentence("At least %(least)s days are served.", {"least": least})
        notes.step(words, rule=Sentence("Least time to be served"), policy=rule.id)
        return least
    return days


def _write_remission(
    group: list[tuple[Link, int]], rule: Numbered, total: int, days: int, notes: Notebook
) -> None:
    if notes.silent:
        return
    facts = tuple(link.sentence.fact for link, _ in group)
    sum_of = " + ".join(f"{part} x {link.treatment.serve}" for link, part in group)
    words = Sentence(
        "To be served: %(sum)s = %(days)s days; remission is %(remission)s days.",
        {"sum": sum_of, "days": days, "remission": total - days},
    )
    notes.step(words, rule=Sentence("Part to be served"), facts=facts, policy=rule.id)
    for link, _ in group:
        if link.treatment.why:
            words = Sentence("Excluded: %(why)s", {"why": link.treatment.why})
            notes.step(words, facts=(link.sentence.fact, link.sentence.charge_fact), policy=rule.id)


def _less_credit(release_on: date, credits: _Credits, by_policy: bool, notes: Notebook) -> date:
    if credits.before and by_policy:
        words = Sentence(
            "The credit of %(days)s days came off before remission.", {"days": sum(credits.before.values())}
        )
        notes.step(words, facts=credits.facts)
    if credits.after:
        release_on -= timedelta(days=credits.after)
        if by_policy:
            words = Sentence("Less %(days)s days of credit, after remission.", {"days": credits.after})
            notes.step(words, release_on, rule=Sentence("Order of credit"), facts=credits.facts)
    return release_on


def _on_working_day(
    chain: Chain, release_on: date, full_term_on: date, holidays: frozenset[date], notes: Notebook
) -> date:
    rule = chain.links[-1].rule
    if rule is None:
        return release_on
    moved = working_day(release_on, rule.policy, holidays)
    if moved > full_term_on or moved < max(chain.imposed_on, chain.last_paid_on or chain.imposed_on):
        return release_on
    if moved != release_on:
        words = Sentence("That day is no working day: release is moved to this one.")
        notes.step(words, moved, rule=Sentence("Weekends and holidays"), policy=rule.id)
    return moved


def _parole(
    chain: Chain, case: Case, left: list[int], after: int, away_days: int, notes: Notebook
) -> date | None:
    """None where a sentence of the chain is closed to parole."""
    total = Fraction(0)
    for link, days in zip(chain.links, left, strict=True):
        if link.treatment.parole is None:
            return None
        total += days * link.treatment.parole
    days = rounded(total, Rounding.UP)
    rule = chain.links[0].rule
    least = rule.policy.parole_least if rule else Term()
    if rule is not None and not is_nothing(least):
        days = max(days, _days_of(least, chain, rule.policy))
    moved = away_days - after + net_days(chain, case, date.max)
    day = max(chain.start_on + timedelta(days=days - 1 + moved), chain.imposed_on)
    words = Sentence(
        "Before parole %(days)s days are served; credit, absences and added days move that by %(moved)s days.",
        {"days": days, "moved": moved},
    )
    notes.step(words, day, rule=Sentence("Parole"), policy=rule.id if rule else None)
    return day
