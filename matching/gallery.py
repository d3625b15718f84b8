"""One finger against all that are enrolled: who is it, or nobody, or too close to call."""

from __future__ import annotations

import enum
import math
import os
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison import compare
from matching.comparison.calibration import calibrated
from matching.comparison.cylinders import Cylinders, build_cylinders
from matching.comparison.planes import wanted_planes
from matching.comparison.relaxation import ANGLE_AGREEMENT, DISTANCE_AGREEMENT
from matching.comparison.search import first_look, second_look
from matching.comparison.store import Snapshot, Store
from matching.template import ENDING, Template

DEFAULT_FMR: Final = 1e-5
"""Tolerated chance per search that an unknown finger is taken for anyone enrolled."""
DEFAULT_EXPECTED_FMR: Final = 1e-4
"""The same for the people expected here: fewer of them, and each has another reason to be the one."""
MARGIN: Final = 2.0
"""Powers of ten by which a match must be less likely by chance than the best of any other key."""
SHORT_LIST: Final = 96
"""Prints that get the second look; those of expected people have places of their own."""
THREADS: Final = min(2, os.cpu_count() or 1)
_PART: Final = 300
"""Prints that a thread takes at a time for the first look: about a millisecond."""
_RELAXED_PART: Final = 12
"""The same for the second look."""


class Outcome(enum.Enum):
    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    NO_MATCH = "no match"


@dataclass(frozen=True, slots=True)
class Identification:
    """What a search says.

    - `key`: whose finger it is when `outcome` is MATCH, otherwise None: an ambiguous answer is never a guess
    - `score`: -log10 of the false-match rate of the best print of the leading key, 0 when nothing is alike
    - `runner_up`: the same for the best print of any other key
    - `searched`: number of prints that were enrolled and compared
    """

    outcome: Outcome
    key: str | None
    score: float
    runner_up: float
    searched: int


class Gallery:
    """Enrolled prints by key; a key may have several prints (fingers, impressions), the best of them counts.

    May be searched from several threads while others change it: a search sees the prints that were enrolled when
    it began, all of them and no others.
    """

    def __init__(self) -> None:
        self._store = Store()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Number of prints."""
        with self._lock:
            return len(self._store)

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._store

    def enrol(self, key: str, template: Template) -> None:
        """Add a print. One without enough minutiae is counted and never matches."""
        cylinders = build_cylinders(template)
        with self._lock:
            self._store.add(key, cylinders)

    def remove(self, key: str) -> int:
        """Forget all prints of a key; how many there were, 0 for a key that is not enrolled."""
        with self._lock:
            return self._store.remove(key)

    def identify(
        self,
        probe: Template,
        fmr: float = DEFAULT_FMR,
        expected: Collection[str] | None = None,
        expected_fmr: float = DEFAULT_EXPECTED_FMR,
    ) -> Identification:
        """Whose finger it is.

        `fmr` is the tolerated chance *per search* that a finger which is not enrolled is taken for anyone at all;
        it is shared out over the prints searched: with 2,400 prints and 1e-5, each comparison must reach a
        false-match rate of 4e-9, a score of 8.4. The prints of `expected` keys need only reach `expected_fmr`
        shared out over them alone. An unknown finger is thus taken for someone with a chance of at most
        `fmr + expected_fmr`.

        MATCH: a key reaches its threshold and is MARGIN powers of ten less likely by chance than every other key.
        AMBIGUOUS: a key reaches its threshold and another one is too close, or even before it.
        NO_MATCH: no key reaches its threshold.

        Raises ValueError when a rate is not above 0 and below 1.
        """
        for rate in (fmr, expected_fmr):
            if not 0 < rate < 1:
                raise ValueError("A false-match rate must be above 0 and below 1.")
        cylinders = build_cylinders(probe)
        with self._lock:
            prints = self._store.snapshot()
        is_expected = _belongs_to(prints, expected or ())
        chosen, scores = _scores_of_short_list(cylinders, prints, is_expected)
        thresholds = np.where(
            is_expected, _threshold(expected_fmr, is_expected.sum()), _threshold(fmr, len(prints))
        )
        return _decide(prints, prints.owners[chosen], scores, thresholds[chosen])


def _threshold(fmr: float, comparisons: int) -> float:
    """Score that each of so many comparisons must reach for all together to keep to the rate."""
    return -math.log10(fmr / max(1, int(comparisons)))


def _belongs_to(prints: Snapshot, keys: Collection[str]) -> NDArray[np.bool_]:
    wanted = set(keys)
    mine = np.fromiter((key in wanted for key in prints.keys), dtype=np.bool_)
    return mine[prints.owners] if wanted and len(prints) else np.zeros(len(prints), dtype=np.bool_)


def _scores_of_short_list(
    probe: Cylinders, prints: Snapshot, is_expected: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Indices of the prints worth a second look, and their scores."""
    alike = np.zeros(len(prints), dtype=np.float32)
    stored = prints.planes, prints.metas, prints.spans
    wanted, counts = wanted_planes(probe.rows)
    _in_parts(
        len(prints),
        _PART,
        lambda begin, end: first_look(probe.rows, wanted, counts, *stored, begin, end, alike),
    )
    chosen = np.union1d(_highest(alike, np.arange(len(alike))), _highest(alike, np.flatnonzero(is_expected)))
    raw = np.zeros(len(chosen), dtype=np.float64)
    tables = DISTANCE_AGREEMENT, ANGLE_AGREEMENT
    _in_parts(
        len(chosen),
        _RELAXED_PART,
        lambda begin, end: second_look(probe.rows, *stored, chosen[begin:end], *tables, raw[begin:end]),
    )
    return chosen, calibrated(raw, np.minimum(prints.extents_px2[chosen], probe.extent_px2))


def _highest(alike: NDArray[np.float32], among: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(among) <= SHORT_LIST:
        return among
    return among[np.argpartition(-alike[among], SHORT_LIST)[:SHORT_LIST]]


def _decide(
    prints: Snapshot,
    owners: NDArray[np.int32],
    scores: NDArray[np.float64],
    thresholds: NDArray[np.float64],
) -> Identification:
    searched = len(prints)
    if not searched:
        return Identification(Outcome.NO_MATCH, None, 0.0, 0.0, searched)
    best = int(np.argmax(scores))
    score = float(scores[best])
    others = scores[owners != owners[best]]
    runner_up = float(others.max()) if len(others) else 0.0
    if not (scores >= thresholds).any():
        return Identification(Outcome.NO_MATCH, None, score, runner_up, searched)
    mine = owners == owners[best]
    if (scores >= thresholds)[mine].any() and score - runner_up >= MARGIN:
        return Identification(Outcome.MATCH, prints.keys[owners[best]], score, runner_up, searched)
    return Identification(Outcome.AMBIGUOUS, None, score, runner_up, searched)


def _in_parts(count: int, size: int, work: Callable[[int, int], object]) -> None:
    """Do `work(begin, end)` over 0 to `count`, `size` at a time.

    Threads take the next part when they are done with one: a processor that is busy with something else gets fewer.
    """
    begins = iter(range(0, count, size))

    def take() -> None:
        for begin in begins:
            work(begin, min(begin + size, count))

    helpers = [_threads().submit(take) for _ in range(min(THREADS, -(-count // size)) - 1)]
    take()
    for helper in helpers:
        helper.result()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS - 1 or 1, thread_name_prefix="matching")


def warm_up() -> None:
    """Compile or load the kernels of comparison and search, so that the first finger does not wait for them."""
    places = np.arange(12, dtype=np.int16)
    template = Template(
        x=places % 4 * np.int16(20),
        y=places // 4 * np.int16(30),
        angle=(places * 20).astype(np.uint8),
        kind=np.full(12, ENDING, dtype=np.uint8),
        quality=np.full(12, 50, dtype=np.uint8),
        width=128,
        height=128,
    )
    compare(template, template)
    gallery = Gallery()
    gallery.enrol("", template)
    gallery.identify(template)
