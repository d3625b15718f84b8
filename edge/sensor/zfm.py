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
from edge.sensor.probing import first_that_answers
from edge.sensor.settings import SensorSettings


class ZfmDevice:
    """`Device` over our own packets and commands. The constructor touches no hardware."""

    def __init__(self, settings: SensorSettings, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._line = SerialLine(settings.port, now)
        self._exchange = Exchange(self._line, settings.address, settings.patience)
        self._last_good_baud: int | None = None

    @property
    def baud(self) -> int:
        return self._line.baud

    def now(self) -> float:
        return self._line.now()

    def connect(self) -> Parameters:
        candidates = [self._last_good_baud, self._settings.target_baud, *self._settings.bauds]
        bauds = [baud for baud in candidates if baud]
        self._line.open(bauds[0] if bauds else 0)
        try:
            return self._tuned(first_that_answers(bauds, self._greet))
        except BaseException:
            self._line.close()
            raise

    def disconnect(self) -> None:
        self._line.close()

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

    def _greet(self, baud: int) -> Parameters:
        if baud != self._line.baud:
            self._line.change_baud(baud)
        self._exchange.introduce(VerifyPassword(self._settings.password))
        parameters = self._exchange.get_in_step()
        self._last_good_baud = baud
        return parameters

    def _tuned(self, parameters: Parameters) -> Parameters:
        size, baud = self._settings.packet_size, self._settings.target_baud
        if size and size != parameters.packet_size:
            self._exchange.run(SetPacketSize(size))
            parameters = self.parameters()
        if baud and baud != self._line.baud:
            previous = self._line.baud
            self._exchange.run(SetBaud(baud))
            parameters = first_that_answers((baud, previous), self._greet)
        return parameters
