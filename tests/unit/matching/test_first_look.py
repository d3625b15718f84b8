from __future__ import annotations

import numpy as np
import pytest

from matching.comparison import compare_cylinders, search
from matching.comparison.cylinders import (
    BIT_WORDS,
    CELL_COUNT,
    META,
    NO_CYLINDERS,
    Cylinders,
    build_cylinders,
)
from matching.comparison.likeness import PARABOLA
from matching.comparison.parameters import LIKENESS_FLOOR, MAX_TURN_UNITS
from matching.comparison.planes import BLOCK, wanted_planes
from matching.comparison.short_list import places, scores, short_list
from matching.comparison.similarity import MIN_COMMON_CELLS
from matching.comparison.store import Snapshot, Store

from .made_minutiae import finger, template, touch


@pytest.fixture(scope="module")
def two_hundred() -> Snapshot:
    return stored([build_cylinders(finger(seed)).rows for seed in range(200)])


class TestFirstLook:
    def test_the_mate_is_far_up_the_short_list(self, two_hundred: Snapshot):
        """The first look only ranks: relaxing everybody must find nothing that it left out."""
        for seed in range(0, 200, 7):
            probe = build_cylinders(touch(finger(seed), 4, jitter_px=3.0, lost=0.4)).rows
            alike = first_look(probe, two_hundred)
            assert (alike > alike[seed]).sum() < places(200) / 8

    @pytest.mark.parametrize("turn", [0, 40, 100, 128, 200])
    def test_skips_exactly_the_cylinders_that_are_turned_too_far(self, turn: int):
        """Against counting bits pair by pair, for angles all around."""
        whole = finger(3)
        random = np.random.default_rng(turn)
        probe = build_cylinders(template(whole.x, whole.y, random.integers(0, 256, len(whole)))).rows
        print_ = build_cylinders(touch(whole, 1, turn_units=turn)).rows
        assert first_look(probe, stored([print_])) == pytest.approx(
            [likeness(probe, print_)], rel=3e-3, abs=3e-3
        )

    def test_tells_prints_of_one_block_and_of_several_apart(self):
        sizes = [3, 40, 90, 12, 60, 240] * 3
        prints = [build_cylinders(finger(seed, count)).rows for seed, count in enumerate(sizes)]
        probe = build_cylinders(touch(finger(1), 2)).rows
        wanted = [likeness(probe, print_) for print_ in prints]
        assert min(wanted) < max(wanted)
        assert first_look(probe, stored(prints)) == pytest.approx(wanted, rel=3e-3, abs=3e-3)

    def test_counts_past_what_a_byte_holds(self):
        """Cylinders with most bits set, as of prints with very many minutiae."""
        full = build_cylinders(template(*np.random.default_rng(1).integers(0, 256, (3, 255)))).rows
        assert max(np.bitwise_count(row[:BIT_WORDS]).sum() for row in full) > 300
        probe = full[::120]
        assert first_look(probe, stored([full])) == pytest.approx([likeness(probe, full)], rel=3e-3)

    def test_a_print_of_nothing_after_a_full_block_is_like_nobody(self):
        full = np.tile(build_cylinders(finger(1)).rows, (8, 1))[:BLOCK]
        nothing = full[:0]
        alike = first_look(build_cylinders(finger(1)).rows, stored([nothing, full, nothing, nothing]))
        assert alike[1] > 0
        assert alike[[0, 2, 3]].tolist() == [0, 0, 0]

    def test_cells_weigh_about_as_their_reciprocal(self):
        for cells in range(MIN_COMMON_CELLS, CELL_COUNT + 1):
            assert per_cell(cells) * cells == pytest.approx(1, rel=0.04)


class TestSecondLook:
    def test_scores_as_a_comparison_does(self):
        prints = [build_cylinders(touch(finger(seed % 5), seed, lost=0.5)) for seed in range(40)]
        store = Store()
        for cylinders in [NO_CYLINDERS, *prints]:
            store.add("someone", cylinders)
        probe = build_cylinders(finger(2))
        found = scores(probe, store.snapshot(), np.arange(40, -1, -1))
        assert found[:-1].tolist() == [compare_cylinders(probe, each) for each in reversed(prints)]
        assert found[-1] == 0

    def test_the_list_grows_with_the_gallery(self):
        assert places(0) >= 96
        assert places(100_000) > places(10_000) > places(1_000)

    def test_expected_prints_have_places_of_their_own(self):
        prints = stored([build_cylinders(finger(seed, 30)).rows for seed in range(150)])
        probe = build_cylinders(finger(3, 30))
        without, _ = short_list(probe, prints, np.empty(0, dtype=np.int64))
        assert len(without) == places(150) < 150
        left_out = np.setdiff1d(np.arange(150), without)[:2]
        chosen, _ = short_list(probe, prints, left_out)
        assert chosen.tolist() == sorted([*without, *left_out])


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
    best = (max((cosine(row, other) for other in print_), default=0.0) for row in probe)
    return sum(max(each - LIKENESS_FLOOR, 0) for each in best) / max(1, len(print_)) ** 0.5


def cosine(row: np.ndarray, other: np.ndarray) -> float:
    """How alike two cylinders are, 0 when they cannot be compared."""

    def facts(cylinder: np.ndarray) -> tuple[int, float]:
        meta = int(cylinder[META])
        return meta >> 32 & 0xFF, (meta >> 40 & 0xFFF) / (meta >> 52)

    (turn, density), (other_turn, other_density) = facts(row), facts(other)
    between = (turn - other_turn) % 256
    cells = int(np.bitwise_count(row[BIT_WORDS:META] & other[BIT_WORDS:META]).sum())
    if min(between, 256 - between) > MAX_TURN_UNITS or cells < MIN_COMMON_CELLS:
        return 0.0
    ones = int(np.bitwise_count(row[:BIT_WORDS] & other[:BIT_WORDS]).sum())
    return ones * per_cell(cells) / max(density * other_density, 1e-9) ** 0.5


def per_cell(cells: int) -> float:
    constant, slope, bend = PARABOLA
    more = cells - MIN_COMMON_CELLS
    return (constant - more * (slope - bend * more) / 128) / (2**15 * MIN_COMMON_CELLS)
