"""A fingerprint sensor on a pseudo-terminal that speaks the real protocol, in a thread of its own."""

import hashlib
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulation.sensor.faults import Fault, Outcome
from simulation.sensor.firmware import Firmware, packed
from simulation.sensor.library import Comparer, Library, same_identity
from simulation.sensor.models import ZFM20, Model
from simulation.sensor.pty import PtyLine
from simulation.sensor.wire import ACK, Ear, Heard, frame

_BITS_A_BYTE = 10
_REQUEST_OVERHEAD = 11


@dataclass(frozen=True)
class Watcher:
    """Called from the sensor's thread with instants of the monotonic clock, in seconds; must be quick.

    `on_light(control, speed, colour, count, at)` when the ring changes, as soon as the order has
    arrived whole; `on_image_sent(at)` when the last byte of an image has left;
    `on_finger_sought(found, at)` at each look for a finger.
    """

    on_light: Callable[[int, int, int, int, float], None] = lambda *_: None
    on_image_sent: Callable[[float], None] = lambda _: None
    on_finger_sought: Callable[[bool, float], None] = lambda *_: None


class SensorEmulator:
    """One sensor. `path` is the port the host opens: a symlink, the same after each replugging.

    `baud` is the rate it is set to; a host at another rate hears and says garbage. `paced` sends at
    that rate, ten bits a byte, otherwise at once. `exposure_s` is how long a look for a finger takes.
    `comparer` judges the sensor's own templates; by default two match when they were made of the
    same identity, which proves nothing about real sensors.
    """

    def __init__(
        self,
        path: Path,
        model: Model = ZFM20,
        *,
        baud: int = 57_600,
        paced: bool = False,
        packet_size: int = 128,
        password: int = 0,
        address: int = 0xFFFFFFFF,
        exposure_s: float = 0.0,
        comparer: Comparer = same_identity,
        watcher: Watcher | None = None,
    ) -> None:
        self.path = path
        self.model = model
        self.firmware = Firmware(
            model,
            Library(model.capacity, comparer),
            address=address,
            password=password,
            baud=baud,
            packet_size=packet_size,
        )
        self._paced = paced
        self._exposure_s = exposure_s
        self._watcher = watcher or Watcher()
        self._faults: deque[tuple[int | None, Fault]] = deque()
        self._line: PtyLine | None = None
        self._ear = Ear()
        self._mute = False
        self._wake_read, self._wake_write = -1, -1
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> Path:
        """Plugs the sensor in; gives the path of its port."""
        self._stopping.clear()
        self._wake_read, self._wake_write = os.pipe()
        self._line = PtyLine(self.path)
        self._run_thread()
        return self.path

    def stop(self) -> None:
        """Unplugs it for good. Harmless when stopped."""
        self._halt_thread()
        if self._line is not None:
            self._line.unplug()
            self._line = None
        for descriptor in (self._wake_read, self._wake_write):
            if descriptor >= 0:
                os.close(descriptor)
        self._wake_read = self._wake_write = -1

    def __enter__(self) -> "SensorEmulator":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def place(self, image: NDArray[np.uint8], identity: str | None = None) -> None:
        """A finger is laid on the glass: uint8 (height, width) of the model's size.

        `identity` names the finger for the sensor's own search; without it only the same image
        counts as the same finger.
        """
        pixels = packed(image, self.model)
        named = identity.encode() if identity is not None else pixels
        with self._lock:
            self.firmware.glass = (pixels, hashlib.sha256(named).digest())

    def lift(self) -> None:
        with self._lock:
            self.firmware.glass = None

    @property
    def light(self) -> tuple[int, int, int, int]:
        """(control, speed, colour, count) last ordered."""
        return self.firmware.light

    def inject(self, fault: Fault, on: int | None = None, times: int = 1) -> None:
        """Lets `fault` strike the next answers: those to instruction `on`, or any."""
        with self._lock:
            self._faults.extend([(on, fault)] * times)

    def blurt(self, confirmation: int = 0x00, body: bytes = b"") -> None:
        """Sends an acknowledgement nobody asked for, now: a stale answer in the host's buffer."""
        self.blurt_bytes(frame(self.firmware.address, ACK, bytes([confirmation]) + body))

    def blurt_bytes(self, noise: bytes) -> None:
        line = self._line
        if line is not None:
            line.write(self._as_heard(line, noise), None, self._stopping.is_set)

    def unplug(self) -> None:
        """Pulls the cable: the port vanishes, and the sensor forgets its buffers."""
        self._halt_thread()
        if self._line is not None:
            self._line.unplug()
            self._line = None
        with self._lock:
            self._faults.clear()
            self.firmware.power_on()
        self._mute = False

    def replug(self) -> None:
        """Comes back under the same path, at the rate it was set to."""
        self._stopping.clear()
        self._line = PtyLine(self.path)
        self._run_thread()

    def _run_thread(self) -> None:
        self._ear.deafen()
        self._thread = threading.Thread(target=self._serve, name=f"sensor {self.path.name}", daemon=True)
        self._thread.start()

    def _halt_thread(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            os.write(self._wake_write, b"x")
            self._thread.join()
            self._thread = None
            os.read(self._wake_read, 16)

    def _serve(self) -> None:
        line = self._line
        assert line is not None
        while not self._stopping.is_set():
            ready, _, _ = select.select([line.fileno(), self._wake_read], [], [])
            if line.fileno() in ready:
                self._listen(line)

    def _listen(self, line: PtyLine) -> None:
        said = line.read()
        if line.host_baud() != self.firmware.baud:
            self._ear.deafen()  # bits sampled at another rate make no packet
            return
        for heard in self._ear.hear(said):
            if not self._mute:
                self._obey(line, heard)

    def _obey(self, line: PtyLine, heard: Heard) -> None:
        if self._paced:
            time.sleep((len(heard.body) + _REQUEST_OVERHEAD) * _BITS_A_BYTE / self.firmware.baud)
        with self._lock:
            answer, effects = self.firmware.answer(heard)
            outcome = self._struck(heard, answer) if answer else Outcome(answer)
        arrived_at = time.monotonic()
        if effects.light is not None:
            self._watcher.on_light(*effects.light, arrived_at)
        if effects.looked_for_finger is not None:
            self._watcher.on_finger_sought(effects.looked_for_finger, arrived_at)
            self._stopping.wait(self._exposure_s)
        self._mute = outcome.dies
        if self._stopping.wait(outcome.delay_s):
            return
        whole = self._say(line, outcome)
        if effects.sent_image and whole and len(outcome.answer) == len(answer):
            self._watcher.on_image_sent(time.monotonic())
        if effects.baud_after is not None:
            self.firmware.baud = effects.baud_after
        if effects.afterwards:
            self._say(line, Outcome(effects.afterwards))

    def _struck(self, heard: Heard, answer: bytes) -> Outcome:
        for entry in self._faults:
            instruction, fault = entry
            if instruction is None or heard.body[:1] == bytes([instruction]):
                self._faults.remove(entry)
                return fault.strike(answer, self.firmware.address)
        return Outcome(answer)

    def _say(self, line: PtyLine, outcome: Outcome) -> bool:
        pace = self.firmware.baud if self._paced or outcome.pace_factor != 1.0 else None
        if pace is not None:
            pace = max(1, round(pace / outcome.pace_factor))
        return line.write(self._as_heard(line, outcome.answer), pace, self._stopping.is_set)

    def _as_heard(self, line: PtyLine, said: bytes) -> bytes:
        """What a host at another rate would make of it: as many bytes, none of them right."""
        return said if line.host_baud() == self.firmware.baud else bytes(byte ^ 0xA5 for byte in said)
