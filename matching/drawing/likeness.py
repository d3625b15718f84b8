"""Scores of synthetic and of real prints, side by side: a table for a console, a page with both distributions."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.drawing.charts import style_of
from matching.drawing.svg import Chart, even_axis, log_axis
from matching.synthesis.likeness import GENUINE_PERCENT, IMPOSTOR_PERCENT, Likeness

POINTS: Final = 160
"""Of each curve."""
_STEPS: Final = tuple(each * 10.0**power for power in range(-4, 2) for each in (1, 2, 5))
"""Between two ticks of an axis."""


def likeness_table(found: Mapping[str, Likeness]) -> str:
    """Percentiles of the raw scores as lines of text."""
    widest = max(len(name) for name in found)
    head = [
        f"{'':<{widest}}  minutiae",
        *(f"{p:g} %" for p in GENUINE_PERCENT),
        "|",
        *(f"{p:g} %" for p in IMPOSTOR_PERCENT),
    ]
    lines = ["raw scores at or below which this share of the pairs lies: genuine pairs | impostor pairs"]
    lines.append("  ".join(f"{each:>7}" for each in head))
    for name, each in found.items():
        cells = [f"{np.median(each.minutiae):.0f}"]
        cells += [f"{np.percentile(each.genuine, p):.3f}" for p in GENUINE_PERCENT]
        cells += ["|", *(f"{np.percentile(each.impostor, p):.4f}" for p in IMPOSTOR_PERCENT)]
        lines.append(f"{name:<{widest}}  " + "  ".join(f"{cell:>7}" for cell in cells))
    return "\n".join(lines)


def likeness_page(found: Mapping[str, Likeness]) -> str:
    """One self-contained HTML file."""
    style = resources.files("matching.drawing").joinpath("page.css").read_text(encoding="utf-8")
    legend = "".join(
        f'<li><svg viewBox="0 0 32 12" aria-hidden="true"><path class="line {style_of(number)}" d="M0 6H32"/></svg>'
        f"{escape(name)}: {len(each.genuine):,} genuine, {len(each.impostor):,} impostor pairs</li>"
        for number, (name, each) in enumerate(found.items())
    )
    charts = "".join(
        f"<figure>{chart.svg()}<figcaption>{escape(chart.title)}</figcaption></figure>"
        for chart in (_genuine(found), _impostors(found))
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Synthetic and real prints</title><style>{style}</style></head><body><main>"
        "<h1>Do synthetic prints compare as real ones do?</h1>"
        "<p>Raw scores, before calibration. This says how true to life the synthesis is, nothing about the accuracy"
        f' of the engine.</p><ul class="legend">{legend}</ul><div class="figures">{charts}</div>'
        f'<div class="wide"><pre>{escape(likeness_table(found))}</pre></div></main></body></html>\n'
    )


def _genuine(found: Mapping[str, Likeness]) -> Chart:
    most = float(max(np.percentile(each.genuine, 99) for each in found.values()))
    step = next(each for each in _STEPS if most / each <= 8)
    chart = Chart(
        "Genuine pairs below a score",
        _words(found, "genuine", 50),
        even_axis("raw score", most, step),
        even_axis("genuine pairs below it", 100, 20, " %"),
    )
    scores = np.linspace(0, most, POINTS)
    for number, each in enumerate(found.values()):
        chart.line(scores.tolist(), (100 * _below(each.genuine, scores)).tolist(), style_of(number))
    return chart


def _impostors(found: Mapping[str, Likeness]) -> Chart:
    most = float(max(each.impostor.max() for each in found.values()))
    step = next(each for each in _STEPS if most / each <= 8)
    fewest = min(100 / len(each.impostor) for each in found.values())
    chart = Chart(
        "Impostor pairs that reach a score",
        _words(found, "impostor", 99.9),
        even_axis("raw score", most, step),
        log_axis("impostor pairs that reach it", min(fewest, 1), 100, " %"),
    )
    scores = np.linspace(0, most, POINTS)
    for number, each in enumerate(found.values()):
        share = 100 * (1 - _below(each.impostor, scores))
        seen = share > 0
        chart.line(scores[seen].tolist(), share[seen].tolist(), style_of(number))
    return chart


def _below(values: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.searchsorted(np.sort(values), at, side="left") / len(values))


def _words(found: Mapping[str, Likeness], kind: str, percent: float) -> str:
    values = {name: np.percentile(getattr(each, kind), percent) for name, each in found.items()}
    return (
        f"{percent:g} per cent lie below: " + ", ".join(f"{name} {v:.3f}" for name, v in values.items()) + "."
    )
