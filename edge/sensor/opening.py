"""Choosing the backend."""

from edge.sensor.port import Sensor
from edge.sensor.reader import Reader
from edge.sensor.settings import SensorSettings
from edge.sensor.zfm import ZfmDevice


def open_reader(settings: SensorSettings) -> Sensor:
    """The sensor of these settings. Nothing is opened yet: `open`, or the first use, does that."""
    if settings.backend == "pyfingerprint":
        from edge.sensor.pyfingerprint_reader import PyfingerprintDevice

        return Reader(PyfingerprintDevice(settings))
    return Reader(ZfmDevice(settings))
