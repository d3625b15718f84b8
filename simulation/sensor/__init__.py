"""The other end of the sensor's wire: a ZFM or R30x sensor on a pseudo-terminal."""

from simulation.sensor.emulator import SensorEmulator, Watcher
from simulation.sensor.models import FAST256, R503, ZFM20, ZFM20_DARK, Model

__all__ = ["FAST256", "R503", "ZFM20", "ZFM20_DARK", "Model", "SensorEmulator", "Watcher"]
