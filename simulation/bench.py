"""`./pims bench`: what is fast, what is slow, how much memory; figures of this machine, printed and never asserted."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from simulation.processes import pin
from simulation.report import percentiles

FINGERS = 2_400
"""A prison of 1,200 with two fingers each."""

RATES = (57_600, 115_200, 921_600)


def main(words: Sequence[str] | None = None) -> int:
    """Prints each section as it is done; with --report, writes all of them as JSON."""
    parser = argparse.ArgumentParser(prog="./pims bench", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default all"
    )
    parser.add_argument("--report", type=Path)
    chosen = parser.parse_args(words)
    unknown = [name for name in chosen.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section '{unknown[0]}'; there are {', '.join(SECTIONS)}")
    figures: dict[str, Any] = {"cores": os.cpu_count()}
    for name in chosen.sections or SECTIONS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        figures[name] = SECTIONS[name]()
        print(json.dumps({name: figures[name]}, indent=2), flush=True)
    if chosen.report is not None:
        chosen.report.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def milliseconds(work: Callable[[int], object], times: int) -> dict[str, float | None]:
    """p50, p95, p99 of `work(i)`, in ms."""
    taken = []
    for i in range(times):
        begun = time.perf_counter()
        work(i)
        taken.append((time.perf_counter() - begun) * 1000)
    return percentiles(taken)


@contextmanager
def one_core() -> Iterator[None]:
    """This process, with all its threads, on its first core only."""
    allowed = os.sched_getaffinity(0)
    pin(os.getpid(), {min(allowed)})
    try:
        yield
    finally:
        pin(os.getpid(), allowed)


def matching_section() -> dict[str, Any]:
    """The engine alone: quality, minutiae, one comparison, and one finger against 2,400."""
    import matching
    from matching.synthesis import make_finger
    from simulation.made_templates import made_template

    matching.warm_up()
    fingers = [make_finger(seed) for seed in range(8)]
    images = [finger.impression(n, grey_levels=16) for finger in fingers for n in (1, 2, 3)]
    figures: dict[str, Any] = {"image": "256x288, 16 grey levels, synthetic"}
    with one_core():
        figures["assess_ms_one_core"] = milliseconds(lambda i: matching.assess(images[i]), len(images))
        figures["extract_ms_one_core"] = milliseconds(lambda i: matching.extract(images[i]), len(images))
    templates = [matching.extract(image) for image in images]
    gallery = matching.Gallery()
    rng = np.random.default_rng(1)
    for number in range(FINGERS - len(fingers)):
        gallery.enrol(f"made-{number // 2}", made_template(rng))
    for number in range(len(fingers)):
        gallery.enrol(f"real-{number}", templates[3 * number])
    figures["gallery_fingers"] = len(gallery)
    figures["identify_ms"] = milliseconds(lambda i: gallery.identify(templates[i % len(templates)]), 200)
    with one_core():
        figures["identify_ms_one_core"] = milliseconds(
            lambda i: gallery.identify(templates[i % len(templates)]), 100
        )
    figures["compare_ms"] = milliseconds(
        lambda i: matching.compare(templates[i % 24], templates[(i * 7) % 24]), 500
    )
    return figures


def terminal_section() -> dict[str, Any]:
    """A real agent on one core with a roll of 2,400 fingers: start, memory, decision after the last image byte."""
    from simulation.lone_terminal import measure

    with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
        return measure(Path(folder), FINGERS)


def spine_section() -> dict[str, Any]:
    """The whole prison: finger to lamp at each rate of the line, and decision to screen."""
    figures: dict[str, Any] = {}
    for baud in (None, *RATES):
        with tempfile.TemporaryDirectory(prefix="pims-bench-") as folder:
            report = Path(folder) / "report.json"
            _run_demo(report, 120 if baud is None else 24, baud)
            figures["unpaced" if baud is None else str(baud)] = _spine_figures(
                json.loads(report.read_text()), baud
            )
    return figures


def _run_demo(report: Path, scans: int, baud: int | None) -> None:
    from simulation.demo import main as demo

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
        from simulation.sensor import FAST256
        from simulation.sensor.pace import image_wire_s

        wire_ms = image_wire_s(FAST256, baud) * 1000
        figures["image_wire_ms"] = round(wire_ms, 1)
        figures["finger_to_lamp_beyond_wire_ms"] = {
            name: round(value - wire_ms, 1) for name, value in report["finger_to_lamp_ms"].items()
        }
    return figures


SECTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "matching": matching_section,
    "terminal": terminal_section,
    "spine": spine_section,
}

if __name__ == "__main__":
    sys.exit(main())
