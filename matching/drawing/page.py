"""The report of an evaluation as one page that needs no network and no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from importlib import resources
from typing import Any

from matching.comparison.calibration import SUPPORTED
from matching.drawing import charts, tables
from matching.drawing.charts import style_of
from matching.drawing.svg import Chart

Figures = Mapping[str, Any]
Named = Sequence[tuple[str, Figures, str]]


def evaluation_page(figures: Figures) -> str:
    """HTML of what `pims-matching evaluate --report` writes."""
    style = resources.files("matching.drawing").joinpath("page.css").read_text(encoding="utf-8")
    named = [(name, row, style_of(number)) for number, (name, row) in enumerate(figures["sets"].items())]
    body = [_head(figures), _overview(figures, named), _meaning(figures, named), _times(figures)]
    body += [_set_section(number, name, row) for number, (name, row, _) in enumerate(named)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Fingerprint matching: error rates</title><style>{style}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _head(figures: Figures) -> str:
    pooled, sets = figures["pooled"], figures["sets"]
    images = sum(row["images"] for row in sets.values())
    cards = [
        ("mean EER", f"{tables.percent(figures['mean_eer'])} %"),
        ("pooled EER", f"{tables.percent(figures['pooled_eer'])} %"),
        ("mean FMR1000", f"{tables.percent(figures['mean_fmr1000'])} %"),
        ("extraction", f"{_mean(sets, 'extract_ms'):.0f} ms"),
        ("comparison", f"{_mean(sets, 'compare_us'):.0f} µs"),
    ]
    if figures.get("memory_mb"):
        cards.append(("peak memory of this run", f"{figures['memory_mb']:.0f} MB"))
    links = "".join(f'<a href="#set{number}">{escape(name)}</a>' for number, name in enumerate(sets))
    return (
        "<h1>Fingerprint matching: error rates</h1>"
        f"<p>{_count(len(sets), 'set')}, {images:,} images, {pooled['genuine']:,} pairs of one finger (genuine) and"
        f" {pooled['impostor']:,} pairs of different fingers (impostor): every pair there is. Extractor"
        f" {escape(figures['extractor'])}, engine {escape(figures['engine'])}, made {_moment(figures['made_at'])}.</p>"
        f'<dl class="cards">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in cards)}</dl>'
        f"<nav>{links}</nav>"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _mean(sets: Figures, key: str) -> float:
    return float(sum(row[key] for row in sets.values()) / len(sets))


def _overview(figures: Figures, named: Named) -> str:
    rows: Named = [*named, ("all pairs pooled", figures["pooled"], "pooled")]
    return (
        "<h2>Error rates</h2>"
        + tables.rates_table(figures)
        + '<div class="figures">'
        + _figure(
            charts.det_chart("Trade-off between the two errors", rows),
            "Each threshold is a point: the stricter, the further left and up. Lower is better. A curve ends where no"
            " pair is left to err.",
            rows,
        )
        + _figure(
            charts.histogram_chart("Scores of all pairs", figures["pooled"]),
            "Genuine pairs should lie right, impostors left, with little in common.",
            _KINDS,
        )
        + "</div>"
    )


_KINDS: Named = (("genuine pairs", {}, "genuine"), ("impostor pairs", {}, "impostor"))


def _meaning(figures: Figures, named: Named) -> str:
    rows: Named = [*named, ("all pairs pooled", figures["pooled"], "pooled")]
    return (
        "<h2>What a score means, and which threshold</h2>"
        "<p>A score is the negative power of ten of the share of impostors that reach it: 4.0 is what one impostor pair"
        f" in 10,000 reaches. Up to {SUPPORTED:g} that share was observed when the scale was made; scores beyond it (*)"
        " extrapolate. They rank, but where a decision needs them, ask for a second finger.</p>"
        "<p>A search compares with everyone, and every comparison may err: the more prints, the higher the score must"
        " be.</p>"
        + tables.thresholds_table(
            figures["pooled"],
            "What thresholds do to all pairs of this evaluation, with 95 % intervals (Clopper-Pearson; pairs of one"
            " finger are not independent, so the truth may lie somewhat further out).",
            with_uses=True,
        )
        + '<div class="figures">'
        + _figure(
            charts.meaning_chart("What the score claims, and what it does", rows),
            "On the dashed line a score keeps its word exactly; below it, fewer impostors reach it than it says."
            " Upright bars: 95 % intervals for all pairs.",
            [("claimed", {}, "claim"), *rows],
        )
        + tables.galleries_table()
        + "</div>"
    )


def _times(figures: Figures) -> str:
    machine = figures["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items() if version)
    return (
        "<h2>Time and memory</h2>"
        + tables.times_table(figures)
        + f'<p class="soft">{escape(machine["processor"])}, {machine["cores"]} cores, {escape(machine["system"])},'
        f" Python {escape(machine['python'])}, {escape(libraries)}; {_count(figures['jobs'], 'image')} at a time.</p>"
    )


def _set_section(number: int, name: str, row: Figures) -> str:
    parts = [
        f'<h2 id="set{number}">{escape(name)}</h2>',
        f"<p>{row['fingers']} fingers, {row['images']} images of {row['dpi']:g} dpi. Equal error rate"
        f" {tables.percent(row['eer'])} %, {row['refused']} images refused.{_left_out(row)}</p>",
        '<div class="figures">',
        _figure(
            charts.histogram_chart(f"{name}: scores", row),
            "Genuine pairs should lie right, impostors left.",
            _KINDS,
        ),
        _figure(
            charts.det_chart(f"{name}: trade-off", [(name, row, "genuine")]),
            "Each threshold is a point: the stricter, the further left and up.",
            (),
        ),
        _discard(name, row) if row["discard"] else "",
        tables.missed_table(row),
        "</div>",
        tables.thresholds_table(row, "What thresholds do to this set, with 95 % intervals."),
    ]
    return "".join(parts)


def _left_out(row: Figures) -> str:
    if not row["unreadable_files"]:
        return ""
    return f" Left out because they cannot be read: {escape(', '.join(row['unreadable_files']))}."


def _discard(name: str, row: Figures) -> str:
    named: Named = [
        (f"missed at score {curve['score']:.1f}", {}, style)
        for curve, style in zip(row["discard"], ("genuine", "impostor"), strict=True)
    ]
    return _figure(
        charts.discard_chart(f"{name}: does the quality foresee misses?", row),
        "Images of the worst quality are left out first. A quality that knows nothing stays on the dotted line.",
        named,
    )


def _figure(chart: Chart, caption: str, legend: Named) -> str:
    entries = "".join(
        f'<li><svg viewBox="0 0 32 12" aria-hidden="true"><path class="line {style}" d="M1 6H31"/></svg>'
        f"{escape(name)}</li>"
        for name, _, style in legend
    )
    return (
        f"<figure><h3>{escape(chart.title)}</h3>{chart.svg()}"
        + (f'<ul class="legend">{entries}</ul>' if entries else "")
        + f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
