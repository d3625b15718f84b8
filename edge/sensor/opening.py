"""Choosing the backend."""

from edge.sensor.device import Device
from edge.sensor.port import Sensor
from edge.sensor.reader import Reader
from edge.sensor.settings import SensorSettings
from edge.sensor.zfm import ZfmDevice


def open_reader(settings: SensorSettings) -> Sensor:
    """The sensor of these settings. Nothing is opened yet: `open`, or the first use, does that."""
    return Reader(open_device(settings))


def open_device(settings: SensorSettings) -> Device:
    """Its device alone, for whoever tries it out. Nothing is opened yet: `connect` does that."""
    if settings.backend == "pyfingerprint":
        from edge.sensor.pyfingerprint_reader import PyfingerprintDevice

        return PyfingerprintDevice(settings)
    return ZfmDevice(settings)
