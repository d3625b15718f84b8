"""From what a technician chose to what the sensor's driver wants to know."""

from __future__ import annotations

from edge.sensor import SensorSettings
from edge.sensor_profiles import SensorProfile, read_profile
from wire.settings import SensorChoice

AUTO = "auto"
"""The profile of a sensor of which nothing is known."""
USUAL = (57_600, 115_200)


def sensor_settings(choice: SensorChoice) -> SensorSettings:
    """With a rate, the sensor is found at any and set to it. SettingsError when there is no such profile."""
    profile = None if choice.profile == AUTO else read_profile(choice.profile)
    slower = 1.0 if profile is None else profile.timing.patience
    return SensorSettings(
        port=choice.port,
        backend="own" if choice.backend == "zfm" else "pyfingerprint",
        target_baud=choice.baud,
        address=choice.address,
        password=choice.password,
        patience=choice.patience * slower,
        bauds=USUAL if profile is None else _to_probe(profile),
    )


def _to_probe(profile: SensorProfile) -> tuple[int, ...]:
    """The factory's rate first, then the quickest: that is where a sensor is that was set up before."""
    first = profile.line.default_baud
    return (first, *sorted((baud for baud in profile.bauds if baud != first), reverse=True))
