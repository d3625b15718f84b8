"""What hangs on cables: the sensor and the gate's pins. Nothing is moved and no lock is touched."""

from __future__ import annotations

import numpy as np

from edge.barrier.pins import pins_in_use
from edge.selftest.check import Check
from edge.sensor import SensorError
from edge.sensor.opening import open_reader
from edge.sensor_choice import sensor_settings
from edge.settings import Settings

_BUSY = "the running agent has it"
NOISE_STEPS = 2
"""Grey levels of 16 that a clean glass or an image's margin may vary by."""


def sensor(settings: Settings, running: bool) -> Check:
    """Opens the sensor, reads its parameters, and takes an image when a finger lies there."""
    if running:
        return Check(
            "sensor", None, _BUSY, "See «pims-edge status», or stop the agent and run the self-test again."
        )
    reader = open_reader(sensor_settings(settings.sensor))
    try:
        reader.open()
        capture = reader.capture()
        baud = reader.health().baud
    except SensorError as error:
        return Check(
            "sensor", False, str(error), "Look at the sensor's plug and cable, and at its port's name."
        )
    finally:
        reader.close()
    if capture is None:
        return Check("sensor", True, f"answers at {baud} baud; no finger lay on it")
    height, width = capture.image.shape
    if float(np.std(capture.image)) < 17 * NOISE_STEPS:
        return Check(
            "sensor", False, "its image shows nothing", "Wipe the glass, lay a finger on it, and try again."
        )
    return Check("sensor", True, f"answers at {baud} baud; an image of {width} x {height} pixels")


def gate(settings: Settings, running: bool) -> Check:
    """Which pins are used; two uses of one pin were refused with the settings."""
    pins = pins_in_use(settings.gate)
    if not pins:
        return Check("gate", True, "nothing is wired to this terminal")
    relay = "relay enabled" if settings.gate.relay_enabled else "relay disabled"
    says = f"pins {', '.join(map(str, sorted(pins)))}; {relay}; without power the lock fails {settings.gate.fail}"
    if running:
        return Check("gate", True, f"{says}; in use by the agent")
    return Check("gate", True, says)
