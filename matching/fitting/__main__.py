"""`python -m matching.fitting DIR... [--write]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

import matching
from matching.commands.images import UnreadableImageError, read_image
from matching.comparison.calibration import FITTED, Calibration
from matching.errors import MatchingError
from matching.fitting import observed, parameters
from matching.fitting.impostors import Impostors, impostors
from matching.fitting.table import fit_table
from matching.prints import dpi_of, find_impressions, name_of
from matching.template import Template


def main() -> int:
    arguments = _arguments()
    try:
        sensors = [_impostors(folder) for folder in arguments.folders]
        table = fit_table(sensors)
    except (MatchingError, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 2
    supported = observed.supported(sensors)
    calibration = Calibration(table)
    rows = {
        each.sensor: observed.observed(each, calibration, (*observed.SCORES, supported)) for each in sensors
    }
    for name, row in rows.items():
        print("\n".join(observed.lines(name, row)))
    print(f"supported up to score {supported}")
    if arguments.write:
        content = {"supported": supported, "table": np.round(table, 5).tolist(), "sensors": rows}
        FITTED.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        print(f"written: {FITTED}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m matching.fitting", description="Fit what a raw score is worth."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="prints of one sensor")
    parser.add_argument("--write", action="store_true", help="replace the table that comparison uses")
    return parser.parse_args()


def _impostors(folder: Path) -> Impostors:
    dpi = dpi_of(folder)
    fingers: list[str] = []
    templates: list[Template] = []
    for impression in find_impressions(folder):
        try:
            templates.append(matching.extract(read_image(impression.path), dpi))
        except (UnreadableImageError, matching.ImageError) as fault:
            print(f"left out: {impression.path.name}: {fault}", file=sys.stderr)
        else:
            fingers.append(impression.finger)
    return impostors(name_of(folder), fingers, templates, parameters.SEED)


if __name__ == "__main__":
    sys.exit(main())
