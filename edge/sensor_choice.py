"""From what a technician chose to what the sensor's driver wants to know."""

from __future__ import annotations

from edge.sensor import SensorSettings
from wire.settings import SensorChoice


def sensor_settings(choice: SensorChoice) -> SensorSettings:
    """With a rate, the sensor is found at any and set to it."""
    return SensorSettings(
        port=choice.port,
        backend="own" if choice.backend == "zfm" else "pyfingerprint",
        target_baud=choice.baud,
        address=choice.address,
        password=choice.password,
        patience=choice.patience,
    )
