"""The four pictures of an evaluation; rates and shares in per cent as in its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from matching.comparison.calibration import SUPPORTED
from matching.drawing.svg import Axis, Chart, even_axis, log_axis

Figures = Mapping[str, Any]


def style_of(number: int) -> str:
    """Class of the n-th set: colours repeat after eight, with another dash."""
    return f"s{number % 8} d{number // 8 % 3}"


def det_chart(title: str, rows: Sequence[tuple[str, Figures, str]]) -> Chart:
    """False non-matches against false matches, both logarithmic, for (name, figures, style) of each curve."""
    most_impostors = max(row["impostor"] for _, row, _ in rows)
    most_genuine = max(row["genuine"] for _, row, _ in rows)
    chart = Chart(
        title,
        "; ".join(f"{name}: {_det_words(row)}" for name, row, _ in rows) + ".",
        log_axis("false matches (impostor pairs that match)", min(100 / most_impostors, 1), 100, " %"),
        log_axis("false non-matches (genuine pairs that do not)", min(50 / most_genuine, 1), 100, " %"),
    )
    for _, row, style in rows:
        chart.line(row["det"]["fmr"], row["det"]["fnmr"], style)
    return chart


def _det_words(row: Figures) -> str:
    if not row["zerofmr"]:
        return "a threshold parts all genuine from all impostor pairs"
    return (
        f"equal error rate {row['eer']:g} per cent, {row['fmr100']:g} per cent of genuine pairs missed where one"
        f" impostor in 100 matches, {row['fmr1000']:g} per cent where one in 1,000 does"
    )


def histogram_chart(title: str, row: Figures) -> Chart:
    """How many pairs have which score; logarithmic, so that single pairs are seen."""
    bins = row["histogram"]
    count = len(bins["genuine"])
    edges = [place * bins["bin"] for place in range(count + 1)]
    most = max(*bins["genuine"], *bins["impostor"])
    chart = Chart(
        title,
        f"{row['genuine']} genuine and {row['impostor']} impostor pairs by score, in steps of {bins['bin']}."
        f" Highest impostor below {_end(bins['impostor'], bins['bin']):g}, lowest genuine from"
        f" {_begin(bins['genuine'], bins['bin']):g}.",
        even_axis("score", edges[-1], 2),
        _counts_axis(most),
    )
    for kind in ("impostor", "genuine"):
        chart.bars(edges, [max(height, chart.y.low) for height in bins[kind]], kind)
    return chart


def _counts_axis(most: int) -> Axis:
    """Logarithmic, with room below one pair, so that a single one has a height."""
    return replace(log_axis("pairs", 1, max(most, 10)), low=0.5)


def _end(counts: Sequence[int], width: float) -> float:
    return max(place + 1 for place, count in enumerate(counts) if count) * width


def _begin(counts: Sequence[int], width: float) -> float:
    return min(place for place, count in enumerate(counts) if count) * width


def meaning_chart(title: str, rows: Sequence[tuple[str, Figures, str]]) -> Chart:
    """Does one impostor in 10^score reach the score? On the straight line it does; below it, fewer do.

    The last of the rows, which should be all pairs, gets its 95 % intervals.
    """
    most = max(row["impostor"] for _, row, _ in rows)
    lowest = min(100 / most, 100 * 10**-SUPPORTED)
    chart = Chart(
        title,
        "; ".join(f"{name}: {_claims(row)}" for name, row, _ in rows) + ".",
        even_axis("score", 7, 1),
        log_axis("impostor pairs that reach it", lowest, 100, " %"),
    )
    chart.line([0, 7], [100, 100 * 10**-7.0], "claim")
    chart.upright(SUPPORTED, "extrapolated from here")
    for at in rows[-1][1]["thresholds"]:
        if at["score"] <= 7:
            chart.whisker(at["score"], *at["fmr_interval"])
    for _, row, style in rows:
        chart.line(row["exceedance"]["score"], row["exceedance"]["share"], style)
    return chart


def _claims(row: Figures) -> str:
    return ", ".join(
        f"score {at['score']:g} claims {at['claimed_fmr']:g} and has {at['fmr']:g} per cent"
        for at in row["thresholds"][1:4]
    )


def discard_chart(title: str, row: Figures) -> Chart:
    """Genuine pairs that fail when the images of worst quality are left out."""
    curves = [curve for curve in row["discard"] if curve["fnmr"][0] > 0]
    highest = max((max(curve["fnmr"]) for curve in curves), default=1.0)
    step = next(each for each in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if highest / each <= 6)
    chart = Chart(
        title,
        "; ".join(_discard_words(curve) for curve in curves) + "."
        if curves
        else "No genuine pair fails, so there is nothing to foresee.",
        even_axis("images left out, worst quality first", 50, 10, " %"),
        even_axis("genuine pairs left that fail", step * -(-highest // step), step, " %"),
    )
    for curve, style in zip(row["discard"], ("genuine", "impostor"), strict=True):
        if curve["fnmr"][0] > 0:
            chart.line([0, 50], [curve["fnmr"][0]] * 2, f"guide {style}")
            chart.steps([*curve["discarded"], 50], [*curve["fnmr"], curve["fnmr"][-1]], style)
    if not curves:
        chart.note("No genuine pair fails at this threshold.")
    return chart


def _discard_words(curve: Figures) -> str:
    at = {share: _value_at(curve, share) for share in (10, 20)}
    return (
        f"at score {curve['score']:g}, {curve['fnmr'][0]:g} per cent of genuine pairs fail; without the worst 10 per"
        f" cent of the images {at[10]:g}, without the worst 20 per cent {at[20]:g}"
    )


def _value_at(curve: Figures, share: float) -> float:
    reached = [
        value
        for value, discarded in zip(curve["fnmr"], curve["discarded"], strict=True)
        if discarded <= share
    ]
    return float(reached[-1])
