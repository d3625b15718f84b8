"""Times, memory, and a table of figures with what is asked of them."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.processes import pin
from simulation.report import percentiles


@dataclass(frozen=True)
class Row:
    """One line of a table: `most` (or `least`) is what is asked of the figure, None for what is only told."""

    name: str
    figure: float
    unit: str
    most: float | None = None
    least: float | None = None

    def words(self) -> tuple[str, str, str]:
        """What it is, how much, and what is asked."""
        figure = (
            f"{self.figure:,.1f}" if abs(self.figure) >= 10 and self.unit != "%" else f"{self.figure:.4g}"
        )
        if self.most is not None:
            asked = f"at most {self.most:g}{'' if self.figure <= self.most else ': MISSED'}"
        elif self.least is not None:
            asked = f"at least {self.least:g}{'' if self.figure >= self.least else ': MISSED'}"
        else:
            asked = ""
        return self.name, f"{figure} {self.unit}".rstrip(), asked


def print_table(rows: Sequence[Row]) -> None:
    lines = [row.words() for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(2)]
    for name, figure, asked in lines:
        print(f"  {name:<{widths[0]}}  {figure:>{widths[1]}}  {asked}".rstrip(), flush=True)


def print_json(name: str, figures: dict[str, Any]) -> None:
    print(json.dumps({name: figures}, indent=2), flush=True)


def milliseconds(work: Callable[[int], object], times: int) -> dict[str, float | None]:
    """p50, p95, p99 of `work(i)`, in ms; and `cpu`, what the processors worked for each on average, in ms."""
    taken = []
    worked = time.process_time()
    for i in range(times):
        begun = time.perf_counter()
        work(i)
        taken.append((time.perf_counter() - begun) * 1000)
    worked = time.process_time() - worked
    return {**percentiles(taken), "cpu": round(worked / times * 1000, 3)}


@contextmanager
def one_core() -> Iterator[None]:
    """This process, with all its threads, on its first core only."""
    allowed = os.sched_getaffinity(0)
    pin(os.getpid(), {min(allowed)})
    try:
        yield
    finally:
        pin(os.getpid(), allowed)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    told = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.split(":", 1)[1].strip() for line in told if line.startswith("model name")), "")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "machine": f"{model or platform.machine()}, {memory / 1e9:.0f} GB, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def resident_bytes() -> int:
    """Memory of this process that is there and not only promised."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
