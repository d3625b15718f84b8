"""Our own driver of the ZFM and R30x family."""

import time
from collections.abc import Callable

from edge.sensor.commands import (
    DownloadImage,
    Parameters,
    ReadImage,
    ReadParameters,
    SetBaud,
    SetLight,
    SetPacketSize,
    VerifyPassword,
)
from edge.sensor.connection import SerialLine
from edge.sensor.errors import SensorGarbage
from edge.sensor.exchange import Exchange
from edge.sensor.probing import ProbedDevice
from edge.sensor.settings import SensorSettings


class ZfmDevice(ProbedDevice):
    """`Device` over our own packets and commands. The constructor touches no hardware."""

    def __init__(self, settings: SensorSettings, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(settings, SerialLine(settings.port, now))
        self._exchange = Exchange(self._line, settings.address, settings.patience)

    def parameters(self) -> Parameters:
        return self._exchange.run(ReadParameters())

    def read_image(self) -> bool:
        if not self._exchange.run(ReadImage()):
            return False
        if self._exchange.strays():
            raise SensorGarbage("An old answer came between; the finger is not proven and is not reported.")
        return True

    def download_image(self) -> tuple[bytes, float]:
        return self._exchange.download(DownloadImage())

    def set_light(self, control: int, speed: int, colour: int, count: int) -> None:
        self._exchange.run(SetLight(control, speed, colour, count))

    def _introduce(self) -> Parameters:
        self._exchange.introduce(VerifyPassword(self._settings.password))
        return self._exchange.get_in_step()

    def _set_packet_size(self, size: int) -> None:
        self._exchange.run(SetPacketSize(size))

    def _set_baud(self, baud: int) -> None:
        self._exchange.run(SetBaud(baud))
