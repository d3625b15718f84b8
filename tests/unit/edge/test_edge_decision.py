"""What the terminal does about a finger: every rule, and that nothing else admits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decision import Again, Answer, decide
from edge.ports import Finding, RollFacts
from wire.happenings import Decision, Outcome
from wire.versions import Version

ROLL = RollFacts(
    Version(1, 5), 10, {"P-000001": frozenset({"yard", "block-a"}), "P-000002": frozenset({"yard"})}
)
EMPTY = RollFacts(Version(0, 0), None, {})


def finding(outcome: Outcome, person: str | None = None, advice: str = "") -> Finding:
    return Finding(outcome, person, 80, advice, 7.5, 1.0, 2, 1)


MATCH_1 = finding(Outcome.MATCH, "P-000001")
MATCH_2 = finding(Outcome.MATCH, "P-000002")
NOBODY = finding(Outcome.NO_MATCH)
TWO_ALIKE = finding(Outcome.AMBIGUOUS)
BLURRED = finding(Outcome.POOR_QUALITY, advice="press harder")


def test_whoever_may_enter_is_admitted() -> None:
    assert decide(MATCH_1, ROLL, "block-a", [], 3) == Answer(Decision.ADMIT, "expected", "P-000001")


def test_whoever_may_not_enter_is_refused_by_name_of_the_rule() -> None:
    assert decide(MATCH_2, ROLL, "block-a", [], 3) == Answer(Decision.REFUSE, "zone_not_allowed", "P-000002")


def test_with_nobody_on_the_roll_an_officer_decides_at_once() -> None:
    assert decide(NOBODY, EMPTY, "block-a", [], 3) == Answer(Decision.REFER, "no_roll", None)
    assert decide(BLURRED, EMPTY, "block-a", [], 3) == Answer(Decision.REFER, "no_roll", None)


def test_the_finger_is_asked_for_again_with_what_to_change() -> None:
    assert decide(BLURRED, ROLL, "block-a", [], 3) == Again("press harder")
    assert decide(NOBODY, ROLL, "block-a", [Outcome.POOR_QUALITY], 3) == Again("")


@pytest.mark.parametrize(
    ("earlier", "last", "rule"),
    [
        ([Outcome.NO_MATCH, Outcome.NO_MATCH], NOBODY, "not_recognised"),
        ([Outcome.POOR_QUALITY, Outcome.POOR_QUALITY], BLURRED, "poor_quality"),
        ([Outcome.NO_MATCH, Outcome.POOR_QUALITY], BLURRED, "not_recognised"),
        ([Outcome.AMBIGUOUS, Outcome.NO_MATCH], BLURRED, "too_close"),
        ([Outcome.NO_MATCH, Outcome.NO_MATCH], TWO_ALIKE, "too_close"),
    ],
)
def test_after_the_last_try_an_officer_is_called(earlier: list[Outcome], last: Finding, rule: str) -> None:
    assert decide(last, ROLL, "block-a", earlier, 3) == Answer(Decision.REFER, rule, None)


def test_a_third_finger_that_matches_is_as_good_as_a_first() -> None:
    response = decide(MATCH_1, ROLL, "block-a", [Outcome.NO_MATCH, Outcome.POOR_QUALITY], 3)
    assert response == Answer(Decision.ADMIT, "expected", "P-000001")


def test_somebody_who_left_the_roll_is_not_recognised() -> None:
    gone = finding(Outcome.MATCH, "P-000009")
    assert decide(gone, ROLL, "block-a", [], 3) == Again("")
    assert decide(gone, ROLL, "block-a", [], 1) == Answer(Decision.REFER, "not_recognised", None)


@given(
    outcome=st.sampled_from(Outcome),
    person=st.sampled_from([None, "P-000001", "P-000002", "P-000009"]),
    earlier=st.lists(st.sampled_from([o for o in Outcome if o is not Outcome.MATCH]), max_size=4),
    zone=st.sampled_from(["yard", "block-a", "nowhere"]),
    tries=st.integers(1, 5),
)
def test_only_a_match_who_may_enter_is_ever_admitted(
    outcome: Outcome, person: str | None, earlier: list[Outcome], zone: str, tries: int
) -> None:
    response = decide(finding(outcome, person), ROLL, zone, earlier, tries)
    if isinstance(response, Answer) and response.decision is Decision.ADMIT:
        assert outcome is Outcome.MATCH
        assert person is not None
        assert zone in ROLL.zones[person]
    if isinstance(response, Again):
        assert len(earlier) + 1 < tries
