"""The fault run on both brokers: one that keeps sessions through a kill, and one that forgets them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from simulation.bench.measuring import print_json
from simulation.demo import main
from simulation.processes import ProcessFailed
from simulation.progress import Progress

RUNS = {"mosquitto": ["--scans", "60"], "amqtt": ["--scans", "40"]}
TOLD = ("scans", "journalled", "committed", "lost", "duplicated", "false_matches", "kills", "wrong")


def faults_section(progress: Progress) -> dict[str, Any]:
    """What each run's report says of loss and error; ProcessFailed when anything was wrong."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="pims-faults-") as folder:
        for broker, words in RUNS.items():
            progress(f"faults on {broker}")
            path = Path(folder) / f"{broker}.json"
            status = main(
                ["--headless", "--kill", "--people", "12", *words, "--broker", broker, "--report", str(path)],
                quiet=True,
            )
            if status == 2 or not path.exists():
                raise ProcessFailed(f"the fault run on {broker} could not be made")
            report = json.loads(path.read_text())
            figures[broker] = {name: report[name] for name in TOLD}
    print_json("faults", figures)
    if any(one["wrong"] for one in figures.values()):
        raise ProcessFailed("something was lost, doubled or mistaken: see above")
    return figures
