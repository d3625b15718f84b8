"""The whole prison: finger to lamp at each rate of the line, and decision to screen."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from simulation.bench.measuring import print_json
from simulation.demo import main as demo
from simulation.progress import Progress
from simulation.sensor import FAST256
from simulation.sensor.pace import image_wire_s

RATES = (57_600, 115_200, 921_600)


def spine_section(progress: Progress) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for baud in (None, *RATES):
        progress(f"  a prison whose sensors speak at {baud or 'any'} baud")
        with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
            report = Path(folder) / "report.json"
            _run_demo(report, 120 if baud is None else 24, baud)
            figures["unpaced" if baud is None else str(baud)] = _spine_figures(
                json.loads(report.read_text()), baud
            )
    print_json("spine", figures)
    return figures


def _run_demo(report: Path, scans: int, baud: int | None) -> None:
    words = ["--headless", "--scans", str(scans), "--report", str(report)]
    status = demo([*words, "--baud", str(baud)] if baud is not None else words, quiet=True)
    if status != 0:
        raise SystemExit(
            f"the run at {baud or 'no'} baud ended with status {status}; its figures would mean nothing"
        )


def _spine_figures(report: dict[str, Any], baud: int | None) -> dict[str, Any]:
    keys = (
        "finger_to_lamp_ms",
        "image_to_decision_ms",
        "decision_to_screen_ms",
        "people_per_minute_per_gate",
    )
    figures = {key: report[key] for key in keys}
    if baud is not None:
        wire_ms = image_wire_s(FAST256, baud) * 1000
        figures["image_wire_ms"] = round(wire_ms, 1)
        figures["finger_to_lamp_beyond_wire_ms"] = {
            name: round(value - wire_ms, 1) for name, value in report["finger_to_lamp_ms"].items()
        }
    return figures
