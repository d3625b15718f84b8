"""Synthetic prints as the engine sees them: minutiae like skin's, one finger alike, two of a class apart."""

from itertools import combinations

import pytest

import matching
from matching import Template
from matching.comparison import compare
from matching.synthesis import PatternClass, make_finger

SEEDS = (71, 72, 73, 74)


@pytest.fixture(scope="module")
def touches() -> dict[int, tuple[Template, Template]]:
    """Two touches each of four right loops: fingers of one class are the hardest to tell apart."""
    return {
        seed: (matching.extract(finger.impression(1, grey_levels=16)), matching.extract(finger.impression(2)))
        for seed, finger in ((seed, make_finger(seed, PatternClass.RIGHT_LOOP)) for seed in SEEDS)
    }


def test_prints_have_as_many_minutiae_as_skin(touches: dict[int, tuple[Template, Template]]) -> None:
    counts = [len(template) for pair in touches.values() for template in pair]
    assert min(counts) >= 22
    assert max(counts) <= 75


def test_touches_of_one_finger_match_beyond_any_threshold_in_use(
    touches: dict[int, tuple[Template, Template]],
) -> None:
    assert min(compare(*pair) for pair in touches.values()) > 6.0


def test_fingers_of_one_class_do_not_match(touches: dict[int, tuple[Template, Template]]) -> None:
    scores = [compare(touches[a][0], touches[b][1]) for a, b in combinations(SEEDS, 2)]
    assert max(scores) < 4.0


def test_the_quality_gate_takes_a_usual_touch_and_not_a_miss() -> None:
    finger = make_finger(75)
    assert matching.assess(finger.impression(1)).advice is matching.Advice.OK
    missed = finger.impression(1, displacement_px=(260.0, 0.0))
    assert matching.assess(missed).advice is not matching.Advice.OK
