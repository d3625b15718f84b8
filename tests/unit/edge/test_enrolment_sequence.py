"""The sequence of guided capture: refusals first, then what counts, then anything in any order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.enrolment import parameters as p
from edge.enrolment.sequence import Capturing, Closed, Whole, Word
from edge.errors import DeskRefusedError
from wire.enrolment import Unusable

INDEX, THUMB = 2, 1


@dataclass(frozen=True)
class Touch:
    """A touch of finger `finger`: prints of one finger are alike, of two are not."""

    finger: str
    quality: int = 80
    minutiae: int = 40
    advice: str = ""

    @property
    def template(self) -> str:
        return self.finger


def alike(one: str, other: str) -> float:
    return 12.0 if one == other else 0.3


def capturing(positions: tuple[int, ...] = (INDEX, THUMB), wanted: int = 3, **more: object) -> Capturing:
    return Capturing(positions, wanted, alike, **more)  # type: ignore[arg-type]


def whole_finger(sequence: Capturing, finger: str) -> None:
    for _touch in range(sequence.wanted):
        whole = sequence.touch(Touch(finger))
    assert whole is not None
    sequence.close(whole)


def test_a_poor_touch_is_asked_again_and_says_what_to_change() -> None:
    sequence = capturing()
    assert sequence.touch(Touch("index", quality=35, advice="press harder")) is None
    assert (sequence.said.word, sequence.said.advice, sequence.taken) == (Word.POOR, "press harder", 0)


def test_a_finger_that_was_given_already_is_named() -> None:
    sequence = capturing()
    whole_finger(sequence, "index")
    assert sequence.position == THUMB
    sequence.touch(Touch("index"))
    assert (sequence.said.word, sequence.said.like, sequence.taken) == (Word.TAKEN_BEFORE, INDEX, 0)


def test_a_finger_that_was_enrolled_at_another_place_is_named() -> None:
    sequence = capturing(known={7: ["left index"]})
    sequence.touch(Touch("left index"))
    assert (sequence.said.word, sequence.said.like) == (Word.TAKEN_BEFORE, 7)


def test_an_earlier_enrolment_does_not_stand_against_what_was_given_now() -> None:
    """Enrolled long ago in the wrong place: the finger at hand is right."""
    sequence = capturing(known={INDEX: ["thumb"]})
    whole_finger(sequence, "index")
    sequence.touch(Touch("thumb"))
    assert sequence.said.word is Word.TAKEN


def test_another_finger_among_the_touches_is_noticed_and_not_kept() -> None:
    sequence = capturing()
    sequence.touch(Touch("index"))
    sequence.touch(Touch("middle"))
    assert (sequence.said.word, sequence.taken) == (Word.OTHER_FINGER, 1)


def test_two_touches_that_agree_outvote_a_wrong_first_one() -> None:
    sequence = capturing()
    for finger in ("middle", "index", "index"):
        sequence.touch(Touch(finger))
    assert (sequence.said.word, sequence.taken) == (Word.BEGUN_ANEW, 2)
    whole = sequence.touch(Touch("index"))
    assert whole is not None
    assert {one.template for one in whole.prints} == {"index"}


def test_two_of_two_wanted_are_whole_when_they_outvote_the_first() -> None:
    sequence = capturing(wanted=2)
    for finger in ("middle", "index"):
        sequence.touch(Touch(finger))
    assert sequence.touch(Touch("index")) is not None


def test_a_person_whose_finger_is_not_the_enrolled_one_is_told_and_taken() -> None:
    sequence = capturing(known={INDEX: ["somebody"]})
    sequence.touch(Touch("index"))
    assert (sequence.said.word, sequence.said.unlike_known) == (Word.TAKEN, True)


def test_keeping_the_best_is_refused_before_enough_tries() -> None:
    sequence = capturing()
    sequence.touch(Touch("index", quality=30))
    with pytest.raises(DeskRefusedError, match="Try again"):
        sequence.keep_best()


def test_prints_that_the_hub_would_refuse_are_never_offered() -> None:
    sequence = capturing()
    for _touch in range(p.TRIES + 2):
        sequence.touch(Touch("index", quality=p.LEAST_QUALITY - 1))
        sequence.touch(Touch("index", quality=60, minutiae=p.LEAST_MINUTIAE - 1))
    assert sequence.is_hard
    assert not sequence.may_keep_best


def test_after_enough_poor_touches_the_best_that_agree_are_kept() -> None:
    sequence = capturing()
    for quality, finger in ((20, "index"), (35, "index"), (30, "index"), (33, "middle")):
        sequence.touch(Touch(finger, quality=quality, advice="too dry"))
    whole = sequence.keep_best()
    assert [(one.template, one.quality) for one in whole.prints] == [("index", 35), ("index", 30)]
    assert whole.below
    sequence.close(whole)
    assert sequence.closed[INDEX] == Closed(2, 32, below=True)
    assert sequence.position == THUMB


def test_a_finger_that_cannot_be_taken_is_left_out_with_its_reason() -> None:
    sequence = capturing()
    whole = sequence.unusable(Unusable.BANDAGED, "until Friday")
    assert (whole.position, whole.prints, whole.unusable, whole.note) == (
        INDEX,
        (),
        Unusable.BANDAGED,
        "until Friday",
    )
    sequence.close(whole)
    assert sequence.closed[INDEX].taken == 0
    assert sequence.position == THUMB


def test_nothing_more_is_asked_when_all_fingers_are_whole() -> None:
    sequence = capturing((INDEX,))
    whole_finger(sequence, "index")
    assert sequence.complete
    assert sequence.touch(Touch("thumb")) is None
    with pytest.raises(DeskRefusedError, match="All fingers are done"):
        sequence.unusable(Unusable.OTHER, "")


def test_a_whole_finger_can_be_taken_again() -> None:
    sequence = capturing((INDEX,))
    whole_finger(sequence, "index")
    sequence.redo(INDEX)
    assert (sequence.complete, sequence.position, sequence.taken) == (False, INDEX, 0)
    whole_finger(sequence, "index")
    with pytest.raises(DeskRefusedError, match="not asked for"):
        sequence.redo(9)


def test_what_was_whole_before_a_cut_stays_so() -> None:
    sequence = capturing(closed={INDEX: Closed(3, 70), 9: Closed(3, 70)})
    assert sequence.position == THUMB
    assert set(sequence.closed) == {INDEX}


def test_a_finger_that_the_card_did_not_take_begins_anew() -> None:
    sequence = capturing(wanted=1)
    assert sequence.touch(Touch("index")) is not None
    sequence.not_sealed()
    assert (sequence.said.word, sequence.position, sequence.taken) == (Word.UNSEALED, INDEX, 0)


_TOUCHES = st.builds(
    Touch,
    finger=st.sampled_from(["index", "thumb", "middle"]),
    quality=st.integers(0, 100),
    minutiae=st.integers(0, 60),
    advice=st.sampled_from(["", "", "", "too dry"]),
)
_STEPS = st.lists(st.one_of(_TOUCHES, st.sampled_from(["best", "leave out", "again", "lost"])), max_size=60)


@settings(max_examples=50)
@given(_STEPS)
def test_whatever_happens_a_whole_finger_is_one_finger_and_good_enough_to_enrol(steps: list[object]) -> None:
    sequence = capturing((INDEX, THUMB, 3))
    given: dict[int, set[str]] = {}
    for step in steps:
        if step == "again":
            given.pop(INDEX, None)
        whole = _take(sequence, step)
        if whole is None:
            continue
        given[whole.position] = {one.template for one in whole.prints}
        assert sum(map(len, given.values())) == len(set().union(*given.values()))
        assert len({one.template for one in whole.prints}) <= 1
        assert len(whole.prints) <= sequence.wanted
        assert bool(whole.prints) is (whole.unusable is None)
        for one in whole.prints:
            assert one.quality >= (p.LEAST_QUALITY if whole.below else p.WANTED_QUALITY)
            assert one.minutiae >= p.LEAST_MINUTIAE
        sequence.close(whole)
    assert sequence.complete is (set(sequence.closed) == {INDEX, THUMB, 3})
    assert sequence.taken < sequence.wanted


def _take(sequence: Capturing, step: object) -> Whole | None:
    if isinstance(step, Touch):
        return sequence.touch(step)
    try:
        if step == "best":
            return sequence.keep_best()
        if step == "leave out":
            return sequence.unusable(Unusable.WORN, "")
    except DeskRefusedError:
        return None
    if step == "again":
        sequence.redo(INDEX)
    else:
        sequence.interrupted()
    return None
