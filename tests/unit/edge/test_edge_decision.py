"""What the terminal does about a finger: every rule, in its order, and that nothing else opens a gate."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decision import GUARDED, Again, Answer, Circumstances, Earlier, Finger, InForce, Response, decide
from edge.ports import Finding, RollFacts
from wire.happenings import Decision, Outcome
from wire.settings import GateKind, PassageRules
from wire.versions import Version

RULES = PassageRules(
    tries=3,
    second_tries=2,
    retry_s=10.0,
    lamp_s=1.5,
    expected_fmr=1e-5,
    site_fmr=1e-6,
    roll_old_s=3600,
    rules_old_s=7200,
)
STRICT = msgspec.structs.replace(RULES, when_rules_old="refer", when_clock_unsure="refer")
ROLL = RollFacts(
    Version(1, 5),
    10,
    {
        "P-000001": frozenset({"yard", "block-a"}),
        "P-000002": frozenset({"yard"}),
        "P-000003": frozenset({"block-a"}),
    },
    attested=frozenset({"P-000003"}),
)
EMPTY = RollFacts(Version(0, 0), None, {})
WELL = Circumstances(rules_age_s=10)


def finding(outcome: Outcome, person: str | None = None, advice: str = "", unsure: bool = False) -> Finding:
    return Finding(outcome, person, 80, advice, 7.5, 1.0, 2, 1, unsure=unsure)


MATCH_1 = finding(Outcome.MATCH, "P-000001")
MATCH_2 = finding(Outcome.MATCH, "P-000002")
MATCH_3 = finding(Outcome.MATCH, "P-000003")
DOUBTED = finding(Outcome.MATCH, "P-000001", unsure=True)
NOBODY = finding(Outcome.NO_MATCH)
TWO_ALIKE = finding(Outcome.AMBIGUOUS)
BLURRED = finding(Outcome.POOR_QUALITY, advice="press harder")

LOCKDOWN = InForce(lockdown=True)
EVACUATE = InForce(evacuate=True)
LET_1 = InForce(let_through={"P-000001": 7})
LET_2 = InForce(let_through={"P-000002": 8})

SAME = Finger.SAME
OTHER = Finger.OTHER


def act(
    found: Finding,
    earlier: list[Earlier] | None = None,
    *,
    roll: RollFacts = ROLL,
    rules: PassageRules = RULES,
    now: Circumstances = WELL,
    finger: Finger = SAME,
    zone: str = "block-a",
) -> Response:
    return decide(found, roll, zone, earlier or [], rules, now, finger=finger)


def orders(in_force: InForce, gate: GateKind = "interior") -> Circumstances:
    return Circumstances(gate=gate, orders=in_force, rules_age_s=10)


def test_whoever_may_not_enter_is_refused_by_name_of_the_rule() -> None:
    assert act(MATCH_2) == Answer(Decision.REFUSE, "zone_not_allowed", "P-000002")


def test_whoever_may_enter_is_admitted() -> None:
    assert act(MATCH_1) == Answer(Decision.ADMIT, "expected", "P-000001")


def test_with_nobody_on_the_roll_an_officer_decides_at_once() -> None:
    assert act(NOBODY, roll=EMPTY) == Answer(Decision.REFER, "no_roll", None)
    assert act(BLURRED, roll=EMPTY) == Answer(Decision.REFER, "no_roll", None)


def test_in_a_lockdown_nobody_passes_by_a_scan() -> None:
    for found in (MATCH_1, MATCH_2, NOBODY, BLURRED, TWO_ALIKE, DOUBTED):
        answer = act(found, now=orders(InForce(lockdown=True, let_through={"P-000001": 7})))
        assert isinstance(answer, Answer)
        assert (answer.decision, answer.rule) == (Decision.REFUSE, "lockdown")
    assert act(MATCH_1, now=orders(LOCKDOWN)) == Answer(Decision.REFUSE, "lockdown", "P-000001")


def test_in_an_evacuation_everybody_passes_and_whoever_is_recognised_is_recorded() -> None:
    both = orders(InForce(evacuate=True, lockdown=True), "perimeter")
    assert act(MATCH_2, now=both) == Answer(Decision.ADMIT, "evacuation", "P-000002")
    assert act(NOBODY, now=both) == Answer(Decision.ADMIT, "evacuation", None)
    assert act(BLURRED, roll=EMPTY, now=both) == Answer(Decision.ADMIT, "evacuation", None)


def test_whom_an_officer_let_through_passes_once_with_the_number_of_the_order() -> None:
    assert act(MATCH_2, now=orders(LET_2)) == Answer(Decision.ADMIT, "let_through", "P-000002", 8)
    assert act(MATCH_2, now=orders(LET_1)) == Answer(Decision.REFUSE, "zone_not_allowed", "P-000002")
    assert act(MATCH_2, now=orders(LET_2, "perimeter")) == Answer(
        Decision.ADMIT, "let_through", "P-000002", 8
    )


def test_a_finger_that_is_nobodys_never_takes_the_way_of_whom_the_officer_let_through() -> None:
    for gate in GATES:
        for found in (NOBODY, BLURRED, TWO_ALIKE):
            assert act(found, now=orders(LET_2, gate)) == Again(found.advice)


@pytest.mark.parametrize(
    ("roll_age_s", "rules_age_s", "clock_sure", "rules", "rule"),
    [
        (3601, 10, True, RULES, "roll_old"),
        (None, 10, True, RULES, "roll_old"),
        (3600, 10, True, RULES, "expected"),
        (10, 7201, True, STRICT, "rules_old"),
        (10, None, True, STRICT, "rules_old"),
        (10, None, False, RULES, "expected"),
        (10, 7200, False, STRICT, "clock_unsure"),
        (9_999, 9_999, False, STRICT, "roll_old"),
        (9_999, 10, True, msgspec.structs.replace(RULES, when_roll_old="go_on"), "expected"),
    ],
)
def test_old_copies_and_an_unsure_clock_go_by_the_gates_policy(
    roll_age_s: int | None, rules_age_s: int | None, clock_sure: bool, rules: PassageRules, rule: str
) -> None:
    now = Circumstances(clock_sure=clock_sure, rules_age_s=rules_age_s)
    decision = Decision.ADMIT if rule == "expected" else Decision.REFER
    answer = act(MATCH_1, roll=replace(ROLL, age_s=roll_age_s), rules=rules, now=now)
    assert answer == Answer(decision, rule, "P-000001")


@pytest.mark.parametrize("gate", sorted(GUARDED))
def test_a_scan_alone_opens_no_perimeter_gate_and_no_sally_port(gate: GateKind) -> None:
    now = Circumstances(gate=gate, rules_age_s=10)
    assert act(MATCH_1, now=now) == Answer(Decision.REFER, "needs_officer", "P-000001")
    assert act(MATCH_2, now=now) == Answer(Decision.REFUSE, "zone_not_allowed", "P-000002")


def test_a_person_with_a_standing_procedure_goes_to_the_officer_who_vouches() -> None:
    assert act(MATCH_3) == Answer(Decision.REFER, "standing_procedure", "P-000003")


def test_the_finger_is_asked_for_again_with_what_to_change() -> None:
    assert act(BLURRED) == Again("press harder")
    assert act(NOBODY, [Earlier(Outcome.POOR_QUALITY)]) == Again("")


def test_after_three_tries_another_finger_is_asked_for_and_then_an_officer() -> None:
    earlier: list[Earlier] = []
    seen: list[Response] = []
    finger = SAME
    for _finger in range(5):
        response = act(NOBODY, earlier, finger=finger)
        seen.append(response)
        earlier.append(Earlier(Outcome.NO_MATCH, finger))
        finger = response.finger if isinstance(response, Again) else finger
    again, other = Again("", SAME), Again("", OTHER)
    assert seen == [again, again, other, other, Answer(Decision.REFER, "not_recognised", None)]


def test_without_a_second_finger_in_the_rules_the_officer_comes_after_the_first() -> None:
    rules = msgspec.structs.replace(RULES, tries=1, second_tries=0)
    assert act(NOBODY, rules=rules) == Answer(Decision.REFER, "not_recognised", None)
    assert act(DOUBTED, rules=rules) == Answer(Decision.REFER, "second_finger", "P-000001")


@pytest.mark.parametrize(
    ("earlier", "last", "rule"),
    [
        ([Outcome.NO_MATCH, Outcome.NO_MATCH], NOBODY, "not_recognised"),
        ([Outcome.POOR_QUALITY, Outcome.POOR_QUALITY], BLURRED, "poor_quality"),
        ([Outcome.NO_MATCH, Outcome.POOR_QUALITY], BLURRED, "not_recognised"),
        ([Outcome.AMBIGUOUS, Outcome.NO_MATCH], BLURRED, "too_close"),
        ([Outcome.NO_MATCH, Outcome.NO_MATCH], TWO_ALIKE, "too_close"),
        ([Outcome.AMBIGUOUS, Outcome.MATCH], BLURRED, "second_finger"),
    ],
)
def test_the_referral_says_the_most_telling_reason(earlier: list[Outcome], last: Finding, rule: str) -> None:
    rules = msgspec.structs.replace(RULES, second_tries=0)
    before = [Earlier(outcome) for outcome in earlier]
    assert act(last, before, rules=rules) == Answer(Decision.REFER, rule, None)


def test_a_match_in_doubt_asks_for_another_finger_and_then_for_an_officer() -> None:
    assert act(DOUBTED) == Again("", OTHER)
    once = [Earlier(Outcome.MATCH)]
    assert act(MATCH_1, once, finger=OTHER) == Answer(Decision.ADMIT, "expected", "P-000001")
    assert act(DOUBTED, once, finger=OTHER) == Again("", OTHER)
    twice = [*once, Earlier(Outcome.MATCH, OTHER)]
    assert act(DOUBTED, twice, finger=OTHER) == Answer(Decision.REFER, "second_finger", "P-000001")
    assert act(NOBODY, twice, finger=OTHER) == Answer(Decision.REFER, "second_finger", None)


def test_a_later_finger_that_matches_is_as_good_as_a_first() -> None:
    admitted = Answer(Decision.ADMIT, "expected", "P-000001")
    assert act(MATCH_1, [Earlier(Outcome.NO_MATCH), Earlier(Outcome.POOR_QUALITY)]) == admitted
    assert act(MATCH_1, [Earlier(Outcome.NO_MATCH)] * 3, finger=OTHER) == admitted


def test_somebody_who_left_the_roll_is_not_recognised() -> None:
    gone = finding(Outcome.MATCH, "P-000009")
    assert act(gone) == Again("")
    only = msgspec.structs.replace(RULES, tries=1, second_tries=0)
    assert act(gone, rules=only) == Answer(Decision.REFER, "not_recognised", None)
    assert act(gone, now=orders(EVACUATE)) == Answer(Decision.ADMIT, "evacuation", None)


# Every combination of what the rules look at: each must end in the first rule that applies.

FINDINGS = (MATCH_1, MATCH_2, MATCH_3, DOUBTED, NOBODY, TWO_ALIKE, BLURRED)
GATES: tuple[GateKind, ...] = ("interior", "perimeter", "sally_port", "none")


def expected_rule(found: Finding, roll: RollFacts, now: Circumstances, rules: PassageRules) -> str:
    """The table of rules once more, as a list of conditions to read from above."""
    person = found.person if found.person in roll.zones else None
    in_force = now.orders
    conditions = [
        (in_force.evacuate, "evacuation"),
        (in_force.lockdown, "lockdown"),
        (not roll.zones, "no_roll"),
        (person in in_force.let_through, "let_through"),
        (person is None, "again"),
        (found.unsure, "again"),
        (rules.when_roll_old == "refer" and (roll.age_s is None or roll.age_s > 3600), "roll_old"),
        (
            rules.when_rules_old == "refer" and (now.rules_age_s is None or now.rules_age_s > 7200),
            "rules_old",
        ),
        (rules.when_clock_unsure == "refer" and not now.clock_sure, "clock_unsure"),
        (person == "P-000003", "standing_procedure"),
        (person == "P-000002", "zone_not_allowed"),
        (now.gate in ("perimeter", "sally_port"), "needs_officer"),
    ]
    return next((rule for holds, rule in conditions if holds), "expected")


def test_every_combination_ends_in_the_first_rule_that_applies() -> None:
    in_force = [
        InForce(evacuate, lockdown, let)
        for evacuate, lockdown, let in product((True, False), (True, False), ({}, {"P-000001": 7}))
    ]
    circumstances = [
        Circumstances(gate, held, sure, age)
        for gate, held, sure, age in product(GATES, in_force, (True, False), (None, 10))
    ]
    rolls = (ROLL, replace(ROLL, age_s=None), EMPTY)
    for found, roll, now, rules in product(FINDINGS, rolls, circumstances, (RULES, STRICT)):
        response = act(found, roll=roll, rules=rules, now=now)
        rule = response.rule if isinstance(response, Answer) else "again"
        assert rule == expected_rule(found, roll, now, rules), (found, now)


people = st.sampled_from([None, "P-000001", "P-000002", "P-000003", "P-000009"])
situations: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "found": st.builds(finding, st.sampled_from(Outcome), people, st.just(""), st.booleans()),
        "earlier": st.lists(
            st.builds(Earlier, st.sampled_from(Outcome), st.sampled_from(Finger)),
            max_size=8,
        ),
        "roll": st.builds(replace, st.just(ROLL), age_s=st.sampled_from([None, 10, 9_999])),
        "rules": st.builds(
            msgspec.structs.replace,
            st.sampled_from([RULES, STRICT]),
            tries=st.integers(1, 5),
            second_tries=st.integers(0, 5),
        ),
        "now": st.builds(
            Circumstances,
            st.sampled_from(GATES),
            st.builds(
                InForce,
                st.booleans(),
                st.booleans(),
                st.dictionaries(st.sampled_from(["P-000001", "P-000002"]), st.integers(1, 9)),
            ),
            st.booleans(),
            st.sampled_from([None, 10, 9_999]),
        ),
        "finger": st.sampled_from(Finger),
        "zone": st.sampled_from(["yard", "block-a", "nowhere"]),
    }
)


@given(situations)
def test_an_evacuation_always_wins(situation: dict[str, Any]) -> None:
    situation["now"] = replace(situation["now"], orders=replace(situation["now"].orders, evacuate=True))
    answer = act(**situation)
    assert isinstance(answer, Answer)
    assert (answer.decision, answer.rule) == (Decision.ADMIT, "evacuation")


@given(situations)
def test_a_guarded_gate_admits_only_by_an_order(situation: dict[str, Any]) -> None:
    answer = act(**situation)
    now: Circumstances = situation["now"]
    if now.gate in GUARDED and isinstance(answer, Answer) and answer.decision is Decision.ADMIT:
        found: Finding = situation["found"]
        recognised = found.outcome is Outcome.MATCH and found.person in now.orders.let_through
        assert now.orders.evacuate or (
            recognised and answer.order == now.orders.let_through.get(found.person or "")
        )


@given(situations)
def test_without_an_order_only_a_sure_match_who_may_enter_is_admitted(situation: dict[str, Any]) -> None:
    situation["now"] = replace(situation["now"], orders=InForce())
    answer = act(**situation)
    if isinstance(answer, Answer) and answer.decision is Decision.ADMIT:
        found: Finding = situation["found"]
        assert found.outcome is Outcome.MATCH
        assert not found.unsure
        assert situation["zone"] in ROLL.zones[found.person or ""]
        assert answer.rule == "expected"


@given(situations)
def test_nobody_is_asked_again_for_ever(situation: dict[str, Any]) -> None:
    response = act(**situation)
    rules: PassageRules = situation["rules"]
    if isinstance(response, Again):
        given_now = [*(one.finger for one in situation["earlier"]), situation["finger"]]
        limit = rules.second_tries if response.finger is OTHER else rules.tries
        assert given_now.count(response.finger) < limit
