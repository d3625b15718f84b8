"""Two fingers of one person: what they say together, and when they may not be joined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.ports import Finding, Likely
from edge.two_fingers import CONFIRMS, OTHER_FINGER, SAME_FINGER, joined
from matching import Template
from wire.happenings import Outcome

EMPTY = np.zeros(0, np.uint8)
PROBE = Template(
    x=EMPTY.astype(np.int16),
    y=EMPTY.astype(np.int16),
    angle=EMPTY,
    kind=EMPTY,
    quality=EMPTY,
    width=256,
    height=288,
)


def different(_one: Template, _other: Template) -> float:
    return SAME_FINGER - 0.1


def same(_one: Template, _other: Template) -> float:
    return SAME_FINGER


def finding(outcome: Outcome, person: str | None = None, *, unsure: bool = False, **scores: float) -> Finding:
    likely = tuple(sorted((Likely(who, score) for who, score in scores.items()), key=lambda one: -one.score))
    best = max(scores.values(), default=0.0)
    return Finding(
        outcome, person, 80, "", best, 0.0, 280, 90, unsure, needed=8.4, candidates=likely, probe=PROBE
    )


UNSURE = finding(Outcome.MATCH, "ana", unsure=True, ana=8.8, ben=1.5)
NEAR = finding(Outcome.NO_MATCH, ana=6.0, ben=1.5)


def test_the_same_finger_again_is_not_joined() -> None:
    said = joined(NEAR, finding(Outcome.NO_MATCH, ana=7.9), 1, same)
    assert (said.outcome, said.person, said.advice) == (Outcome.POOR_QUALITY, None, OTHER_FINGER)


def test_a_match_beyond_doubt_stands_for_itself_even_of_the_same_finger() -> None:
    sure = finding(Outcome.MATCH, "ana", ana=12.0)
    assert joined(UNSURE, sure, 1, same) is sure


def test_a_finger_that_does_not_point_to_the_named_person_confirms_nothing() -> None:
    weak = finding(Outcome.NO_MATCH, ana=CONFIRMS - 0.1)
    assert joined(UNSURE, weak, 1, different) is weak
    pointing_elsewhere = finding(Outcome.NO_MATCH, ana=CONFIRMS, ben=CONFIRMS + 0.1)
    assert joined(UNSURE, pointing_elsewhere, 1, different) is pointing_elsewhere


def test_another_finger_of_the_named_person_confirms_them() -> None:
    said = joined(UNSURE, finding(Outcome.NO_MATCH, ana=CONFIRMS), 1, different)
    assert (said.outcome, said.person, said.unsure, said.second_finger) == (Outcome.MATCH, "ana", False, True)


def test_two_fingers_that_point_to_two_people_find_nobody() -> None:
    other = finding(Outcome.NO_MATCH, ben=6.0)
    assert joined(NEAR, other, 1, different).person is None


def test_two_near_misses_of_one_person_are_a_match() -> None:
    said = joined(NEAR, finding(Outcome.NO_MATCH, ana=5.5, ben=1.5), 1, different)
    assert (said.outcome, said.person) == (Outcome.MATCH, "ana")
    assert said.score >= said.needed


def test_each_touch_more_asks_for_more() -> None:
    other = finding(Outcome.NO_MATCH, ana=4.0)
    assert joined(NEAR, other, 1, different).person == "ana"
    assert joined(NEAR, other, 10, different).person is None


def test_a_second_person_who_is_too_close_leaves_it_to_the_officer() -> None:
    first = finding(Outcome.NO_MATCH, ana=6.0, ben=5.5)
    assert joined(first, finding(Outcome.NO_MATCH, ana=6.0, ben=5.0), 1, different).person is None


@pytest.mark.parametrize("probe", [None, "no template"])
def test_without_both_fingers_there_is_nothing_to_join(probe: object) -> None:
    second = Finding(Outcome.POOR_QUALITY, None, 0, "image", 0.0, 0.0, 0, 0, probe=probe)
    assert joined(NEAR, second, 1, different) is second


@given(
    first=st.dictionaries(st.sampled_from(["ana", "ben", "cal"]), st.floats(0, 12), max_size=3),
    second=st.dictionaries(st.sampled_from(["ana", "ben", "cal"]), st.floats(0, 12), max_size=3),
    touches=st.integers(1, 9),
)
def test_nobody_is_found_of_whom_both_fingers_know_nothing_or_too_little(
    first: dict[str, float], second: dict[str, float], touches: int
) -> None:
    said = joined(finding(Outcome.NO_MATCH, **first), finding(Outcome.NO_MATCH, **second), touches, different)
    if said.person is not None:
        assert first[said.person] > 0
        assert second[said.person] > 0
        assert said.score >= said.needed >= 8.4
        others = [*first.items(), *second.items()]
        assert all(score <= said.score - 2 for who, score in others if who != said.person)
