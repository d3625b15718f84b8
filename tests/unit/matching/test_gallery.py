from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from matching.comparison import compare, search
from matching.comparison.cylinders import BIT_WORDS, META, Cylinders, build_cylinders
from matching.comparison.parameters import LIKENESS_FLOOR, MAX_TURN_UNITS
from matching.comparison.planes import BLOCK, wanted_planes
from matching.comparison.similarity import MIN_COMMON_CELLS
from matching.comparison.store import Snapshot, Store
from matching.gallery import MARGIN, SHORT_LIST, Gallery, Identification, Outcome
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
        assert three_hundred.identify(probe) == Identification(Outcome.NO_MATCH, None, 0.0, 0.0, 300)

    def test_an_empty_gallery_matches_nobody(self):
        assert Gallery().identify(finger(1)) == Identification(Outcome.NO_MATCH, None, 0.0, 0.0, 0)

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
            return [changing.identify(touch(finger(500), seed)) for seed in range(60)]

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


class TestStore:
    def rows(self, value: int, count: int) -> Cylinders:
        return Cylinders(np.full((count, 16), value, dtype=np.uint64), float(value))

    def contents(self, snapshot) -> list[tuple[str, int, int]]:
        """Key, what it was filled with, number of rows."""
        rows = [snapshot.rows(index) for index in range(len(snapshot))]
        for each, extent_px2 in zip(rows, snapshot.extents_px2, strict=True):
            assert (each == np.uint64(extent_px2)).all()
        return [
            (snapshot.keys[owner], int(each[0, 0]), len(each))
            for each, owner in zip(rows, snapshot.owners, strict=True)
        ]

    def test_a_snapshot_stays_as_it_was(self):
        store = Store()
        for value in range(200):
            store.add(f"{value}", self.rows(value, 30))
        before = store.snapshot()
        wanted = [(f"{value}", value, 30) for value in range(200)]
        for value in range(180):
            store.remove(f"{value}")
            store.add("new", self.rows(1000 + value, 50))
        assert self.contents(before) == wanted
        now = self.contents(store.snapshot())
        assert sorted(now) == sorted(wanted[180:] + [("new", 1000 + value, 50) for value in range(180)])

    def test_memory_of_the_removed_comes_back(self):
        store = Store()
        for value in range(1000):
            store.add("passing", self.rows(value, 40))
            store.remove("passing")
        assert store.snapshot().planes.nbytes < 5_000 * 128
        assert len(store) == 0

    def test_prints_of_any_size_stay_apart(self):
        store = Store()
        sizes = [0, 255, 2, 254, 1, 0, 130, 130, 130, 256, 3, 0]
        made = [np.random.default_rng(n).integers(0, 2**64, (n, 16), dtype=np.uint64) for n in sizes]
        for number, rows in enumerate(made):
            store.add(f"{number % 3}", Cylinders(rows, 0.0))
        snapshot = store.snapshot()
        for index, rows in enumerate(made):
            np.testing.assert_array_equal(snapshot.rows(index), rows)

    def test_a_gallery_keeps_to_its_memory(self):
        """Under 6 kB a finger of 42 minutiae once there are many; growing leaves room for half as many again."""
        store = Store()
        for value in range(600):
            store.add(f"{value}", self.rows(value, 42))
        snapshot = store.snapshot()
        blocks = -(-int(snapshot.spans[-1, 1]) // BLOCK)
        assert (snapshot.planes[:blocks].nbytes + snapshot.metas[:blocks].nbytes) / 600 < 6_000


class TestFirstLook:
    def test_everyone_above_a_threshold_is_on_the_short_list(self, three_hundred: Gallery):
        """The first look only ranks: relaxing everybody must find nothing that it left out."""
        stored = three_hundred._store.snapshot()
        for seed in range(0, 300, 10):
            probe = build_cylinders(touch(finger(seed), 4, jitter_px=3.0, lost=0.4)).rows
            alike = first_look(probe, stored)
            assert (alike > alike[seed]).sum() < SHORT_LIST / 4

    @pytest.mark.parametrize("turn", [0, 40, 100, 128, 200])
    def test_skips_exactly_the_cylinders_that_are_turned_too_far(self, turn: int):
        """Against counting bits pair by pair, for angles all around."""
        whole = finger(3)
        random = np.random.default_rng(turn)
        probe = build_cylinders(template(whole.x, whole.y, random.integers(0, 256, len(whole)))).rows
        print_ = build_cylinders(touch(whole, 1, turn_units=turn)).rows
        assert first_look(probe, stored([print_])) == pytest.approx([likeness(probe, print_)], abs=1e-4)

    def test_tells_prints_of_one_block_and_of_several_apart(self):
        prints = [
            build_cylinders(finger(seed, count)).rows for seed, count in enumerate([3, 40, 90, 12, 60] * 3)
        ]
        probe = build_cylinders(touch(finger(1), 2)).rows
        wanted = [likeness(probe, print_) for print_ in prints]
        assert min(wanted) < max(wanted)
        assert first_look(probe, stored(prints)) == pytest.approx(wanted, abs=1e-4)

    def test_counts_past_what_a_byte_holds(self):
        """Cylinders with most bits set, as of prints with very many minutiae."""
        full = build_cylinders(template(*np.random.default_rng(1).integers(0, 256, (3, 255)))).rows
        assert max(np.bitwise_count(row[:BIT_WORDS]).sum() for row in full) > 300
        probe = full[::16]
        assert first_look(probe, stored([full])) == pytest.approx([likeness(probe, full)], rel=1e-5)


def stored(prints: list[np.ndarray]) -> Snapshot:
    store = Store()
    for rows in prints:
        store.add("someone", Cylinders(rows, 0.0))
    return store.snapshot()


def first_look(probe: np.ndarray, prints: Snapshot) -> np.ndarray:
    alike = np.full(len(prints), -1, dtype=np.float32)
    wanted, counts = wanted_planes(probe)
    search.first_look(probe, wanted, counts, prints.planes, prints.metas, prints.spans, 0, len(prints), alike)
    return alike


def likeness(probe: np.ndarray, print_: np.ndarray) -> float:
    """The definition of the first look, bit by bit."""
    best = (max((overlap(row, other) for other in print_), default=0.0) for row in probe)
    return sum(max(each - LIKENESS_FLOOR, 0) for each in best)


def overlap(row: np.ndarray, other: np.ndarray) -> float:
    """Share of the set bits that two cylinders have in common, 0 when they cannot be compared."""

    def facts(cylinder: np.ndarray) -> tuple[int, float]:
        meta = int(cylinder[META])
        return meta >> 32 & 0xFF, (meta >> 40 & 0xFFF) / (meta >> 52)

    (turn, density), (other_turn, other_density) = facts(row), facts(other)
    between = (turn - other_turn) % 256
    cells = int(np.bitwise_count(row[BIT_WORDS:META] & other[BIT_WORDS:META]).sum())
    if min(between, 256 - between) > MAX_TURN_UNITS or cells < MIN_COMMON_CELLS:
        return 0.0
    ones = int(np.bitwise_count(row[:BIT_WORDS] & other[:BIT_WORDS]).sum())
    return 2 * ones / max((density + other_density) * cells, 2 * ones, 1)
