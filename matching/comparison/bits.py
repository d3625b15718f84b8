"""Counting bits inside numba kernels: within one word, and across many words at the same place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]  # part of numba, and without types
from numba import types
from numba.extending import intrinsic

LANE_WORDS: Final = 4
"""Words of a plane: 256 bits, one vector register of common processors, two or four of smaller ones."""
LANES: Final = 64 * LANE_WORDS
AT_ONCE: Final = 8
"""Planes that `add_planes` takes."""
COUNTERS: Final = 8
"""Planes of a counter."""
MOST_COUNTED: Final = (2**COUNTERS - 1) // AT_ONCE * AT_ONCE
"""Planes that may be added before a counter has to be read."""
_LANES: Final = ir.VectorType(ir.IntType(64), LANE_WORDS)


def _count_bits(_context: Any, _word: Any) -> Any:
    def build(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), build


popcount: Any = intrinsic(_count_bits)
"""popcount(word): number of set bits of a uint64, one machine instruction where the processor has it."""


def _add_planes(_context: Any, planes: Any, wanted: Any, begin: Any, counter: Any) -> Any:
    def build(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes_of = _plane_of(target, builder, signature, arguments, 0)
        sum_of = _plane_of(target, builder, signature, arguments, 3)
        wanted_array = target.make_array(wanted)(target, builder, arguments[1])
        digits = [builder.load(sum_of(place), align=8) for place in range(COUNTERS)]
        taken = 0

        def carry_of(digit: int) -> Any:
            """Adds 2 ** digit planes to the digits below `digit`; what they carry into it."""
            nonlocal taken
            if digit == 0:
                place = builder.add(arguments[2], arguments[2].type(taken))
                taken += 1
                plane = builder.load(builder.gep(wanted_array.data, [place]))
                return builder.load(lanes_of(builder.zext(plane, arguments[2].type)), align=8)
            one, other = carry_of(digit - 1), carry_of(digit - 1)
            digits[digit - 1], carry = _full_adder(builder, digits[digit - 1], one, other)
            return carry

        first = AT_ONCE.bit_length() - 1
        carry = carry_of(first)
        for place in range(first, COUNTERS):
            digits[place], carry = builder.xor(digits[place], carry), builder.and_(digits[place], carry)
        for place, digit in enumerate(digits):
            builder.store(digit, sum_of(place), align=8)
        return target.get_dummy_value()

    return types.void(planes, wanted, types.int64, counter), build


def _plane_of(
    target: Any, builder: Any, signature: Any, arguments: Any, argument: int
) -> Callable[[Any], Any]:
    """Address of a plane of an array (any, LANE_WORDS) of uint64, by its place."""
    array = target.make_array(signature.args[argument])(target, builder, arguments[argument])
    base = builder.bitcast(array.data, _LANES.as_pointer())

    def address(place: Any) -> Any:
        return builder.gep(base, [ir.IntType(64)(place) if isinstance(place, int) else place])

    return address


def _full_adder(builder: Any, one: Any, two: Any, three: Any) -> tuple[Any, Any]:
    """Sum and carry of three bits in each lane."""
    either = builder.xor(one, two)
    carry = builder.or_(builder.and_(one, two), builder.and_(either, three))
    return builder.xor(either, three), carry


add_planes: Any = intrinsic(_add_planes)
"""add_planes(planes, wanted, begin, counter): count AT_ONCE bits in each of 256 lanes at the same time.

Adds the planes `wanted[begin : begin + AT_ONCE]` of `planes`, uint64 (any, LANE_WORDS), to `counter`, uint64
(COUNTERS, LANE_WORDS): its plane i holds binary digit i of each lane's sum. A tree of carry-save adders, five logical
operations for each plane (Harley and Seal; Warren, "Hacker's Delight", 2nd edition, section 5-1).
"""


def _spread(_context: Any, counter: Any, out: Any) -> Any:
    def build(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        digit_of = _plane_of(target, builder, signature, arguments, 0)
        out_of = _plane_of(target, builder, signature, arguments, 1)
        rows = [builder.load(digit_of(digit), align=8) for digit in range(COUNTERS)]
        for place, row in enumerate(_turned(builder, rows)):
            builder.store(row, out_of(place), align=8)
        return target.get_dummy_value()

    return types.void(counter, out), build


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    """The 8x8 bits at each byte, rows for columns (Warren, section 7-3)."""
    for step, mask in ((4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333), (1, 0x5555555555555555)):
        for place in (place for place in range(8) if not place & step):
            low, high = rows[place], rows[place + step]
            moved = builder.and_(builder.xor(builder.lshr(low, _splat(step)), high), _splat(mask))
            rows[place + step] = builder.xor(high, moved)
            rows[place] = builder.xor(low, builder.shl(moved, _splat(step)))
    return rows


def _splat(word: int) -> Any:
    return ir.Constant(_LANES, [word] * LANE_WORDS)


spread: Any = intrinsic(_spread)
"""spread(counter, out): the sums that `add_planes` made, as numbers.

`out`, uint64 (COUNTERS, LANE_WORDS), read as uint8 (LANES,), gets them. The number of the lane at bit b of word w is at
place 32 * (b % 8) + 8 * w + b // 8 (on processors that store the low byte first).
"""
