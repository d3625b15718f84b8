"""Finding the rate at which a sensor listens, and bringing it to the one that is wanted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import TypeVar

from edge.sensor.commands import Parameters
from edge.sensor.connection import SerialLine
from edge.sensor.errors import SensorError, SensorGarbage, SensorLost, SensorSilent
from edge.sensor.settings import SensorSettings

Found = TypeVar("Found")


def first_that_answers(bauds: Iterable[int], attempt: Callable[[int], Found]) -> Found:
    """The result of `attempt` at the first rate where the sensor is understood.

    Loss of the port and refusal end the search at once: they are answers too. Raises SensorSilent
    when no rate works, SensorGarbage when at some rate there was noise and at none an answer.
    """
    tried: list[int] = []
    worst: SensorError | None = None
    for baud in dict.fromkeys(bauds):
        tried.append(baud)
        try:
            return attempt(baud)
        except (SensorSilent, SensorGarbage) as error:
            worst = error if worst is None or isinstance(error, SensorGarbage) else worst
    rates = " or ".join(str(baud) for baud in tried)
    if isinstance(worst, SensorGarbage):
        raise SensorGarbage(f"No understandable sensor at {rates} baud; check cable and address.") from worst
    if not tried:
        raise SensorLost("No baud rate is given to try; add one to the settings.")
    raise SensorSilent(f"No sensor answers at {rates} baud; check its cable and power.") from worst


class ProbedDevice(ABC):
    """What every `Device` does alike to open its line; how it speaks is the subclass's."""

    def __init__(self, settings: SensorSettings, line: SerialLine) -> None:
        self._settings = settings
        self._line = line
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

    @abstractmethod
    def parameters(self) -> Parameters:
        """Asks for the parameters."""

    @abstractmethod
    def _introduce(self) -> Parameters:
        """Gives the password, gets question and answer in step, and asks for the parameters."""

    @abstractmethod
    def _set_packet_size(self, size: int) -> None:
        """Size of the data packets from now on, in bytes."""

    @abstractmethod
    def _set_baud(self, baud: int) -> None:
        """Rate from the next command on."""

    def _greet(self, baud: int) -> Parameters:
        if baud != self._line.baud:
            self._line.change_baud(baud)
        try:
            parameters = self._introduce()
        except SensorGarbage:  # a stream to a host that died may pause for longer than we wait for quiet
            parameters = self._introduce()
        self._last_good_baud = baud
        return parameters

    def _tuned(self, parameters: Parameters) -> Parameters:
        size, baud = self._settings.packet_size, self._settings.target_baud
        if size and size != parameters.packet_size:
            self._set_packet_size(size)
            parameters = self.parameters()
        if baud and baud != self._line.baud:
            previous = self._line.baud
            self._set_baud(baud)
            parameters = first_that_answers((baud, previous), self._greet)
        return parameters
