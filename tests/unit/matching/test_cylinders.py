from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.comparison import parameters as P
from matching.comparison.bits import popcount
from matching.comparison.cylinders import (
    BIT_WORDS,
    CELL_CENTRES,
    CELL_COUNT,
    META,
    MIN_VALID_CELLS,
    ROW_WORDS,
    build_cylinders,
)
from matching.comparison.similarity import similarities

from .made_minutiae import finger, template


def bits(row: np.ndarray, count: int, first_word: int = 0) -> np.ndarray:
    """The lowest `count` bits from a word on, as booleans."""
    octets = row[first_word:].astype("<u8").view(np.uint8)
    return np.unpackbits(octets, bitorder="little")[:count].astype(bool)


def ring(count: int, radius: float, centre=(128, 144)):
    """A minutia in the middle of a ring of others, all pointing right."""
    turns = np.arange(count) * math.tau / count
    x = np.append(centre[0], centre[0] + radius * np.cos(turns)).round()
    y = np.append(centre[1], centre[1] + radius * np.sin(turns)).round()
    return x, y


class TestShape:
    def test_fits_the_words_laid_out_for_it(self):
        assert P.DIRECTIONS * CELL_COUNT <= 64 * BIT_WORDS
        assert CELL_COUNT <= 64 * (META - BIT_WORDS)
        assert np.hypot(*CELL_CENTRES.T).max() <= P.RADIUS_PX

    def test_a_row_holds_place_angle_and_counts(self):
        made = template(*ring(12, 40), np.arange(13) * 7)
        row = build_cylinders(made).rows[0]
        meta = int(row[META])
        assert (meta & 0x3FFF, meta >> 14 & 0x3FFF, meta >> 32 & 0xFF) == (128, 144, 0)
        assert meta >> 28 & 0xF == 9, "quality 60 of 100 in 15 steps"
        assert meta >> 40 & 0xFFF == bits(row, P.DIRECTIONS * CELL_COUNT).sum()
        assert meta >> 52 == bits(row, CELL_COUNT, BIT_WORDS).sum()

    def test_no_bit_is_set_outside_the_valid_cells(self):
        for row in build_cylinders(finger(3)).rows:
            valid = bits(row, CELL_COUNT, BIT_WORDS)
            for section in range(P.DIRECTIONS):
                chosen = bits(row, P.DIRECTIONS * CELL_COUNT)[section * CELL_COUNT :][:CELL_COUNT]
                assert not (chosen & ~valid).any()

    def test_is_read_only(self):
        with pytest.raises(ValueError, match="read-only"):
            build_cylinders(finger(1)).rows[0, 0] = 1


class TestContribution:
    def test_bits_gather_around_the_neighbours(self):
        """Straight from the definition: a neighbour's own cell is set, a cell far from every neighbour is not."""
        x, y = ring(6, 45)
        row = build_cylinders(template(x, y, np.zeros(7, dtype=int))).rows[0]
        section = P.DIRECTIONS // 2
        chosen = bits(row, P.DIRECTIONS * CELL_COUNT)[section * CELL_COUNT :][:CELL_COUNT]
        apart = np.hypot(
            CELL_CENTRES[:, 0, None] - (x[1:] - x[0])[None, :],
            CELL_CENTRES[:, 1, None] - (y[1:] - y[0])[None, :],
        ).min(axis=1)
        assert chosen[apart < 5].all()
        assert not chosen[apart > 3 * P.SPATIAL_SIGMA_PX].any()

    def test_a_neighbour_counts_in_the_section_of_its_relative_direction(self):
        x, y = ring(6, 45)
        for turn in (0, 51, 102, 154, 205):
            row = build_cylinders(template(x, y, np.array([0] + [turn] * 6))).rows[0]
            filled = bits(row, P.DIRECTIONS * CELL_COUNT).reshape(P.DIRECTIONS, CELL_COUNT).sum(axis=1)
            centres = (np.arange(P.DIRECTIONS) + 0.5) * 256 / P.DIRECTIONS - 128
            off = np.abs((centres - turn + 128) % 256 - 128)
            assert filled.argmax() == off.argmin()


def by_place(cylinders, to_place) -> dict[tuple[int, int], np.ndarray]:
    """Bits of each cylinder by where `to_place(x, y)` says that its minutia was."""
    return {
        to_place(int(row[META]) & 0x3FFF, int(row[META]) >> 14 & 0x3FFF): row[:BIT_WORDS]
        for row in cylinders.rows
    }


def back(quarters: int):
    """Undo so many quarter turns of a 300x300 field."""

    def to_place(x: int, y: int) -> tuple[int, int]:
        for _ in range(quarters):
            x, y = 300 - y, x
        return x, y

    return to_place


class TestInvariance:
    @pytest.mark.parametrize("quarter", [1, 2, 3])
    def test_turning_the_whole_print_by_quarters_changes_no_bit(self, quarter: int):
        """Counter-clockwise with y pointing down: what a wrong sign in the angle convention would break."""
        made = finger(5)
        x, y = made.x.astype(int), made.y.astype(int)
        for _ in range(quarter):
            x, y = y, 300 - x
        turned = template(x, y, made.angle.astype(int) + 64 * quarter, 400, 400)
        assert len(turned) == len(made)
        before, after = (
            by_place(build_cylinders(made), lambda x, y: (x, y)),
            by_place(build_cylinders(turned), back(quarter)),
        )
        assert before.keys() == after.keys()
        differing = [np.bitwise_count(before[place] ^ after[place]).sum() for place in before]
        assert max(differing) <= 4  # rounding of float32 at a threshold

    def test_shifting_the_whole_print_changes_no_bit(self):
        made = finger(6)
        shifted = template(made.x + 50, made.y + 70, made.angle, 400, 400)
        np.testing.assert_array_equal(
            build_cylinders(made).rows[:, :META], build_cylinders(shifted).rows[:, :META]
        )


class TestTooLittle:
    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_fewer_than_three_minutiae_make_no_cylinder(self, count: int):
        assert build_cylinders(template(*(np.arange(count) * 20 + 9,) * 3)).rows.shape == (0, ROW_WORDS)

    def test_minutiae_far_from_all_others_make_none(self):
        alone = template([20, 900, 20, 900], [20, 20, 900, 900], [0, 9, 18, 27], 1000, 1000)
        assert len(build_cylinders(alone)) == 0

    def test_every_cylinder_has_enough_valid_cells(self):
        valid = build_cylinders(finger(8)).rows[:, META] >> np.uint64(52)
        assert valid.min() >= MIN_VALID_CELLS

    @pytest.mark.parametrize("count", [3, 12, 255])
    def test_minutiae_all_in_one_place_or_one_line_are_no_trouble(self, count: int):
        same = np.full(count, 100)
        build_cylinders(template(same, same, same))
        build_cylinders(template(np.arange(count), same, same))
        build_cylinders(template(np.arange(count), np.arange(count), same))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*(st.integers(0, 255),) * 3), max_size=60))
def test_any_minutiae_give_rows_whose_parts_agree(minutiae: list[tuple[int, int, int]]):
    x, y, angle = np.array(minutiae, dtype=int).reshape(-1, 3).T
    rows = build_cylinders(template(x, y, angle)).rows
    assert len(rows) <= len(minutiae)
    meta = rows[:, META]
    ones = np.bitwise_count(rows[:, :BIT_WORDS]).sum(axis=1)
    cells = np.bitwise_count(rows[:, BIT_WORDS:META]).sum(axis=1)
    np.testing.assert_array_equal(meta >> np.uint64(40) & np.uint64(0xFFF), ones)
    np.testing.assert_array_equal(meta >> np.uint64(52), cells)


class TestSimilarity:
    def similarities(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        out = np.empty((len(first), len(second)), dtype=np.float32)
        similarities(first, second, out)
        return out

    def test_follows_the_definition(self):
        first, second = build_cylinders(finger(1)).rows, build_cylinders(finger(2)).rows
        found = self.similarities(first, second)
        for line, column in [(0, 0), (3, 7), (11, 2), (20, 20)]:
            a, b = first[line], second[column]
            turn = (int(a[META]) >> 32 & 0xFF) - (int(b[META]) >> 32 & 0xFF)
            cells = int(np.bitwise_count(a[BIT_WORDS:META] & b[BIT_WORDS:META]).sum())
            ones = int(np.bitwise_count(a[:BIT_WORDS] & b[:BIT_WORDS]).sum())
            in_a = max(ones, (int(a[META]) >> 40 & 0xFFF) / (int(a[META]) >> 52) * cells)
            in_b = max(ones, (int(b[META]) >> 40 & 0xFFF) / (int(b[META]) >> 52) * cells)
            wanted = 1 - math.sqrt(in_a + in_b - 2 * ones) / (math.sqrt(in_a) + math.sqrt(in_b))
            if min(turn % 256, -turn % 256) > P.MAX_TURN_UNITS:
                wanted = 0.0
            assert found[line, column] == pytest.approx(wanted, abs=1e-4)

    def test_is_one_for_itself_and_lies_between_zero_and_one(self):
        rows = build_cylinders(finger(4)).rows
        found = self.similarities(rows, rows)
        np.testing.assert_allclose(np.diag(found), 1.0, atol=2e-3)
        assert found.min() >= 0
        assert found.max() <= 1.0 + 1e-6

    def test_is_symmetric(self):
        first, second = build_cylinders(finger(1)).rows, build_cylinders(finger(2)).rows
        there, back = self.similarities(first, second), self.similarities(second, first).T
        # Some processors reckon a full vector and the rest of a row with roundings of their own.
        np.testing.assert_allclose(there, back, rtol=1e-6)

    def test_minutiae_turned_against_each_other_have_none(self):
        x, y = ring(12, 40)
        here = build_cylinders(template(x, y, np.zeros(13, dtype=int))).rows[:1]
        for turn, alike in ((P.MAX_TURN_UNITS, True), (P.MAX_TURN_UNITS + 1, False)):
            there = here.copy()
            there[0, META] |= np.uint64(turn) << np.uint64(32)
            assert bool(self.similarities(here, there)[0, 0] > 0) is alike


def test_the_population_count_counts():
    from numba import njit

    @njit
    def count(word):
        return popcount(word)

    for word in (0, 1, 0xFFFFFFFFFFFFFFFF, 0x8000000000000001, 0x5555):
        assert count(np.uint64(word)) == word.bit_count()
