"""One finger against all that are enrolled: who is it, or nobody, or too close to call.

Each comparison of a search may be wrong by chance, so the more prints are searched, the more alike the finger has to
be. Rates here are those of a whole search (the false positive identification rate of ISO/IEC 19795-1), shared out
evenly over the prints: whatever the scores of one finger with many people have to do with each other, the chance of
any wrong hit is at most the sum.
"""

from __future__ import annotations

import enum
import math
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison import compare
from matching.comparison.calibration import SUPPORTED
from matching.comparison.cylinders import Cylinders, build_cylinders
from matching.comparison.short_list import short_list
from matching.comparison.store import Snapshot, Store
from matching.template import ENDING, Template

DEFAULT_FMR: Final = 1e-5
"""Tolerated chance per search that an unknown finger is taken for anyone enrolled."""
DEFAULT_EXPECTED_FMR: Final = 1e-4
"""The same for the people expected here: fewer of them, and each has another reason to be the one."""
MARGIN: Final = 2.0
"""Powers of ten by which a match must be less likely by chance than the best of any other key."""


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
    - `needed`: score that the leading key's best print had to reach for the rate asked for
    """

    outcome: Outcome
    key: str | None
    score: float
    runner_up: float
    searched: int
    needed: float

    @property
    def needs_second_finger(self) -> bool:
        """Whether the rate asked for is smaller than any that was observed (`calibration.SUPPORTED`).

        The answer then rests on the scores of impostors falling on as they do where they were observed. So it is
        with every roll of ordinary size: whether to act on it, and ask for a second finger, is for the policy.
        """
        return self.needed > SUPPORTED


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best print of a key: -log10 of the false-match rate of that one comparison."""

    key: str
    score: float


class Gallery:
    """Enrolled prints by key; a key may have several prints (fingers, impressions), the best of them counts.

    May be searched from several threads while others change it: a search sees the prints that were enrolled when
    it began, all of them and no others. Every one is compared, cylinder by cylinder; those most alike, and for
    themselves the most alike of those expected, are relaxed and get a score (`comparison.short_list`).
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

    def enrol(self, key: str, template: Template | Cylinders) -> None:
        """Add a print, or its cylinders where they are at hand. One without enough minutiae never matches."""
        cylinders = template if isinstance(template, Cylinders) else build_cylinders(template)
        with self._lock:
            self._store.add(key, cylinders)

    def remove(self, key: str) -> int:
        """Forget all prints of a key; how many there were, 0 for a key that is not enrolled."""
        with self._lock:
            return self._store.remove(key)

    def snapshot(self) -> Snapshot:
        """The prints as they are now, packed for the kernels: for measuring; later changes leave it alone."""
        with self._lock:
            return self._store.snapshot()

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
        AMBIGUOUS: a key reaches its threshold and another one is too close, or even before it. One finger enrolled
        under two keys is always this: `candidates` names both.
        NO_MATCH: no key reaches its threshold; also where the threshold is above the largest score there is.

        A key removed while the search runs may still be its answer.

        Raises ValueError when a rate is not above 0 and below 1.
        """
        for rate in (fmr, expected_fmr):
            if not 0 < rate < 1:
                raise ValueError("A false-match rate must be above 0 and below 1.")
        cylinders = build_cylinders(probe)
        with self._lock:
            prints = self._store.snapshot()
            is_expected = self._store.belonging_to(expected or ())
        chosen, scores = short_list(cylinders, prints, np.flatnonzero(is_expected))
        thresholds = np.where(
            is_expected[chosen],
            _threshold(expected_fmr, int(is_expected.sum())),
            _threshold(fmr, len(prints)),
        )
        return _decide(prints, chosen, scores, thresholds) if len(chosen) else _nobody(_threshold(fmr, 1))

    def candidates(self, probe: Template, count: int = 10) -> list[Candidate]:
        """The keys most alike to the probe, best first, with no decision about them; at most `count`.

        For people who look into a case (two keys for one finger, an unknown print), never for a gate.
        """
        cylinders = build_cylinders(probe)
        prints = self.snapshot()
        chosen, scores = short_list(cylinders, prints, np.empty(0, dtype=np.int64))
        best: dict[str, float] = {}
        for place in np.argsort(-scores, kind="stable"):
            best.setdefault(prints.keys[prints.owners[chosen[place]]], float(scores[place]))
        return [Candidate(key, score) for key, score in best.items()][:count]


def _threshold(fmr: float, comparisons: int) -> float:
    """Score that each of so many comparisons must reach for all together to keep to the rate."""
    return -math.log10(fmr / max(1, comparisons))


def _decide(
    prints: Snapshot,
    chosen: NDArray[np.int64],
    scores: NDArray[np.float64],
    thresholds: NDArray[np.float64],
) -> Identification:
    owners = prints.owners[chosen]
    best = int(np.argmax(scores))
    mine = owners == owners[best]
    score, runner_up = float(scores[best]), float(scores[~mine].max(initial=0.0))
    reached = scores >= thresholds
    facts = score, runner_up, len(prints), float(thresholds[best])
    if not reached.any():
        return Identification(Outcome.NO_MATCH, None, *facts)
    if reached[mine].any() and score - runner_up >= MARGIN:
        return Identification(Outcome.MATCH, prints.keys[owners[best]], *facts)
    return Identification(Outcome.AMBIGUOUS, None, *facts)


def _nobody(needed: float) -> Identification:
    return Identification(Outcome.NO_MATCH, None, 0.0, 0.0, 0, needed)


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
