"""How to reach one sensor."""

from dataclasses import dataclass
from typing import Literal

from edge.sensor.frame import FACTORY_ADDRESS


@dataclass(frozen=True, slots=True)
class SensorSettings:
    """`port` is best a symlink made by udev, so that a replugged sensor comes back under its name.

    `bauds` are probed in order. With `target_baud` or `packet_size` (32, 64, 128, 256) the sensor is
    told to change when it differs; it remembers both. `password` 0 is the factory's: it protects
    nothing, and no password does, since it crosses the wire in clear. `patience` multiplies the time
    a sensor is given for its own work, for slower ones.
    """

    port: str
    backend: Literal["own", "pyfingerprint"] = "own"
    bauds: tuple[int, ...] = (57_600, 115_200)
    target_baud: int | None = None
    packet_size: int | None = None
    address: int = FACTORY_ADDRESS
    password: int = 0
    patience: float = 1.0
