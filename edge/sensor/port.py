"""The sensor as the agent sees it."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge.sensor.commands import Parameters


class Light(Enum):
    """What the ring tells the person at the gate: (control, speed, colour, count) of instruction 0x35.

    No two meanings share colour and rhythm, and ADMIT is the only steady light, so that the answer
    can be told without seeing colour. Codes from the R503 manual: control 1 breathes, 2 flashes,
    3 stays on, 4 is off; speed 0 is fastest, 255 a cycle of 5 s; colour 1 red, 2 blue, 3 purple;
    count 0 goes on until changed.
    """

    ADMIT = (3, 0, 2, 0)  # blue, steady
    REFUSE = (2, 25, 1, 0)  # red, fast flashes
    REFER = (2, 200, 3, 0)  # purple, slow flashes
    AGAIN = (2, 25, 3, 3)  # purple, three fast flashes, then dark
    READY = (1, 200, 2, 0)  # blue, slow breathing
    CALLING = (1, 255, 3, 0)  # purple, slow breathing: somebody is to go to the officer, the next may come
    BUSY = (1, 50, 3, 0)  # purple, fast breathing
    OFF = (4, 0, 2, 0)


@dataclass(frozen=True, slots=True)
class Capture:
    """One image of a finger: uint8 (height, width), greys 0 to 255 in steps of 17, ridges dark.

    `last_byte_at_s` is on the monotonic clock, when the image's last byte had arrived.
    """

    image: NDArray[np.uint8] = field(repr=False)
    dpi: float
    last_byte_at_s: float


@dataclass(frozen=True, slots=True)
class SensorHealth:
    """Counts since the reader was made, and how it stands now. `baud` is 0 while not connected."""

    connected: bool
    baud: int
    has_light: bool
    silences: int
    garbage: int
    refusals: int
    losses: int
    connections: int
    last_error: str | None


class Sensor(Protocol):
    """A fingerprint sensor. One thread uses it; every call ends within a stated time.

    Every method but `health` and `close` may raise SensorError: SensorSilent, SensorGarbage,
    SensorRefused, SensorLost. After any of them the next call starts clean, and reopens the port
    by its path when it was lost; while it is too early to try again that call waits at most its
    own time and raises SensorLost.
    """

    def open(self) -> Parameters:
        """Finds the sensor: port, baud rate, password, parameters, ring light. Harmless when open."""

    def wait_for_finger(self, timeout_s: float) -> bool:
        """Whether a finger was put on the glass within `timeout_s`."""

    def finger_present(self) -> bool:
        """Whether a finger lies on the glass now."""

    def capture(self) -> Capture | None:
        """The image of the finger on the glass, or None when there is none.

        Right after `wait_for_finger` or `finger_present` said True, it is the image they saw.
        """

    def show(self, light: Light) -> None:
        """Sets the ring light. Does nothing on a sensor without one (see `health`)."""

    def parameters(self) -> Parameters:
        """Asks the sensor; serves as a check that it is alive."""

    def health(self) -> SensorHealth:
        """Never talks to the sensor."""

    def close(self) -> None:
        """Frees the port. The next call of another method opens it again."""
