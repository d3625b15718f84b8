"""What a backend must do: the few acts of a sensor, each within one absolute deadline."""

from typing import Protocol

from edge.sensor.commands import Parameters


class Device(Protocol):
    """A sensor behind one port. Every method raises SensorError; none hangs, none sleeps."""

    @property
    def baud(self) -> int:
        """The rate in use, 0 while not connected."""

    def now(self) -> float:
        """The monotonic clock of its deadlines, in seconds."""

    def connect(self) -> Parameters:
        """Opens the port, finds the rate, gives the password, reads the parameters."""

    def disconnect(self) -> None:
        """Frees the port. Never raises."""

    def parameters(self) -> Parameters:
        """Asks for the parameters."""

    def read_image(self) -> bool:
        """Takes an image into the sensor's buffer: whether a finger lies there.

        True only when it is proven that this answer belongs to this question.
        """

    def download_image(self) -> tuple[bytes, float]:
        """The buffer, two pixels a byte, and the monotonic instant of its last byte."""

    def set_light(self, control: int, speed: int, colour: int, count: int) -> None:
        """Ring light by instruction 0x35."""
