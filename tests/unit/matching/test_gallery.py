from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from matching.comparison import compare
from matching.comparison.calibration import CEILING, SUPPORTED
from matching.comparison.cylinders import build_cylinders
from matching.fast_form import freeze, thaw
from matching.gallery import MARGIN, Candidate, Gallery, Identification, Outcome
from matching.template import Template

from .made_minutiae import finger, template, touch

NOTHING = template([], [], [])


def gallery(keys: range) -> Gallery:
    made = Gallery()
    for seed in keys:
        made.enrol(f"person {seed}", finger(seed))
    return made


@pytest.fixture(scope="module")
def three_hundred() -> Gallery:
    return gallery(range(300))


class TestKnownFinger:
    @pytest.mark.parametrize("seed", [0, 77, 299])
    def test_is_found(self, three_hundred: Gallery, seed: int):
        found = three_hundred.identify(touch(finger(seed), 1))
        assert found.outcome is Outcome.MATCH
        assert found.key == f"person {seed}"
        assert found.searched == 300
        assert found.score - found.runner_up >= MARGIN

    def test_scores_as_compare_does(self, three_hundred: Gallery):
        probe = touch(finger(5), 3, jitter_px=2.5, lost=0.4)
        assert three_hundred.identify(probe).score == compare(probe, finger(5))

    def test_several_prints_of_one_key_are_no_rivals(self):
        several = gallery(range(40))
        for seed in range(5):
            several.enrol("person 3", touch(finger(3), seed + 10))
        found = several.identify(touch(finger(3), 99))
        assert (found.outcome, found.key) == (Outcome.MATCH, "person 3")
        assert found.runner_up < 5

    def test_the_best_of_several_prints_counts(self):
        several = Gallery()
        several.enrol("a", finger(1))
        several.enrol("a", finger(2))
        assert several.identify(touch(finger(2), 5)).key == "a"
        assert several.identify(touch(finger(1), 5)).key == "a"

    def test_is_found_by_its_cylinders_as_by_its_template(self, three_hundred: Gallery):
        prepared = Gallery()
        for seed in range(300):
            prepared.enrol(f"person {seed}", thaw(freeze(build_cylinders(finger(seed)))))
        probe = touch(finger(7), 3)
        assert prepared.identify(probe) == three_hundred.identify(probe)


class TestUnknownFinger:
    def test_matches_nobody(self, three_hundred: Gallery):
        outcomes = [three_hundred.identify(finger(seed)) for seed in range(1000, 1040)]
        assert {found.outcome for found in outcomes} == {Outcome.NO_MATCH}
        assert all(found.key is None for found in outcomes)

    def test_not_even_when_everybody_is_expected(self, three_hundred: Gallery):
        everybody = [f"person {seed}" for seed in range(300)]
        for seed in range(1000, 1020):
            assert three_hundred.identify(finger(seed), expected=everybody).outcome is Outcome.NO_MATCH

    @pytest.mark.parametrize("probe", [NOTHING, template([50, 80], [60, 90], [0, 9])])
    def test_too_few_minutiae_match_nobody(self, three_hundred: Gallery, probe):
        needed = pytest.approx(-math.log10(1e-5 / 300))
        assert three_hundred.identify(probe) == Identification(Outcome.NO_MATCH, None, 0.0, 0.0, 300, needed)

    def test_an_empty_gallery_matches_nobody(self):
        assert Gallery().identify(finger(1)) == Identification(Outcome.NO_MATCH, None, 0.0, 0.0, 0, 5.0)

    def test_prints_without_minutiae_are_counted_and_match_nobody(self):
        empty = Gallery()
        empty.enrol("a", NOTHING)
        assert len(empty) == 1
        assert empty.identify(finger(1)).outcome is Outcome.NO_MATCH


class TestTooCloseToCall:
    def test_one_finger_under_two_keys_is_ambiguous(self):
        twice = gallery(range(20))
        twice.enrol("alias", touch(finger(4), 8))
        found = twice.identify(touch(finger(4), 2))
        assert (found.outcome, found.key) == (Outcome.AMBIGUOUS, None)
        assert found.runner_up > 5

    def test_an_expected_key_does_not_outweigh_a_clearly_closer_one(self):
        both = gallery(range(20))
        both.enrol("person 99", touch(finger(4), 8, jitter_px=3.0, lost=0.4))
        assert both.identify(touch(finger(4), 2), expected=["person 99"]).key == "person 4"

    def test_an_expected_key_that_is_hardly_closer_is_ambiguous(self):
        """Alone it would do: what stands against it is how near the rest of the roll comes."""
        other_print = touch(finger(4), 8)
        both = gallery(range(20))
        both.enrol("person 99", other_print)
        worn_touches = (touch(finger(4), seed, jitter_px=4.0, lost=0.5) for seed in range(600))
        scored = ((probe, compare(probe, other_print), compare(probe, finger(4))) for probe in worn_touches)
        probe, score, rival = next(
            each for each in scored if 5 < each[1] < 10 and each[2] < each[1] < each[2] + MARGIN
        )
        found = both.identify(probe, expected=["person 99"])
        assert found.outcome is Outcome.AMBIGUOUS
        assert (found.score, found.runner_up) == (score, rival)
        both.remove("person 4")
        assert both.identify(probe, expected=["person 99"]).key == "person 99"


@pytest.fixture(scope="module")
def worn() -> Template:
    """A worn touch of finger 7, whose score lies where thresholds lie."""
    for seed in range(400):
        probe = touch(finger(7), seed, jitter_px=4.0, lost=0.6)
        if 5.6 < compare(probe, finger(7)) < 6.4:
            return probe
    raise AssertionError("no touch of the made finger scored in the wanted range")


class TestThresholds:
    def test_the_rate_is_shared_out_over_the_prints_searched(self, three_hundred: Gallery, worn: Template):
        score = three_hundred.identify(worn).score
        limit = 300 * 10.0**-score
        assert three_hundred.identify(worn, fmr=limit * 1.01).outcome is Outcome.MATCH
        assert three_hundred.identify(worn, fmr=limit * 0.99).outcome is Outcome.NO_MATCH

    def test_fewer_expected_people_need_less(self, three_hundred: Gallery, worn: Template):
        score = compare(worn, finger(7))
        few = ["person 7", "person 8", "nobody of that name"]
        limit = 2 * 10.0**-score
        assert three_hundred.identify(worn, expected=few, expected_fmr=limit * 1.01).key == "person 7"
        assert three_hundred.identify(worn, expected=few, expected_fmr=limit * 0.99).key is None

    def test_nobody_expected_is_as_if_it_was_not_said(self, three_hundred: Gallery, worn: Template):
        assert three_hundred.identify(worn, expected=[]) == three_hundred.identify(worn)

    @pytest.mark.parametrize("rate", [0.0, 1.0, -1e-3, float("nan")])
    def test_rates_that_are_none_are_refused(self, three_hundred: Gallery, rate: float):
        with pytest.raises(ValueError, match="above 0 and below 1"):
            three_hundred.identify(finger(1), fmr=rate)
        with pytest.raises(ValueError, match="above 0 and below 1"):
            three_hundred.identify(finger(1), expected_fmr=rate)


class TestWhatTheDataSupports:
    def test_an_ordinary_roll_asks_for_more_than_was_observed(self, three_hundred: Gallery):
        found = three_hundred.identify(touch(finger(5), 1))
        assert found.needed == pytest.approx(-math.log10(1e-5 / 300))
        assert found.needs_second_finger

    def test_one_expected_person_does_not(self, three_hundred: Gallery):
        rate = 10 ** (0.1 - SUPPORTED)
        found = three_hundred.identify(touch(finger(5), 1), expected=["person 5"], expected_fmr=rate)
        assert (found.key, found.needs_second_finger) == ("person 5", False)

    def test_a_rate_beyond_all_scores_matches_nobody(self, three_hundred: Gallery):
        found = three_hundred.identify(finger(5), fmr=10 ** -(CEILING + 1))
        assert (found.outcome, found.score) == (Outcome.NO_MATCH, CEILING)
        assert found.needed > CEILING


class TestCandidates:
    def test_are_the_keys_most_alike_best_first(self, three_hundred: Gallery):
        probe = touch(finger(7), 2, jitter_px=2.5, lost=0.4)
        found = three_hundred.candidates(probe, count=5)
        assert found[0] == Candidate("person 7", compare(probe, finger(7)))
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
        assert len({each.key for each in found}) == 5

    def test_each_key_by_its_best_print(self):
        several = gallery(range(20))
        several.enrol("person 3", touch(finger(3), 10))
        several.enrol("alias", touch(finger(3), 11))
        assert {each.key for each in several.candidates(touch(finger(3), 99), count=2)} == {
            "person 3",
            "alias",
        }

    def test_of_nobody_are_none(self):
        assert Gallery().candidates(finger(1)) == []


class TestChanges:
    def test_removed_people_are_gone_and_others_stay(self):
        changing = gallery(range(30))
        assert changing.remove("person 3") == 1
        assert changing.remove("person 3") == 0
        assert len(changing) == 29
        assert "person 3" not in changing
        assert changing.identify(touch(finger(3), 1)).outcome is Outcome.NO_MATCH
        assert changing.identify(touch(finger(4), 1)).key == "person 4"

    def test_enrolled_again_they_are_found_again(self):
        changing = gallery(range(30))
        changing.remove("person 3")
        changing.enrol("person 3", finger(3))
        assert changing.identify(touch(finger(3), 1)).key == "person 3"

    def test_nothing_is_lost_over_many_changes(self):
        changing = gallery(range(60))
        for seed in range(55):
            changing.remove(f"person {seed}")
            changing.enrol(f"person {seed + 100}", finger(seed + 100))
        for seed in (55, 59, 100, 154):
            assert changing.identify(touch(finger(seed), 1)).key == f"person {seed}"
        assert changing.identify(touch(finger(0), 1)).outcome is Outcome.NO_MATCH
        assert len(changing) == 60

    def test_a_search_sees_one_state_while_others_change_it(self):
        """One finger moves between two keys: it is always enrolled under one of them, or both, never neither."""
        changing = gallery(range(40))
        changing.enrol("left", finger(500))
        stop = threading.Event()

        def move() -> None:
            while not stop.is_set():
                changing.enrol("right", finger(500))
                changing.remove("left")
                changing.enrol("left", finger(500))
                changing.remove("right")

        def search_many() -> list[Identification]:
            return [changing.identify(touch(finger(500), seed)) for seed in range(30)]

        mover = threading.Thread(target=move)
        mover.start()
        try:
            with ThreadPoolExecutor(2) as searchers:
                found = [
                    f for done in [searchers.submit(search_many) for _ in range(2)] for f in done.result()
                ]
        finally:
            stop.set()
            mover.join()
        for each in found:
            assert each.outcome in (Outcome.MATCH, Outcome.AMBIGUOUS)
            assert each.key in ("left", "right", None)
            assert each.searched == 42 if each.outcome is Outcome.AMBIGUOUS else each.searched == 41

    def test_those_who_stay_are_found_while_others_come_and_go(self):
        """Through removals, growth and moving together; two searches share the threads."""
        changing = gallery(range(12))
        stop = threading.Event()

        def come_and_go(first: int) -> None:
            while not stop.is_set():
                for seed in range(first, first + 20):
                    changing.enrol(f"passing {seed}", finger(seed))
                for seed in range(first, first + 20):
                    changing.remove(f"passing {seed}")

        others = [threading.Thread(target=come_and_go, args=(first,)) for first in (100, 200)]
        for other in others:
            other.start()
        try:
            with ThreadPoolExecutor(2) as searchers:
                found = list(searchers.map(lambda n: changing.identify(touch(finger(n % 12), n)), range(60)))
        finally:
            stop.set()
            for other in others:
                other.join()
        assert [each.key for each in found] == [f"person {n % 12}" for n in range(60)]
        assert all(12 <= each.searched <= 52 for each in found)
        assert changing.identify(touch(finger(100), 1)).outcome is Outcome.NO_MATCH
        assert len(changing) == 12


class Enrolment(RuleBasedStateMachine):
    """A gallery against a dictionary: whatever is done to it, it holds and finds what it should."""

    fingers = st.integers(0, 11)

    def __init__(self) -> None:
        super().__init__()
        self.gallery = Gallery()
        self.enrolled: dict[int, int] = {}

    @rule(seed=fingers, times=st.integers(1, 3))
    def enrol(self, seed: int, times: int) -> None:
        for number in range(times):
            self.gallery.enrol(f"{seed}", touch(finger(seed), number))
        self.enrolled[seed] = self.enrolled.get(seed, 0) + times

    @rule(seed=fingers)
    def enrol_what_says_nothing(self, seed: int) -> None:
        self.gallery.enrol(f"{seed}", NOTHING)
        self.enrolled[seed] = self.enrolled.get(seed, 0) + 1

    @rule(seed=fingers)
    def remove(self, seed: int) -> None:
        assert self.gallery.remove(f"{seed}") == self.enrolled.pop(seed, 0)

    @rule(seed=fingers, is_expected=st.booleans())
    def search(self, seed: int, is_expected: bool) -> None:
        expected = [f"{seed}", "nobody"] if is_expected else None
        found = self.gallery.identify(finger(seed), expected=expected)
        prints = {compare(finger(seed), touch(finger(seed), number)) for number in range(3)}
        assert found.searched == sum(self.enrolled.values())
        assert found.key in (None, f"{seed}")
        if found.key is not None:
            assert seed in self.enrolled
            assert found.score in prints

    @invariant()
    def holds_what_it_should(self) -> None:
        assert len(self.gallery) == sum(self.enrolled.values())
        assert all((f"{seed}" in self.gallery) == (seed in self.enrolled) for seed in range(12))


TestEnrolment = Enrolment.TestCase
TestEnrolment.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
