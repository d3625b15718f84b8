"""Cylinders of many prints turned on their side: bit i of 256 cylinders next to each other, for every i.

Counting the bits that one cylinder shares with 256 others then takes a few logical operations for each bit that is
set in the one: few are, as most cells of most directions are empty. A block holds 256 cylinders:

    planes   uint64 (PLANES, LANE_WORDS); first those of the cells of each direction, then those of the valid cells
    metas    uint64 (256,), the last words of the rows

Prints follow each other without a gap, so that one may begin in one block and end in the next. Where a cylinder is
within a plane follows from what `bits.spread` makes of its place.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.bits import AT_ONCE, LANE_WORDS, LANES
from matching.comparison.cylinders import BIT_WORDS, CELL_COUNT, META, ROW_WORDS

BLOCK: Final = LANES
"""Cylinders of a block: more than any template has."""
ONES: Final = P.DIRECTIONS * CELL_COUNT
"""Planes of the cells of each direction; as many as there are cells follow for the valid ones."""
WORDS: Final = (ONES + CELL_COUNT) // 64 + 1
"""Words that hold a row's bits without the gap that rows have in between, with at least one bit to spare."""
PLANES: Final = 64 * WORDS
_NOTHING: Final = PLANES - 1
"""A plane without any bit."""
_LONGEST: Final = -(-ONES // AT_ONCE) * AT_ONCE
_TURNS: Final = np.array(
    [
        (32, 0x00000000FFFFFFFF),
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ],
    dtype=np.uint64,
)


@njit(cache=True, nogil=True)
def write_rows(rows: Any, planes: Any, metas: Any, start: int) -> None:
    """Put cylinder rows into blocks from place `start` on, counted through all blocks, where nothing is yet."""
    line = 0
    while line < len(rows):
        block, begin = divmod(start + line, BLOCK)
        count = min(len(rows) - line, BLOCK - begin)
        _write_block(rows[line : line + count], planes[block], metas[block], begin)
        line += count


@njit(cache=True, nogil=True)
def read_rows(planes: Any, metas: Any, start: int, end: int) -> Any:
    """The cylinder rows at the places `start` to `end`, counted through all blocks: uint64 (n, ROW_WORDS)."""
    rows = np.zeros((end - start, ROW_WORDS), dtype=np.uint64)
    line = 0
    while line < len(rows):
        block, begin = divmod(start + line, BLOCK)
        count = min(len(rows) - line, BLOCK - begin)
        _read_block(rows[line : line + count], planes[block], metas[block], begin)
        line += count
    return rows


@njit(cache=True, nogil=True)
def _write_block(rows: Any, planes: Any, metas: Any, begin: int) -> None:
    square = np.empty((64, LANE_WORDS), dtype=np.uint64)
    for word in range(WORDS):
        square[:] = np.uint64(0)
        for line in range(len(rows)):
            bit, lane = _lane(begin + line)
            square[bit, lane] = _without_gap(rows[line], word)
        _turn(square)
        for bit in range(64):
            for lane in range(LANE_WORDS):
                planes[64 * word + bit, lane] |= square[bit, lane]
    for line in range(len(rows)):
        metas[begin + line] = rows[line, META]


@njit(cache=True, nogil=True)
def _read_block(rows: Any, planes: Any, metas: Any, begin: int) -> None:
    """Fill the rows, which are zero so far."""
    square = np.empty((64, LANE_WORDS), dtype=np.uint64)
    for word in range(WORDS):
        square[:] = planes[64 * word : 64 * word + 64]
        _turn(square)
        for line in range(len(rows)):
            bit, lane = _lane(begin + line)
            _put_with_gap(rows[line], word, square[bit, lane])
    for line in range(len(rows)):
        rows[line, META] = metas[begin + line]


@njit(cache=True, nogil=True)
def _without_gap(row: Any, word: int) -> Any:
    """Word of a row whose valid cells follow right after its ones."""
    bits = row[word] if word < BIT_WORDS else np.uint64(0)
    for part in range(BIT_WORDS, META):
        left = ONES + 64 * (part - BIT_WORDS) - 64 * word
        if 0 <= left < 64:
            bits |= row[part] << np.uint64(left)
        elif -64 < left < 0:
            bits |= row[part] >> np.uint64(-left)
    return bits


@njit(cache=True, nogil=True)
def _put_with_gap(row: Any, word: int, bits: Any) -> None:
    """Undo `_without_gap`: set in the row what a word without gap says of it."""
    ones = min(64, max(0, ONES - 64 * word))
    if ones == 64:
        row[word] = bits
        return
    if ones > 0:
        row[word] = bits & ((np.uint64(1) << np.uint64(ones)) - np.uint64(1))
    for part in range(BIT_WORDS, META):
        left = ONES + 64 * (part - BIT_WORDS) - 64 * word
        if 0 <= left < 64:
            row[part] |= bits >> np.uint64(left)
        elif -64 < left < 0:
            row[part] |= bits << np.uint64(-left)


@njit(cache=True, nogil=True, inline="always")
def _lane(place: int) -> Any:
    """Bit and word of a plane where the cylinder at a place of its block is."""
    return place % 8 * 8 + place // 32, place // 8 % LANE_WORDS


@njit(cache=True, nogil=True)
def _turn(square: Any) -> None:
    """64x64 bits, rows for columns, in each word of a row (Warren, "Hacker's Delight", section 7-3)."""
    words = square.reshape(64 * LANE_WORDS)
    for turn in range(6):
        step, mask = _TURNS[turn]
        apart = np.int64(step) * LANE_WORDS
        for begin in range(0, len(words), 2 * apart):
            low, high = words[begin : begin + apart], words[begin + apart : begin + 2 * apart]
            for place in range(apart):
                moved = (low[place] >> step ^ high[place]) & mask
                high[place] ^= moved
                low[place] ^= moved << step


@njit(cache=True, nogil=True)
def wanted_planes(rows: Any) -> Any:
    """Which planes to count for each row; what is asked of a block is the same for all blocks.

    - uint16 (n, 2, any): the planes of the row's set bits, then those of the cells that are not valid in it
    - int64 (n, 2): how many of them, a multiple of AT_ONCE; past the last, planes without any bit
    """
    wanted = np.full((len(rows), 2, _LONGEST), np.uint16(_NOTHING), dtype=np.uint16)
    counts = np.zeros((len(rows), 2), dtype=np.int64)
    for line in range(len(rows)):
        for plane in range(ONES + CELL_COUNT):
            of_mask = int(plane >= ONES)
            bit = plane - ONES + 64 * BIT_WORDS if of_mask else plane
            is_set = rows[line, bit >> 6] >> np.uint64(bit & 63) & np.uint64(1)
            if is_set != of_mask:
                wanted[line, of_mask, counts[line, of_mask]] = plane
                counts[line, of_mask] += 1
        for part in range(2):
            counts[line, part] = -(-counts[line, part] // AT_ONCE) * AT_ONCE
    return wanted, counts
