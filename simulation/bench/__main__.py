"""`python -m simulation.bench [SECTION ...] [--report out.json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import simulation.bench
from simulation.bench.arm64 import arm64_section
from simulation.bench.engine import matching_section
from simulation.bench.faults import faults_section
from simulation.bench.hub import hub_section
from simulation.bench.measuring import machine
from simulation.bench.moving import moving_figures, soak_section
from simulation.bench.sharing_section import sharing_section
from simulation.bench.spine import spine_section
from simulation.bench.terminal import terminal_section
from simulation.processes import ProcessFailed
from simulation.progress import Progress

SECTIONS: dict[str, Callable[[Progress], dict[str, Any]]] = {
    "matching": matching_section,
    "terminal": terminal_section,
    "spine": spine_section,
    "faults": faults_section,
    "arm64": arm64_section,
    "hub": hub_section,
    "moving": moving_figures,
    "sharing": sharing_section,
    "soak": soak_section,
}
ASKED_FOR = frozenset({"arm64", "faults", "hub", "moving", "sharing", "soak"})
"""Sections that run only when they are named: one needs root and the network, the others many minutes."""


def main(words: Sequence[str] | None = None) -> int:
    """Prints each section as it is done; with --report, writes all of them as JSON, each under its name.

    Of one that is asked for alone the figures stand at the top too.
    """
    parser = argparse.ArgumentParser(prog="./pims bench", description=simulation.bench.__doc__)
    parser.add_argument(
        "sections",
        nargs="*",
        metavar="SECTION",
        help=f"of {', '.join(SECTIONS)}; default all but {', '.join(sorted(ASKED_FOR))}",
    )
    parser.add_argument("--report", type=Path)
    chosen = parser.parse_args(words)
    unknown = [name for name in chosen.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section '{unknown[0]}'; there are {', '.join(SECTIONS)}")
    if chosen.report is not None and not chosen.report.resolve().parent.is_dir():
        parser.error(f"{chosen.report} is in a folder that does not exist")
    progress = Progress()
    figures: dict[str, Any] = machine() | {"load_before": round(os.getloadavg()[0], 1)}
    names = chosen.sections or [name for name in SECTIONS if name not in ASKED_FOR]
    for name in names:
        progress(name)
        try:
            figures[name] = SECTIONS[name](progress)
        except ProcessFailed as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
    if len(names) == 1:
        figures = figures[names[0]] | figures
    if chosen.report is not None:
        chosen.report.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
