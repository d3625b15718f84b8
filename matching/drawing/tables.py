"""The tables of an evaluation's page, and how its numbers are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from matching.comparison.calibration import CEILING, SUPPORTED
from matching.drawing.words import USES

Figures = Mapping[str, Any]

GALLERIES: Final = (1, 30, 300, 2_400, 10_000, 100_000)
"""From one known person over a group and a wing to a prison with two fingers each, and a national roll."""
SEARCH_RATES: Final = (1e-2, 1e-3, 1e-4, 1e-5)


def percent(value: float) -> str:
    """As many digits as count, without the sign: 0, 0.0347, 1.43, 12.5, 100."""
    if not value:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 6)}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def table(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], words: int = -1, total: int = 0
) -> str:
    """Cells are text; the first of each row names it. `words` is a column of prose, `total` rows at the end sum up."""
    rows = list(rows)
    lines = []
    for number, row in enumerate(rows):
        cells = "".join(
            f"<td{' class=words' if place == words else ''}>{escape(cell)}</td>"
            for place, cell in enumerate(row[1:], 1)
        )
        kind = " class=total" if number >= len(rows) - total else ""
        lines.append(f'<tr{kind}><th scope="row">{escape(row[0])}</th>{cells}</tr>')
    heads = "".join(
        f'<th scope="col"{" class=words" if place == words else ""}>{escape(name)}</th>'
        for place, name in enumerate(head)
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def rates_table(figures: Figures) -> str:
    keys = ("eer", "fmr100", "fmr1000", "zerofmr")
    rows = [
        [name, f"{row['genuine']:,}", f"{row['impostor']:,}", *(percent(row[key]) for key in keys)]
        for name, row in (*figures["sets"].items(), ("all pairs pooled", figures["pooled"]))
    ]
    rows.append(["mean of the sets", "", "", *(percent(figures[f"mean_{key}"]) for key in keys)])
    return table(
        "Error rates in per cent. FMR100, FMR1000, ZeroFMR: genuine pairs missed where one impostor pair in 100, one in"
        " 1,000, none matches.",
        ("set", "genuine pairs", "impostor pairs", "EER", "FMR100", "FMR1000", "ZeroFMR"),
        rows,
        total=2,
    )


def thresholds_table(row: Figures, caption: str, with_uses: bool = False) -> str:
    rows = []
    for at in row["thresholds"]:
        cells = [
            f"{at['score']:g}" + (" *" if at["score"] > SUPPORTED else ""),
            f"1 in {10 ** at['score']:,.0f}",
            f"{percent(at['fmr'])} ({_interval(at['fmr_interval'])})",
            f"{at['false_matches']:,}",
            f"{percent(at['fnmr'])} ({_interval(at['fnmr_interval'])})",
            f"{at['false_non_matches']:,}",
        ]
        rows.append([*cells, USES.get(at["score"], "")] if with_uses else cells)
    head = [
        "score",
        "impostors it claims to let in",
        "false matches, %",
        "pairs",
        "false non-matches, %",
        "pairs",
    ]
    return table(caption, [*head, "enough for"] if with_uses else head, rows, words=6 if with_uses else -1)


def _interval(ends: Sequence[float]) -> str:
    return " to ".join(percent(end) for end in ends)


def galleries_table() -> str:
    """Score that each comparison of a search must reach."""
    rows = []
    for prints in GALLERIES:
        scores = [math.log10(prints / rate) for rate in SEARCH_RATES]
        rows.append([f"{prints:,}", *(_needed(score) for score in scores)])
    head = ("prints searched", *(f"1 in {1 / rate:,.0f}" for rate in SEARCH_RATES))
    return table(
        "Score that a print must reach so that an unknown finger is taken for anyone at all in at most so many"
        " searches.",
        head,
        rows,
    )


def _needed(score: float) -> str:
    if score > CEILING:
        return "out of reach"
    return f"{score:.1f}" + (" *" if score > SUPPORTED else "")


def times_table(figures: Figures) -> str:
    rows = [
        [
            name,
            str(row["images"]),
            str(row["fingers"]),
            f"{row['dpi']:g}",
            str(row["refused"]),
            str(row["unreadable"]),
            f"{row['extract_ms']:.1f}",
            f"{row['extract_p95_ms']:.1f}",
            f"{row['extract_cpu_ms']:.1f}",
            f"{row['prepare_ms']:.2f}",
            f"{row['compare_us']:.0f}",
            f"{row['prepared_bytes'] / 1024:.1f}",
        ]
        for name, row in figures["sets"].items()
    ]
    head = (
        "set",
        "images",
        "fingers",
        "dpi",
        "refused",
        "unreadable",
        "extract, ms",
        "95 % within, ms",
        "processor, ms",
        "prepare, ms",
        "compare, µs",
        "memory a print, KB",
    )
    return table("Means of each step alone, reading files not included.", head, rows)


def missed_table(row: Figures) -> str:
    """The trade-off in figures."""
    points = list(zip(row["det"]["fmr"], row["det"]["fnmr"], row["det"]["threshold"], strict=True))
    rows = []
    for allowed in (10.0, 1.0, 0.1, 0.01, 0.001):
        if allowed * row["impostor"] < 100:
            continue
        _, missed, threshold = next(point for point in points if point[0] <= allowed + 1e-9)
        rows.append(
            [
                f"{allowed:g} %",
                f"{percent(missed)} %",
                "above all" if threshold is None else f"{threshold:.2f}",
            ]
        )
    return table(
        "The trade-off in figures.", ("false matches at most", "genuine pairs missed", "from score"), rows
    )
