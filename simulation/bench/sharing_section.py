"""`./pims bench sharing`: events carried to four agencies, figures of ten years, and calls of the agencies' interface.

The three are measured one after the other, each on a hub of its own, so that none has the others' work in its time.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hub.database import make_engine, make_sessions
from hub.migrations import upgrade
from hub.reception.seed.making import Order, make
from simulation.bench import sharing, sharing_api, statistics
from simulation.bench.measuring import Row, print_table
from simulation.progress import Progress

PEOPLE: Final = 100_000
YEARS: Final = 10
PAST: Final = 0.1
"""Share of people who have been here before, as in `./pims bench hub`."""
EVENTS_PER_MIN: Final = 10_000
STATISTICS_S: Final = 30.0
API_P95_MS: Final = 80.0


def sharing_section(progress: Progress) -> dict[str, Any]:
    """`events_per_min`, `lost`, `out_of_order`, `statistics_s`, `api_ms`, and what lies behind each."""
    figures = sharing.events_figures(progress)
    print_table(_of_events(figures))
    figures |= _apart(sharing_api.measure)
    print_table(_of_calls(figures["api_ms"]))
    progress(f"  inventing {PEOPLE:,} people with {YEARS} years of facts")
    figures |= _apart(_statistics)
    print_table(
        [Row("figures of ten years, 100,000 people", figures["statistics_s"], "s", most=STATISTICS_S)]
    )
    return figures


def _apart(work: Callable[[Progress], dict[str, Any]]) -> dict[str, Any]:
    """In a process of its own: its memory is then its own, and nothing that others imported or keep slows it."""
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=apart) as alone:
        return alone.submit(work, Progress()).result()


def _statistics(progress: Progress) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'hub.sqlite'}")
        upgrade(engine)
        sessions, at = make_sessions(engine), datetime.now(UTC)
        begun = time.perf_counter()
        make(sessions, Order(PEOPLE, YEARS, 1, at.date(), PAST), lambda _done, _of_all: None)
        seeded_s = round(time.perf_counter() - begun, 1)
        progress(f"  figures of {YEARS} years")
        figures = statistics.measure(sessions, datetime.now(UTC))
        engine.dispose()
    return figures | {"statistics_people": PEOPLE, "statistics_seed_s": seeded_s}


def _of_events(figures: dict[str, Any]) -> list[Row]:
    return [
        Row("events a minute, each to four agencies", figures["events_per_min"], "", least=EVENTS_PER_MIN),
        Row("events lost", figures["lost"], "", most=0),
        Row("events out of order for a person", figures["out_of_order"], "", most=0),
        Row("signatures or digests that were wrong", figures["forged"], "", most=0),
    ]


def _of_calls(api: dict[str, float]) -> list[Row]:
    return [
        Row("a call of the interface, p50", api["p50"], "ms"),
        Row("a call of the interface, p95", api["p95"], "ms", most=API_P95_MS),
        Row("a call of the interface, p99", api["p99"], "ms"),
    ]
