"""Notices a sensor that answers properly and says what cannot be: the same image again and again, or one grey all over.

No two images of a finger are alike to the last pixel, since the glass, the skin and the noise of the sensor are in
them. A sensor whose buffer froze, whose light died, or that somebody feeds a recording, repeats itself.
"""

from __future__ import annotations

import hashlib

from edge.sensor.commands import Parameters
from edge.sensor.errors import SensorLying
from edge.sensor.port import Capture, Light, Sensor, SensorHealth

REPEATED = 5
"""Images in a row that are the same, or of one grey: a finger taken away early gives one or two such, never five."""


class HonestSensor:
    """A `Sensor` in front of another one: `capture` raises SensorLying for what cannot be a finger's image."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self._last = b""
        self._alike = 0

    def open(self) -> Parameters:
        return self._sensor.open()

    def wait_for_finger(self, timeout_s: float) -> bool:
        return self._sensor.wait_for_finger(timeout_s)

    def finger_present(self) -> bool:
        return self._sensor.finger_present()

    def capture(self) -> Capture | None:
        """As of the sensor; SensorLying from the fifth image on that repeats the one before, or shows one grey."""
        capture = self._sensor.capture()
        if capture is None:
            return None
        # A digest, because an image must not outlive its scan.
        flat = int(capture.image.min()) == int(capture.image.max())
        seen = b"flat" if flat else hashlib.sha256(capture.image.tobytes()).digest()
        self._alike = self._alike + 1 if seen == self._last else 1
        self._last = seen
        if self._alike >= REPEATED:
            raise SensorLying(
                "The sensor gives the same image again and again. Wipe its glass; if it goes on, replace the sensor."
            )
        return capture

    def show(self, light: Light) -> None:
        self._sensor.show(light)

    def parameters(self) -> Parameters:
        return self._sensor.parameters()

    def health(self) -> SensorHealth:
        return self._sensor.health()

    def close(self) -> None:
        self._sensor.close()
