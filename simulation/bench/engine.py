"""The fingerprint engine alone: one image, one comparison, one finger against many, and the first scan of the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matching
from matching.comparison import build_cylinders, compare_cylinders
from matching.synthesis import make_finger
from simulation.bench.fresh import first_scan_of_the_day
from simulation.bench.measuring import Row, milliseconds, one_core, print_table
from simulation.bench.population import enrolled_touch
from simulation.bench.searching import search_figures, search_rows
from simulation.progress import Progress

FINGERS = 4
"""Whose images are grown: a second each."""
TEMPLATES = 200


def matching_section(progress: Progress) -> dict[str, Any]:
    """All figures that are asked of the engine, and a table of them with what is asked."""
    progress("  kernels and model")
    matching.warm_up()
    progress("  the first scan of a fresh process")
    figures: dict[str, Any] = {"data": "synthetic", **first_scan_of_the_day()}
    progress("  one image on one core")
    figures.update(_image_figures())
    progress("  one comparison")
    figures.update(_comparison_figures())
    figures.update(search_figures(progress))
    print_table([*_rows(figures), *search_rows(figures)])
    return figures


def _image_figures() -> dict[str, Any]:
    images = [make_finger(seed).impression(n, grey_levels=16) for seed in range(FINGERS) for n in range(1, 7)]
    figures: dict[str, Any] = {"image": "256x288, 16 grey levels"}
    with one_core():
        figures["assess_ms"] = milliseconds(lambda i: matching.assess(images[i]), len(images))
        for name, extractor in _extractors().items():
            matching.extract(images[0], extractor=extractor)
            figures[f"{name}_ms"] = milliseconds(_extraction(images, extractor), len(images))
    return figures


def _extraction(images: list[Any], extractor: matching.Extractor | None) -> Callable[[int], object]:
    return lambda i: matching.extract(images[i], extractor=extractor)


def _extractors() -> dict[str, matching.Extractor | None]:
    """The default one, and the classical one of engines that have it."""
    classical = getattr(matching, "ClassicalExtractor", None)
    return {"leader": None, **({"classical": classical()} if classical else {})}


def _comparison_figures() -> dict[str, Any]:
    """Of prints of different fingers, which nearly all comparisons of a search are."""
    templates = [enrolled_touch(number) for number in range(TEMPLATES)]
    prepared = [build_cylinders(template) for template in templates]
    pairs = TEMPLATES * (TEMPLATES - 1) // 2

    def compare_all(_: int) -> None:
        for place, first in enumerate(prepared):
            for second in prepared[:place]:
                compare_cylinders(first, second)

    with one_core():
        cylinders = milliseconds(lambda i: build_cylinders(templates[i]), TEMPLATES)
        spent = milliseconds(compare_all, 1)["cpu"] or 0.0
    return {
        "minutiae": round(sum(len(template) for template in templates) / TEMPLATES, 1),
        "cylinders_ms": cylinders,
        "compare_us": round(1000 * spent / pairs, 1),
        "compared_pairs": pairs,
    }


def _rows(figures: dict[str, Any]) -> list[Row]:
    return [
        Row("import of matching and its kernels, fresh process", figures["import_s"], "s", most=1),
        Row("first scan of the day, model and kernels loaded by it", figures["first_scan_ms"], "ms"),
        Row("kernels compiled for it", len(figures["kernels_compiled"]), "", most=0),
        Row("quality of an image, one core, p50", figures["assess_ms"]["p50"], "ms"),
        *(
            Row(
                f"minutiae by the {name} extractor, one core, p50",
                figures[f"{name}_ms"]["p50"],
                "ms",
                most=most,
            )
            for name, most in (("leader", 120), ("classical", 60))
            if f"{name}_ms" in figures
        ),
        Row("cylinders of a template, one core, p50", figures["cylinders_ms"]["p50"], "ms", most=2),
        Row("one relaxed comparison, processor time, mean", figures["compare_us"], "us", most=60),
    ]
