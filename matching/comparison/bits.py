"""The processor's population count, for use inside numba kernels."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic


def _count_bits(_context: Any, _word: Any) -> Any:
    def build(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), build


popcount: Any = intrinsic(_count_bits)
"""popcount(word): number of set bits of a uint64, one machine instruction where the processor has it."""
