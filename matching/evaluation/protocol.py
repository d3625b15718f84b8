"""The protocol of the Fingerprint Verification Competitions, with all impostor pairs.

Genuine: every two impressions of one finger. Impostor: every two impressions of different fingers. An image that the
engine refuses stays in the protocol: all its scores are 0.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.comparison import NO_CYLINDERS, build_cylinders, compare_cylinders
from matching.errors import ImageError
from matching.evaluation.rates import Scores
from matching.prints import Impression
from matching.template import Template

Follow = Callable[[Iterable[Any], str, int], Iterable[Any]]
"""`follow(items, what, count)` passes the items on and may show how far it is."""

NO_QUALITY: Final = -1
_PAIRS_AT_A_TIME: Final = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """One impression after extraction.

    - `template`: None when the engine refused the image
    - `quality`: 0 to 100, NO_QUALITY when nobody asked
    - `extract_ms`: of the extraction alone, without reading the file; `cpu_ms` of it in the calling thread
    - `file`, `refusal`: name of the image file, and the sentence with which the engine refused it
    """

    finger: str
    template: Template | None
    quality: int = NO_QUALITY
    extract_ms: float = 0.0
    cpu_ms: float = 0.0
    file: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SetResult:
    """Scores of one set.

    - `genuine`, `impostor`: float64, one score a pair
    - `genuine_images`: int64 [genuine pairs, 2], which images they are of
    - `quality`: int64, one an image, NO_QUALITY where nobody asked
    - `extract_ms`, `cpu_ms`: float64, one an image
    - `compare_us`: mean of a comparison alone, templates prepared
    - `prepare_ms`: mean of preparing a template for comparison
    - `prepared_bytes`: mean size of a template so prepared
    - `fingers`: number of them
    - `refused`: images that could not be used
    """

    genuine: Scores
    impostor: Scores
    genuine_images: NDArray[np.int64]
    quality: NDArray[np.int64]
    extract_ms: NDArray[np.float64]
    cpu_ms: NDArray[np.float64]
    compare_us: float
    prepare_ms: float
    prepared_bytes: float
    fingers: int
    refused: int

    @property
    def images(self) -> int:
        return len(self.quality)


def evaluate_set(
    impressions: Sequence[Impression],
    extract: Callable[[Impression], Template],
    follow: Follow = lambda items, _what, _count: items,
) -> SetResult:
    """Extract every impression once and compare every two of them; `extract` may raise ImageError."""
    return compare_all(
        [extracted(each, extract) for each in follow(impressions, "extracting", len(impressions))], follow
    )


def extracted(impression: Impression, extract: Callable[[Impression], Template]) -> Taken:
    """The impression with the time that `extract` took for it."""
    started, cpu_started = time.perf_counter(), time.thread_time()
    template: Template | None
    refusal = ""
    try:
        template = extract(impression)
    except ImageError as fault:
        template, refusal = None, str(fault)
    cpu, wall = time.thread_time() - cpu_started, time.perf_counter() - started
    return Taken(
        impression.finger,
        template,
        extract_ms=1e3 * wall,
        cpu_ms=1e3 * cpu,
        file=impression.path.name,
        refusal=refusal,
    )


def compare_all(
    impressions: Sequence[Taken], follow: Follow = lambda items, _what, _count: items
) -> SetResult:
    """Every two impressions compared once."""
    started = time.perf_counter()
    prepared = [
        NO_CYLINDERS if each.template is None else build_cylinders(each.template) for each in impressions
    ]
    prepare_ms = (time.perf_counter() - started) / max(1, len(impressions)) * 1e3
    first, second = np.triu_indices(len(impressions), 1)
    scores = np.empty(len(first))
    spent = 0.0
    # Some pairs at a time are timed and followed: showing how far it is must not count as comparing.
    begins = range(0, len(scores), _PAIRS_AT_A_TIME)
    for begin in follow(begins, "comparing", len(begins)):
        part = slice(begin, begin + _PAIRS_AT_A_TIME)
        pairs = [(prepared[a], prepared[b]) for a, b in zip(first[part], second[part], strict=True)]
        started = time.perf_counter()
        found = [compare_cylinders(probe, candidate) for probe, candidate in pairs]
        spent += time.perf_counter() - started
        scores[part] = found
    fingers = np.array([each.finger for each in impressions])
    same = fingers[first] == fingers[second]
    return SetResult(
        genuine=scores[same],
        impostor=scores[~same],
        genuine_images=np.stack([first[same], second[same]], axis=1),
        quality=np.array([each.quality for each in impressions], dtype=np.int64),
        extract_ms=np.array([each.extract_ms for each in impressions]),
        cpu_ms=np.array([each.cpu_ms for each in impressions]),
        compare_us=spent / max(1, len(scores)) * 1e6,
        prepare_ms=prepare_ms,
        prepared_bytes=float(np.mean([each.rows.nbytes for each in prepared])) if prepared else 0.0,
        fingers=len(set(fingers.tolist())),
        refused=sum(each.template is None for each in impressions),
    )
