"""A real agent with a roll of 2,400 fingers: start, memory, the stages of a decision, its journal and its backlog."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from simulation.bench.lone_terminal import measure
from simulation.bench.measuring import Row, print_table
from simulation.bench.stages import STAGES
from simulation.progress import Progress
from simulation.sensor import FAST256
from simulation.sensor.pace import image_wire_s

FINGERS = 2_400
"""A prison of 1,200 with two fingers each."""

START_MOST_S = 15.0
RATES = (57_600, 115_200, 921_600)


def terminal_section(progress: Progress) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
        figures = measure(Path(folder), FINGERS, progress)
    print_table(rows(figures))
    return figures


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table, with what is asked where something is."""
    fingers, journal, drain = figures["roll_fingers"], figures["journal"], figures["drain"]
    whole = figures["image_to_lamp_ms_one_core"]
    return [
        Row(
            f"start to ready, roll of {fingers:,} fingers",
            figures["start_to_ready_s"],
            "s",
            most=START_MOST_S,
        ),
        *(Row(f"  of it {_step(name)}", took, "s") for name, took in figures["start_stages_s"].items()),
        Row("memory, at its most", figures["resident_mb"], "MB"),
        *(
            Row(f"image over the line at {rate} baud", image_wire_s(FAST256, rate) * 1000, "ms")
            for rate in RATES
        ),
        *_stage_rows(figures["stages_ms_one_core"]),
        Row("last image byte to lamp, the agent on one core, p50", whole["p50"], "ms"),
        Row("last image byte to lamp, the agent on one core, p95", whole["p95"], "ms"),
        Row("journal, durable commits", journal["commits_a_second"], "/s"),
        Row("journal, disk an entry", journal["bytes_an_entry"], "bytes"),
        Row(
            f"backlog a GB holds, at {journal['scans_a_day']:,} scans a day",
            journal["days_a_gb"],
            "days",
            least=7,
        ),
        Row(f"backlog of {drain['entries']:,} drains at", drain["entries_a_second"], "entries/s"),
        *(
            Row(f"live entry to hub meanwhile, {name}", value, "ms")
            for name, value in drain["live_delay_ms"].items()
            if name != "p99" and value is not None
        ),
        Row("live entries meanwhile", drain["live_entries"], ""),
    ]


def _stage_rows(stages: dict[str, dict[str, float]]) -> list[Row]:
    return [
        Row(f"{'all stages' if stage == 'all' else stage}, one core, {name}", stages[stage][name], "ms")
        for stage in (*STAGES, "all")
        for name in ("p50", "p95")
    ]


def _step(name: str) -> str:
    return "until the sensor answers, with all before" if name == "since_start_s" else name.removesuffix("_s")
