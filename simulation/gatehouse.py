"""What happens in front of one terminal: fingers are laid on its sensor, and its lamp is watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from simulation.facility import Gate
from simulation.people import Walker
from simulation.sensor import Model, SensorEmulator, Watcher
from simulation.sensor.lamp import seen
from simulation.sensor.pace import image_wire_s
from simulation.truth import AGAIN, ANSWERS, Scan, Touch, Truth

_FIRST_FINGER = 3
_TRIES = 5
"""Touches until the terminal sends somebody to the officer: of the first finger, and with those of the second."""
_GIVE_UP_S = 20.0
"""Longer than any answer should take beyond the image's time on the line: then a person walks off."""

_STRAGGLER_S = 0.3
"""Bytes that a killed agent had already sent still reach the ring; an onlooker sees that lamp."""


class Gatehouse:
    """One sensor with its lamp, and the person standing there. `scan` is called from one thread at a time.

    `gate` changes when another device is put in place; `truth` is who writes down what happens there.
    """

    def __init__(self, gate: Gate, port: Path, model: Model, baud: int | None, truth: Truth) -> None:
        self.gate = gate
        self.truth = truth
        self._answer = threading.Condition()
        self._touch: Touch | None = None
        self._image_sent_at: float | None = None
        self._dark = threading.Event()
        self._wire_s = 0.0 if baud is None else image_wire_s(model, baud)
        self.sensor = SensorEmulator(
            port,
            model,
            baud=baud or 57_600,
            paced=baud is not None,
            watcher=Watcher(on_light=self._on_light, on_image_sent=self._on_image_sent),
        )

    def _on_image_sent(self, _: float) -> None:
        self._image_sent_at = time.time()

    def _on_light(self, control: int, speed: int, colour: int, count: int, _: float) -> None:
        told = seen(control, speed, colour, count).told
        if told not in ANSWERS:
            return
        now = time.time()
        with self._answer:
            touch = self._touch
            if touch is None or touch.lamp is not None:
                self.truth.add_stray(self.gate.terminal, told, now)
                return
            touch.lamp, touch.lamp_at, touch.image_sent_at = told, now, self._image_sent_at
            self._answer.notify_all()

    def went_dark(self) -> None:
        """The terminal was killed: whoever stands there sees no more light and gives up."""
        self._dark.set()
        with self._answer:
            self._answer.notify_all()

    def came_back(self) -> None:
        self._dark.clear()

    def scan(self, walker: Walker, touches: Callable[[], int]) -> Scan:
        """The walker deals with this gate: one finger, then another, until a lamp other than AGAIN."""
        scan = Scan(self.gate.terminal, walker.index)
        for attempt in range(1, _TRIES + 1):
            finger = walker.fingers[1 if attempt > _FIRST_FINGER and len(walker.fingers) > 1 else 0]
            touch = self._lay(
                scan,
                Touch(self.gate.terminal, walker.index, finger.label, attempt, 0.0),
                finger.touch(touches()),
            )
            if touch.lamp != AGAIN:
                break
        scan.result = touch.lamp if touch.lamp is not None and touch.lamp != AGAIN else "INTERRUPTED"
        self.truth.add(scan)
        return scan

    def _lay(self, scan: Scan, touch: Touch, image: object) -> Touch:
        scan.touches.append(touch)
        with self._answer:
            self._touch, self._image_sent_at = touch, None
            touch.offered_at = time.time()
        self.sensor.place(image)  # type: ignore[arg-type]
        with self._answer:
            self._answer.wait_for(
                lambda: touch.lamp is not None or self._dark.is_set(), self._wire_s + _GIVE_UP_S
            )
            if touch.lamp is None:
                self._answer.wait_for(lambda: touch.lamp is not None, _STRAGGLER_S)
        self.sensor.lift()
        with self._answer:
            self._touch = None
        time.sleep(0.15)  # the finger is off the glass for a moment before the next one comes
        return touch
