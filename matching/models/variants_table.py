"""What the other forms of the network cost: which one a release holds is decided by this table.

    python -m matching.models.variants_table [DIR...] [--keep FOLDER]

Without folders of prints: size, time to load, time for a print of 256x288 on one core (CPU time, all forms in turns, so
that a busy machine slows all alike), and how many of the minutiae of the form in 32-bit floats each one finds. With
folders, error rates on each as well. Needs the package `onnx`. Prints for calibration and timing are synthetic.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import onnx

from matching.commands.images import read_image
from matching.evaluation import ErrorRates, error_rates, evaluate_set
from matching.extraction.leader import LeaderExtractor
from matching.images import at_500_dpi
from matching.models.variants import make_variants
from matching.prints import Impression, dpi_of, find_impressions
from matching.synthesis import make_finger
from matching.template import Template

TURNS: Final = 15
"""Timings of each form."""
COLUMNS: Final = ("kB", "load ms", "extract ms", "ratio", "same %")


def measure(files: Mapping[str, bytes]) -> dict[str, list[float]]:
    """COLUMNS of each form: size; CPU time to load; CPU time of an extraction and how many times that of the first form
    it is, medians; minutiae of the first form that it has at the same place to a pixel."""
    prints = [make_finger(seed).impression(2, grey_levels=16) for seed in range(40, 44)]
    extractors, loads = {}, {}
    for name, content in files.items():
        extractors[name] = LeaderExtractor(model=content)
        loads[name] = _cpu_ms(extractors[name].warm_up)
    times = np.array(
        [
            [_cpu_ms(partial(e.find, prints[turn % len(prints)])) for e in extractors.values()]
            for turn in range(TURNS)
        ]
    )
    medians, ratios = np.median(times, axis=0), np.median(times / times[:, :1], axis=0)
    first = next(iter(extractors.values()))
    return {
        name: [
            len(content) / 1e3,
            loads[name],
            medians[place],
            ratios[place],
            100 * float(np.mean([same_share(first.find(p), extractors[name].find(p)) for p in prints])),
        ]
        for place, (name, content) in enumerate(files.items())
    }


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return 1e3 * (time.process_time() - started)


def same_share(expected: Template, found: Template) -> float:
    """Share of the expected minutiae that were found within a pixel in both directions; 1 when none are expected."""
    if not len(expected) or not len(found):
        return float(not len(expected))
    across = np.abs(np.subtract.outer(expected.x.astype(int), found.x.astype(int)))
    down = np.abs(np.subtract.outer(expected.y.astype(int), found.y.astype(int)))
    return float((np.maximum(across, down).min(axis=1) <= 1).mean())


def rates(content: bytes, folder: Path) -> ErrorRates:
    """Of one form of the network on a folder of prints."""
    extractor, dpi = LeaderExtractor(model=content), dpi_of(folder)

    def extract(impression: Impression) -> Template:
        return extractor.find(at_500_dpi(read_image(impression.path), dpi))

    result = evaluate_set(find_impressions(folder), extract)
    return error_rates(result.genuine, result.impostor)


def main() -> None:
    parser = argparse.ArgumentParser(description="What other forms of the network cost in accuracy and time.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="sets of prints for error rates")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the forms there")
    chosen = parser.parse_args()
    source = resources.files("matching.models").joinpath("leader.onnx")
    files = make_variants(onnx.load_from_string(source.read_bytes()))
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(files.values()):
            (chosen.keep / f"form{number}.onnx").write_bytes(content)
    write = sys.stdout.write
    write(f"{'form':36}" + "".join(f"{column:>12}" for column in COLUMNS) + "\n")
    for name, row in measure(files).items():
        write(f"{name:36}" + "".join(f"{value:12.2f}" for value in row) + "\n")
    for folder in chosen.folders:
        write(f"\n{folder.name:36}{'EER %':>12}{'FMR1000 %':>12}\n")
        for name, content in files.items():
            found = rates(content, folder)
            write(f"{name:36}{found.eer:12.2f}{found.fmr1000:12.2f}\n")


if __name__ == "__main__":
    main()
