"""How alike one cylinder is to each of 256 others, all at once, and the most alike one of each print.

The likeness of cylinders a and b is about the cosine of the angle between them,

    common ones / (common cells * sqrt(density of a * density of b))

with densities (ones per cell) over each one's own valid cells. A parabola stands for the reciprocal of the common
cells, at most 4 % off. The work is done in whole numbers of 16 bits: they give the same result on every machine, and
a vector register holds most of them. Compilers do not find that by themselves, so it is spelt out.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # part of numba, and without types
from numba import njit, types
from numba.core import cgutils as _untyped
from numba.extending import intrinsic

from matching.comparison import parameters as P  # noqa: N812 - one letter, so that formulas stay readable
from matching.comparison.bits import LANES
from matching.comparison.cylinders import CELL_COUNT
from matching.comparison.similarity import MIN_COMMON_CELLS

cgutils: Any = _untyped

VECTOR: Final = 16
"""Lanes worked on at a time."""
MOST_ONES: Final = 0xFFFF
_RARE: Final = 1 << 13
_PER_CELL: Final = 1 << 15
_SHORTS: Final = ir.VectorType(ir.IntType(16), VECTOR)
_BYTES: Final = ir.VectorType(ir.IntType(8), VECTOR)
_INDEX: Final = ir.IntType(64)


def _parabola() -> tuple[int, int, int]:
    """c, b, a: c - more * (b - a * more) / 128 is near `_PER_CELL * MIN_COMMON_CELLS / (MIN_COMMON_CELLS + more)`."""
    more = np.arange(CELL_COUNT - MIN_COMMON_CELLS + 1)
    wanted = _PER_CELL * MIN_COMMON_CELLS / (MIN_COMMON_CELLS + more)
    a, b, c = np.polyfit(more, wanted, 2, w=1 / wanted)
    return round(c), round(-128 * b), round(128 * a)


PARABOLA: Final = _parabola()


@njit(cache=True, nogil=True)
def describe_lanes(metas: Any, valid: Any, rarities: Any, angles: Any) -> None:
    """Fill uint8 `valid` and `angles` and uint16 `rarities`, what `likenesses` wants to know of the others."""
    for lane in range(len(metas)):
        ones = np.int32(metas[lane] >> np.uint64(40)) & np.int32(0xFFF)
        cells = np.int32(metas[lane] >> np.uint64(52))
        sparse = np.sqrt(np.float32(cells) / np.float32(max(ones, np.int32(1))))
        rarities[lane] = np.uint16(np.int32(min(sparse * np.float32(_RARE), np.float32(0xFFFF))))
        valid[lane] = np.uint8(cells)
        angles[lane] = np.uint8(metas[lane] >> np.uint64(32) & np.uint64(0xFF))


@njit(cache=True, nogil=True)
def describe_line(meta: Any) -> Any:
    """Of the one: `share` (uint16) and `turn` (uint8), which `likenesses` wants, and the unit of its answer."""
    ones: Any = max(np.int64(meta >> np.uint64(40) & np.uint64(0xFFF)), 1)
    cells: Any = np.int64(meta >> np.uint64(52))
    share = MOST_ONES // ones
    unit = 65536.0 * 65536.0 / (share * _RARE * (_PER_CELL * MIN_COMMON_CELLS)) * math.sqrt(cells / ones)
    return np.uint16(share), np.uint8(meta >> np.uint64(32) & np.uint64(0xFF)), np.float32(unit)


def _likenesses(
    _context: Any,
    ones: Any,
    missing: Any,
    valid: Any,
    rarities: Any,
    angles: Any,
    share: Any,
    turn: Any,
    out: Any,
) -> Any:
    def build(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        ones, missing, valid, rarities, angles, out = (
            target.make_array(signature.args[place])(target, builder, arguments[place])
            for place in (0, 1, 2, 3, 4, 7)
        )
        share = _everywhere(builder, arguments[5], _SHORTS)
        turn = _everywhere(builder, arguments[6], _BYTES)
        every = _INDEX(0), _INDEX(LANES), _INDEX(VECTOR)
        with cgutils.for_range_slice(builder, *every, intp=_INDEX) as (lane, _):
            cells = builder.sub(_load(builder, valid, lane, _BYTES), _load(builder, missing, lane, _BYTES))
            turned = builder.sub(turn, _load(builder, angles, lane, _BYTES))
            fits = _fits(builder, cells, turned)
            common = _load(builder, ones, lane, _BYTES if signature.args[0].dtype.bitwidth == 8 else _SHORTS)
            common = builder.select(fits, common, _all(common.type, 0))
            if common.type is _BYTES:
                common = builder.zext(common, _SHORTS)
            found = _high_half(builder, builder.mul(common, share), _load(builder, rarities, lane, _SHORTS))
            found = _high_half(builder, found, _per_cell(builder, cells))
            builder.store(found, _address(builder, out, lane, _SHORTS), align=1)
        return target.get_dummy_value()

    return types.void(ones, missing, valid, rarities, angles, share, turn, out), build


def _fits(builder: Any, cells: Any, turned: Any) -> Any:
    within = builder.add(turned, _all(_BYTES, P.MAX_TURN_UNITS))
    return builder.and_(
        builder.icmp_unsigned("<=", within, _all(_BYTES, 2 * P.MAX_TURN_UNITS)),
        builder.icmp_unsigned(">=", cells, _all(_BYTES, MIN_COMMON_CELLS)),
    )


def _per_cell(builder: Any, cells: Any) -> Any:
    """The parabola, of bytes."""
    constant, slope, bend = (_all(_SHORTS, value) for value in PARABOLA)
    more = builder.zext(builder.sub(cells, _all(_BYTES, MIN_COMMON_CELLS)), _SHORTS)
    slope = builder.sub(slope, builder.mul(more, bend))
    return builder.sub(constant, _high_half(builder, builder.shl(more, _all(_SHORTS, 9)), slope))


def _high_half(builder: Any, one: Any, other: Any) -> Any:
    """Upper 16 bits of the products: one instruction where there is one."""
    wide = ir.VectorType(ir.IntType(32), VECTOR)
    product = builder.mul(builder.zext(one, wide), builder.zext(other, wide))
    return builder.trunc(builder.lshr(product, _all(wide, 16)), _SHORTS)


def _load(builder: Any, array: Any, place: Any, kind: Any) -> Any:
    return builder.load(_address(builder, array, place, kind), align=1)


def _address(builder: Any, array: Any, place: Any, kind: Any) -> Any:
    index = _INDEX(place) if isinstance(place, int) else place
    return builder.bitcast(builder.gep(array.data, [index]), kind.as_pointer())


def _all(kind: Any, value: int) -> Any:
    return ir.Constant(kind, [value] * VECTOR)


def _everywhere(builder: Any, value: Any, kind: Any) -> Any:
    nothing = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.IntType(32)(0))
    return builder.shuffle_vector(first, nothing, _all(ir.VectorType(ir.IntType(32), VECTOR), 0))


likenesses: Any = intrinsic(_likenesses)
"""likenesses(ones, missing, valid, rarities, angles, share, turn, out): one cylinder against LANES others.

- `ones`: uint8 or uint16 (LANES,), set bits in common; `missing`: uint8 (LANES,), valid cells of the others that are
  not valid in the one
- `valid`, `rarities`, `angles`: of the others, by `describe_lanes`; `share`, `turn`: of the one, by `describe_line`
- `out`: uint16 (LANES,), is filled with likenesses in units of the one; 0 for those turned too far and those with too
  few cells in common
"""


def _largest(_context: Any, values: Any, begin: Any, end: Any) -> Any:
    def build(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = target.make_array(signature.args[0])(target, builder, arguments[0])
        begin, end = arguments[1:]
        best = cgutils.alloca_once_value(builder, _all(_SHORTS, 0))
        last = builder.sub(end, _INDEX(VECTOR))
        with cgutils.for_range_slice(builder, begin, last, _INDEX(VECTOR), intp=_INDEX) as (place, _):
            builder.store(_larger(builder, builder.load(best), _load(builder, array, place, _SHORTS)), best)
        found = _larger(builder, builder.load(best), _load(builder, array, last, _SHORTS))
        function = ir.FunctionType(_SHORTS.element, [_SHORTS])
        name = f"llvm.vector.reduce.umax.v{VECTOR}i16"
        return builder.call(cgutils.get_or_insert_function(builder.module, function, name), [found])

    return types.uint16(values, types.int64, types.int64), build


def _larger(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.icmp_unsigned(">", one, other), one, other)


largest: Any = intrinsic(_largest)
"""largest(values, begin, end): the largest of the uint16 `values` from `begin` to `end`, at least VECTOR of them."""
