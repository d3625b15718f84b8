"""The fingers that the measurements search through and search for: drawn, of nobody, the same for the same number."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from matching import Template
from matching.comparison import Cylinders, build_cylinders
from matching.synthesis import draw_finger

_AT_ONCE = 500


def enrolled_touch(number: int) -> Template:
    """The touch of this finger that is enrolled."""
    return draw_finger(number).impression(0)


def later_touch(number: int, rng: np.random.Generator) -> Template:
    """Another touch of it."""
    return draw_finger(number).impression(int(rng.integers(1, 1 << 30)))


def prepared_touches(begin: int, end: int) -> Iterator[tuple[int, Cylinders]]:
    """Number and prepared enrolled touch of each finger of the range, on all processors, in order."""
    firsts = range(begin, end, _AT_ONCE)
    # Not forked: the search keeps threads, and a fork takes along their locks without them.
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=apart) as processes:
        for first, part in zip(
            firsts, processes.map(_prepared, firsts, [min(end, at + _AT_ONCE) for at in firsts]), strict=True
        ):
            yield from enumerate(part, first)


def _prepared(first: int, end: int) -> list[Cylinders]:
    return [build_cylinders(enrolled_touch(number)) for number in range(first, end)]
