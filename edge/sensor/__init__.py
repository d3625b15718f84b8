"""The fingerprint sensor: bytes, packets, commands, exchange, device, and the reader the agent holds."""

from edge.sensor.commands import Parameters
from edge.sensor.errors import (
    SensorError,
    SensorGarbage,
    SensorLost,
    SensorPortTaken,
    SensorRefused,
    SensorSilent,
)
from edge.sensor.opening import open_reader
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
    "SensorPortTaken",
    "SensorRefused",
    "SensorSettings",
    "SensorSilent",
    "open_reader",
]
