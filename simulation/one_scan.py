"""One scan on a terminal made for it: `python -m simulation.one_scan`. Shows that a machine can do the whole thing."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import matching
from matching.synthesis import make_finger
from simulation.processes import Service, run
from simulation.sensor import FAST256, SensorEmulator, Watcher
from simulation.sensor.lamp import seen

_PATIENCE_S = 900.0
"""Long enough for an emulated processor."""


def main() -> int:
    """Prints what happened as JSON; 0 when the engine knew the finger again and the terminal answered with a lamp."""
    facts: dict[str, Any] = {"machine": platform.machine(), "python": platform.python_version()}
    finger = make_finger(3)
    touches = [finger.impression(nth, width=256, height=288, grey_levels=16) for nth in range(2)]
    began = time.monotonic()
    matching.warm_up()
    facts["kernels_s"] = round(time.monotonic() - began, 1)
    templates = [matching.extract(image) for image in touches]
    gallery = matching.Gallery()
    gallery.enrol("P-1", templates[0])
    found = gallery.identify(templates[1])
    facts["found"], facts["score"] = found.key, round(found.score, 2)
    with tempfile.TemporaryDirectory(prefix="pims-one-scan-") as folder:
        facts["lamp"], facts["journal"] = _scan(Path(folder), touches[0])
    print(json.dumps(facts))
    return 0 if found.key == "P-1" and facts["lamp"] == "REFER" else 1


def _scan(folder: Path, image: Any) -> tuple[str | None, str]:
    """The lamp for one finger on a terminal that no hub has taken in, and what its journal then says of itself."""
    answered = threading.Event()

    def light(control: int, speed: int, colour: int, count: int, _: float) -> None:
        if seen(control, speed, colour, count).told == "REFER":
            answered.set()

    sensor = SensorEmulator(
        folder / "sensor",
        FAST256,
        baud=57_600,
        paced=False,
        watcher=Watcher(on_light=light, on_image_sent=lambda _: None),
    )
    sensor.start()
    data = folder / "terminal"
    run(
        *("pims-edge", "init", "--data", str(data), "--terminal", "one-scan", "--model", "gate"),
        *("--sensor-port", str(folder / "sensor")),
    )
    agent = Service("agent", ["pims-edge", "run", "--data", str(data)], "Agent ready", folder)
    try:
        agent.start(_PATIENCE_S)
        sensor.place(image)
        answered.wait(_PATIENCE_S)
    finally:
        agent.stop(60.0)
        sensor.stop()
    return ("REFER" if answered.is_set() else None), run(
        "pims-edge", "journal", "verify", "--data", str(data)
    ).strip()


if __name__ == "__main__":
    sys.exit(main())
