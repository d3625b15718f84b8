"""What holds of every reckoning, whatever the sentences and the policy."""

from __future__ import annotations

from dataclasses import replace as with_dates
from datetime import date, timedelta

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hub.custody.sentencing.case import Adjusted, Case, Credited, Outcome, Reckoned, Sentenced, decode, encode
from hub.custody.sentencing.forms import Adjustment, AdjustmentType, Imposed, RemandCredit, SentenceType, Term
from hub.custody.sentencing.policy import CreditOrder, MonthEnd, NonWorking, Numbered, Policy, Rounding
from hub.custody.sentencing.reckoner import reckon
from hub.custody.sentencing.terms import days_of, end_of, start_of_term

TODAY = date(2040, 1, 1)
FIRST = date(2019, 12, 1)
TRIES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])

days = st.integers(0, 900).map(lambda count: FIRST + timedelta(days=count))
terms = st.builds(
    Term,
    years=st.integers(0, 12),
    months=st.integers(0, 20),
    weeks=st.integers(0, 8),
    days=st.integers(1, 40),
)
policies = st.builds(
    Policy,
    name=st.just("p"),
    authority=st.just("a"),
    effective_on=st.just(date(2000, 1, 1)),
    serve=st.sampled_from(("1/3", "1/2", "2/3", "3/4", "1")),
    rounding=st.sampled_from(Rounding),
    # A threshold without a least time lets a longer term end sooner: the form warns of it, and it is not tried here.
    remission_over=st.sampled_from((Term(), Term(months=1))),
    least_days=st.sampled_from((31, 60)),
    credit=st.sampled_from(CreditOrder),
    non_working=st.sampled_from(NonWorking),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One to four sentences, some after one another, with a credit and some days added."""
    sentences: list[Sentenced] = []
    free: list[int] = []
    start = draw(days)
    for item in range(1, draw(st.integers(1, 4)) + 1):
        after = draw(st.sampled_from([None, *free]))
        if after is not None:
            free.remove(after)
        free.append(item)
        on = start if after is not None else draw(days)
        before = next((one.imposed.imposed_on for one in sentences if one.item == after), on)
        value = Imposed(
            type=SentenceType.TERM, imposed_on=max(on, before), term=draw(terms), consecutive_to=after
        )
        sentences.append(Sentenced(item, item, value))
    credit = Credited(100, RemandCredit(days=draw(st.integers(1, 60)), sentence=1))
    added = Adjusted(200, Adjustment(type=AdjustmentType.ADDED_DAYS, days=draw(st.integers(1, 60))))
    return Case(tuple(sentences), (), (credit,), (added,))


def by(case: Case, *rules: Policy) -> Reckoned:
    numbered = [Numbered(place, policy) for place, policy in enumerate(rules, start=1)]
    return reckon(case, numbered, (date(2021, 1, 1), date(2022, 12, 26)), today=TODAY)


def release(case: Case, policy: Policy) -> date:
    found = by(case, policy)
    assume(found.dates.outcome is Outcome.RELEASE)
    assert found.dates.release_on is not None
    return found.dates.release_on


def full_term(case: Case, *rules: Policy) -> date:
    found = by(case, *rules).dates.full_term_on
    assume(found is not None)
    assert found is not None
    return found


def longer(case: Case, item: int, more: Term) -> Case:
    def stretch(one: Sentenced) -> Sentenced:
        term = one.imposed.term
        summed = Term(
            term.years + more.years,
            term.months + more.months,
            term.weeks + more.weeks,
            term.days + more.days,
        )
        return msgspec.structs.replace(one, imposed=msgspec.structs.replace(one.imposed, term=summed))

    changed = tuple(stretch(one) if one.item == item else one for one in case.sentences)
    return msgspec.structs.replace(case, sentences=changed)


@TRIES
@given(cases(), policies, st.randoms(use_true_random=False))
def test_the_order_of_entries_and_policies_changes_nothing(
    case: Case, policy: Policy, chance: object
) -> None:
    shuffled = list(case.sentences)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    newer = msgspec.structs.replace(policy, effective_on=date(2021, 1, 1), serve="1/2")
    both = [Numbered(1, policy), Numbered(2, newer)]
    mixed = msgspec.structs.replace(case, sentences=tuple(shuffled))
    one = reckon(case, both, today=TODAY)
    other = reckon(mixed, both[::-1], today=TODAY)
    assert one == other
    assert decode(encode(one)) == one
    assert reckon(case, both, today=TODAY, explain=False).dates == one.dates


@TRIES
@given(cases(), policies, terms, st.integers(1, 4))
def test_a_longer_term_never_ends_sooner(case: Case, policy: Policy, more: Term, item: int) -> None:
    stretched = longer(case, item, more)
    assert release(stretched, policy) >= release(case, policy)
    assert full_term(stretched) >= full_term(case)


@TRIES
@given(cases(), policies, st.integers(1, 200))
def test_more_credit_never_ends_later(case: Case, policy: Policy, more: int) -> None:
    old = case.credits[0]
    credit = msgspec.structs.replace(old.credit, days=old.credit.days + more)
    richer = msgspec.structs.replace(case, credits=(msgspec.structs.replace(old, credit=credit),))
    assert release(richer, policy) <= release(case, policy)
    assert full_term(richer) <= full_term(case)


@TRIES
@given(cases(), policies, st.integers(1, 400))
def test_more_days_added_never_end_sooner_nor_past_the_full_term(
    case: Case, policy: Policy, more: int
) -> None:
    old = case.adjustments[0]
    value = msgspec.structs.replace(old.adjustment, days=old.adjustment.days + more)
    harder = msgspec.structs.replace(case, adjustments=(msgspec.structs.replace(old, adjustment=value),))
    assert release(harder, policy) >= release(case, policy)
    assert release(harder, policy) <= full_term(case)


@TRIES
@given(cases(), policies, st.integers(1, 60), st.integers(0, 300))
def test_days_away_never_end_sooner(case: Case, policy: Policy, away: int, after: int) -> None:
    from_on = min(one.starts_on for one in case.sentences) + timedelta(days=after)
    value = Adjustment(
        type=AdjustmentType.UNLAWFULLY_AT_LARGE, from_on=from_on, until_on=from_on + timedelta(days=away)
    )
    absent = msgspec.structs.replace(case, adjustments=(*case.adjustments, Adjusted(201, value)))
    assert full_term(absent, policy) >= full_term(case, policy)
    assert release(absent, policy) >= release(case, policy)


@TRIES
@given(cases(), policies)
def test_the_date_without_a_policy_is_a_bound(case: Case, policy: Policy) -> None:
    bound = by(case)
    assume(bound.dates.full_term_on is not None)
    assert bound.dates.outcome is Outcome.NOT_LATER_THAN
    assert bound.dates.release_on is None
    assert bound.dates.full_term_on is not None
    assert release(case, policy) <= bound.dates.full_term_on
    assert with_dates(bound.dates, outcome=Outcome.RELEASE).best_on == bound.dates.full_term_on


@TRIES
@given(cases(), policies)
def test_side_by_side_never_ends_later_than_one_after_the_other(case: Case, policy: Policy) -> None:
    case = Case(case.sentences)
    apart = tuple(
        msgspec.structs.replace(one, imposed=msgspec.structs.replace(one.imposed, consecutive_to=None))
        for one in case.sentences
    )
    # Each from the day on which its chain starts: that is what side by side means.
    first = {one.item: one for one in case.sentences}

    def start(item: int) -> date:
        before = first[item].imposed.consecutive_to
        return first[item].imposed.imposed_on if before is None else start(before)

    beside = tuple(
        msgspec.structs.replace(one, imposed=msgspec.structs.replace(one.imposed, imposed_on=start(one.item)))
        for one in apart
    )
    assert full_term(Case(beside)) <= full_term(case)
    assert release(Case(beside), policy) <= release(case, policy)


@TRIES
@given(days, terms, st.sampled_from(MonthEnd))
def test_a_term_is_the_same_forth_and_as_days(on: date, term: Term, rule: MonthEnd) -> None:
    to_last_day = rule is MonthEnd.LAST_DAY
    end_on = end_of(term, on, to_last_day=to_last_day)
    assert days_of(term, on, to_last_day=to_last_day) == (end_on - on).days > 0
    plain = end_of(term, on)
    assert timedelta(0) <= end_on - plain <= timedelta(days=1)
    if on.day <= 28 and not term.weeks:
        back = start_of_term(Term(term.years, term.months), end_of(Term(term.years, term.months), on))
        assert back == on
