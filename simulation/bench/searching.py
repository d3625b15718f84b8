"""One finger against 10,000 and 100,000: how long, how much memory, and whether the short list loses anybody."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from scipy.stats import beta

from matching import Gallery, Template, compare
from matching.comparison import build_cylinders
from matching.comparison.short_list import likeness, places, scores
from matching.gallery import MARGIN
from simulation.bench.measuring import Row, milliseconds, resident_bytes
from simulation.bench.population import enrolled_touch, later_touch, prepared_touches
from simulation.progress import Progress

SIZES: Final = {10_000: (200, 2_000, 40), 100_000: (80, 150, 3)}
"""Fingers enrolled: timed searches, mated searches that the first look ranks, and searches that relax everybody."""
LIMITS_MS: Final = {10_000: 60.0, 100_000: 400.0}
FMR: Final = 1e-5
BYTES: Final = 6_000
_SHOWN_EVERY: Final = 500


def search_figures(progress: Progress) -> dict[str, Any]:
    """By number of fingers; one gallery that grows, so that memory is what growing costs."""
    gallery, figures = Gallery(), {}
    before = resident_bytes()
    for size, (timed, ranked, relaxed) in SIZES.items():
        _enrol_up_to(gallery, size, progress)
        grown = resident_bytes() - before
        progress(f"  {timed} searches of {size:,}")
        rng = np.random.default_rng(size)
        probes = [later_touch(int(number), rng) for number in rng.integers(0, size, timed)]
        figures[f"{size}"] = {
            **_times(gallery, probes),
            "bytes_a_finger": round(grown / size),
            "recall": _recall(gallery, ranked, rng, progress),
            "relaxing_everybody": _against_relaxing_everybody(gallery, relaxed, rng, progress),
        }
    return {"search": figures}


def _enrol_up_to(gallery: Gallery, size: int, progress: Progress) -> None:
    progress(f"  drawing and enrolling up to {size:,} fingers")
    for number, cylinders in prepared_touches(len(gallery), size):
        gallery.enrol(str(number), cylinders)
        if not number % _SHOWN_EVERY:
            progress.counting(f"    {number:,}")


def _times(gallery: Gallery, probes: list[Template]) -> dict[str, Any]:
    """Time of a search, and of each phase by itself, over all probes."""
    prints = gallery.snapshot()
    prepared = [build_cylinders(probe) for probe in probes]
    count = places(len(prints))
    rng = np.random.default_rng(0)
    chosen = rng.integers(0, len(prints), (len(probes), count))
    return {
        "identify_ms": milliseconds(lambda i: gallery.identify(probes[i], fmr=FMR), len(probes)),
        "cylinders_ms": milliseconds(lambda i: build_cylinders(probes[i]), len(probes)),
        "first_look_ms": milliseconds(lambda i: likeness(prepared[i], prints), len(probes)),
        "second_look_ms": milliseconds(lambda i: scores(prepared[i], prints, chosen[i]), len(probes)),
        "short_list": count,
    }


def _recall(gallery: Gallery, searches: int, rng: np.random.Generator, progress: Progress) -> dict[str, Any]:
    """Of the mates who would match if everybody were relaxed: how many are on the short list, where at worst."""
    prints = gallery.snapshot()
    number_of = [int(prints.keys[owner]) for owner in prints.owners]
    print_of = {number: index for index, number in enumerate(number_of)}
    needed = math.log10(len(prints) / FMR)
    ranks = []
    progress(f"  {searches} mated searches: is the mate on the short list?")
    for done, number in enumerate(rng.integers(0, len(prints), searches)):
        probe = later_touch(int(number), rng)
        if compare(probe, enrolled_touch(int(number))) < needed:
            continue
        alike = likeness(build_cylinders(probe), prints)
        ranks.append(int((alike > alike[print_of[int(number)]]).sum()))
        progress.counting(f"    {done:,}")
    kept = sum(rank < places(len(prints)) for rank in ranks)
    return {
        "searches": len(ranks),
        "on_the_short_list": kept,
        "percent": round(100 * kept / len(ranks), 3),
        "at_least_percent_95": round(100 * float(beta.ppf(0.05, kept, len(ranks) - kept + 1)), 3),
        "ranked_first": sum(rank == 0 for rank in ranks),
        "worst_rank": max(ranks) + 1,
    }


def _against_relaxing_everybody(
    gallery: Gallery, searches: int, rng: np.random.Generator, progress: Progress
) -> dict[str, int]:
    """How many searches have the answer that they have when every print enrolled gets the second look."""
    prints = gallery.snapshot()
    everybody = np.arange(len(prints))
    same = matches = 0
    for done in range(searches):
        progress.counting(f"    {done} of {searches} searches that relax everybody")
        probe = later_touch(int(rng.integers(0, len(prints))), rng)
        all_scores = scores(build_cylinders(probe), prints, everybody)
        runner_up, best = np.sort(all_scores)[-2:]
        clear = best >= math.log10(len(prints) / FMR) and best - runner_up >= MARGIN
        wanted = prints.keys[prints.owners[int(np.argmax(all_scores))]] if clear else None
        same += int(gallery.identify(probe, fmr=FMR).key == wanted)
        matches += int(clear)
    return {"searches": searches, "same_answer": same, "matches": matches}


def search_rows(figures: dict[str, Any]) -> list[Row]:
    rows = []
    for size, of in figures["search"].items():
        name = f"1 : {int(size):,}"
        took, recall, whole = of["identify_ms"], of["recall"], of["relaxing_everybody"]
        rows += [
            Row(f"{name}, p50", took["p50"], "ms", most=LIMITS_MS[int(size)]),
            Row(f"{name}, p95", took["p95"], "ms"),
            Row(f"{name}, p99", took["p99"], "ms"),
            Row(f"{name}, work of all processors", took["cpu"], "ms"),
            Row(f"{name}, first look: every cylinder, p50", of["first_look_ms"]["p50"], "ms"),
            Row(f"{name}, second look: {of['short_list']} relaxed, p50", of["second_look_ms"]["p50"], "ms"),
            Row(
                f"{name}, mates on the short list, of {recall['searches']}",
                recall["percent"],
                "%",
                least=99.9,
            ),
            Row(f"{name}, worst rank of a mate", recall["worst_rank"], ""),
            Row(
                f"{name}, same answer with everybody relaxed, of {whole['searches']}",
                whole["same_answer"],
                "",
            ),
            Row(f"{name}, memory a finger", of["bytes_a_finger"], "bytes", most=BYTES),
        ]
    return rows
