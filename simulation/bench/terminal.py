"""A real agent on one core with a roll of 2,400 fingers: start, memory, decision after the last image byte."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from simulation.bench.measuring import print_json
from simulation.lone_terminal import measure
from simulation.progress import Progress

FINGERS = 2_400
"""A prison of 1,200 with two fingers each."""


def terminal_section(_progress: Progress) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
        figures = measure(Path(folder), FINGERS)
    print_json("terminal", figures)
    return figures
