"""The fingerprint sensor: bytes, packets, commands, exchange, device, and the reader the agent holds.

What is named here reaches no I/O library. The wiring takes `open_reader` from `edge.sensor.opening`.
"""

from edge.sensor.commands import Parameters
from edge.sensor.errors import (
    SensorError,
    SensorGarbage,
    SensorLost,
    SensorLying,
    SensorPortTaken,
    SensorRefused,
    SensorSilent,
)
from edge.sensor.port import Capture, Light, Sensor, SensorHealth
from edge.sensor.settings import SensorSettings

__all__ = [
    "Capture",
    "Light",
    "Parameters",
    "Sensor",
    "SensorError",
    "SensorGarbage",
    "SensorHealth",
    "SensorLost",
    "SensorLying",
    "SensorPortTaken",
    "SensorRefused",
    "SensorSettings",
    "SensorSilent",
]
