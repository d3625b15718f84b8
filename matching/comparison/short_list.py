"""One print against all of a snapshot on several threads: those most alike, and their scores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison import parameters as P  # noqa: N812 - one letter, as in the formulas beside it
from matching.comparison.calibration import calibrated
from matching.comparison.cylinders import Cylinders
from matching.comparison.planes import wanted_planes
from matching.comparison.relaxation import ANGLE_AGREEMENT, DISTANCE_AGREEMENT
from matching.comparison.search import first_look, second_look
from matching.comparison.store import Snapshot

THREADS: Final = min(4, os.cpu_count() or 1)
_PARTS: Final = 4
"""That each thread takes of the work when all are as fast: the more, the less does one wait for another, but each
costs a turn of Python's lock, which a busy process may be slow to give."""
_LEAST_PRINTS: Final = 256
"""Of a part of the first look: a quarter of a millisecond."""
_LEAST_RELAXED: Final = 4
"""The same of the second look."""

Indices = NDArray[np.int64]
Scores = NDArray[np.float64]


def short_list(probe: Cylinders, prints: Snapshot, expected: Indices) -> tuple[Indices, Scores]:
    """Indices of the prints worth a second look, rising, and their scores.

    The prints `expected` (indices too) have places of their own: they need not be among the most alike of all.
    """
    alike = likeness(probe, prints)
    everyone = np.arange(len(prints))
    chosen = np.union1d(_highest(alike, everyone), _highest(alike, expected))
    return chosen, scores(probe, prints, chosen)


def likeness(probe: Cylinders, prints: Snapshot) -> NDArray[np.float32]:
    """How alike each print is at first look: it ranks, and is worth nothing beyond that."""
    alike = np.zeros(len(prints), dtype=np.float32)
    wanted, counts = wanted_planes(probe.rows)

    def look(begin: int, end: int) -> None:
        first_look(probe.rows, wanted, counts, prints.planes, prints.metas, prints.spans, begin, end, alike)

    _in_parts(len(prints), _LEAST_PRINTS, look)
    return alike


def scores(probe: Cylinders, prints: Snapshot, chosen: Indices) -> Scores:
    """Of the chosen prints, as `compare_cylinders` gives them."""
    raw = np.zeros(len(chosen), dtype=np.float64)

    def look(begin: int, end: int) -> None:
        second_look(
            probe.rows,
            prints.planes,
            prints.metas,
            prints.spans,
            chosen[begin:end],
            DISTANCE_AGREEMENT,
            ANGLE_AGREEMENT,
            raw[begin:end],
        )

    _in_parts(len(chosen), _LEAST_RELAXED, look)
    return calibrated(raw, np.minimum(prints.extents_px2[chosen], probe.extent_px2))


def places(prints: int) -> int:
    """Length of the short list of so many prints."""
    return P.SHORT_LIST_LEAST + int(P.SHORT_LIST_SHARE * prints)


def _highest(alike: NDArray[np.float32], among: Indices) -> Indices:
    count = places(len(among))
    if len(among) <= count:
        return among
    return among[np.argpartition(-alike[among], count)[:count]]


def _in_parts(count: int, least: int, work: Callable[[int, int], object]) -> None:
    """Do `work(begin, end)` over 0 to `count`, at least `least` at a time.

    Threads take the next part when they are done with one: a processor that is busy with something else gets fewer.
    Helpers that have not begun when all is done, because another search has them, are not waited for.
    """
    size = max(least, -(-count // (_PARTS * THREADS)))
    begins = iter(range(0, count, size))

    def take() -> None:
        for begin in begins:
            work(begin, min(begin + size, count))

    helpers = [_threads().submit(take) for _ in range(min(THREADS, -(-count // size)) - 1)]
    take()
    for helper in helpers:
        if not helper.cancel():
            helper.result()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS - 1 or 1, thread_name_prefix="matching")
