"""Where everybody is, at the hub: a backlog taken in, the way to the screen, everything folded anew, a day's return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from simulation.bench.drain import drain_figures
from simulation.bench.measuring import Row, print_table
from simulation.bench.rebuild import rebuild_figures
from simulation.bench.returning import returning_figures
from simulation.bench.screen import screen_figures
from simulation.progress import Progress

SOAK_S: Final = 900.0
SOAK_WARM_S: Final = 300.0
"""Until then the caches of the database's connections fill, a few megabytes a minute; a curve over ten minutes showed
the process at one size from 280 s on."""
LIMITS: Final = {
    "drain_ratio": 0.2,
    "commit_to_screen": 300.0,
    "rebuild": 50_000,
    "live": 1_000.0,
    "growth": 5.0,
}


def moving_figures(progress: Progress) -> dict[str, Any]:
    """Keys drain_per_s, drain_ratio, commit_to_screen_ms, rebuild_per_s and returning, printed as a table too."""
    figures = drain_figures(progress) | screen_figures(progress)
    figures |= rebuild_figures(progress) | returning_figures(progress)
    print_table(list(_rows(figures)))
    return figures


def soak_section(progress: Progress) -> dict[str, Any]:
    """A quarter of an hour at the rate of the screens: does the memory of the warm pages stay as it is?"""
    figures = screen_figures(progress, seconds=SOAK_S, warm_s=SOAK_WARM_S)
    memory = figures["memory_mb"]
    figures["memory_growth_percent"] = round(100 * (memory["end"] / memory["start"] - 1), 1)
    print_table(list(_soaked(figures)))
    return figures


def _rows(figures: dict[str, Any]) -> Iterator[Row]:
    for database, per_s in figures["drain_per_s"].items():
        if per_s is not None:
            ratio = figures["drain_ratio"][database]
            yield Row(f"backlog taken in, {database}", per_s, "entries/s")
            yield Row("  beside raw inserts of the same rows", ratio, "", least=LIMITS["drain_ratio"])
    yield from _screen(figures)
    yield Row(
        f"{figures['rebuild_entries']:,} entries folded anew",
        figures["rebuild_per_s"],
        "entries/s",
        least=LIMITS["rebuild"],
    )
    back = figures["returning"]
    yield Row(f"{back['entries']:,} entries of terminals that return", back["entries_per_s"], "entries/s")
    most = back["live_to_screen_ms"]["p99"]
    yield Row("  a live scan meanwhile, to the screen, p99", most or 0.0, "ms", most=LIMITS["live"])
    yield Row("  live scans that never came", back["missing"], "", most=0)


def _screen(figures: dict[str, Any]) -> Iterator[Row]:
    screen = figures["commit_to_screen_ms"]
    yield Row("commit to screen, p50", screen["p50"] or 0.0, "ms")
    yield Row("commit to screen, p99", screen["p99"] or 0.0, "ms", most=LIMITS["commit_to_screen"])
    yield Row("  processor of the pages", 100 * figures["screen_cpu"], "% of one core")


def _soaked(figures: dict[str, Any]) -> Iterator[Row]:
    yield from _screen(figures)
    memory = figures["memory_mb"]
    yield Row("memory of the pages when they began", memory["fresh"], "MB")
    yield Row(f"  after {SOAK_WARM_S:.0f} s at this rate", memory["start"], "MB")
    yield Row("memory of the pages at the end", memory["end"], "MB")
    yield Row("  growth", figures["memory_growth_percent"], "%", most=LIMITS["growth"])
