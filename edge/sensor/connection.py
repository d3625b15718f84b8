"""The serial port: opened for us alone, emptied before use, lost with a typed error."""

import errno
import select
import time
from collections.abc import Callable

import serial

from edge.sensor.errors import SensorLost, SensorPortTaken, SensorSilent

_READ_SIZE = 65_536
BITS_A_BYTE = 10  # start, eight data, stop


class SerialLine:
    """One serial port. The constructor touches nothing; `path` may be a symlink that comes and goes.

    Deadlines are instants of `now`, a monotonic clock in seconds.
    """

    def __init__(self, path: str, now: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self.now = now
        self.baud = 0
        self._serial: serial.Serial | None = None
        self._poll = select.poll()

    def open(self, baud: int) -> None:
        """Opens for this process alone. Raises SensorPortTaken or SensorLost."""
        self.close()
        try:
            self._serial = serial.Serial(self.path, baud, timeout=0, write_timeout=1.0, exclusive=True)
        except OSError as error:
            raise _unopened(self.path, error) from error
        self._poll = select.poll()
        self._poll.register(self._serial.fileno(), select.POLLIN)
        self.baud = baud

    def close(self) -> None:
        port, self._serial, self.baud = self._serial, None, 0
        if port is not None:
            port.close()

    @property
    def is_open(self) -> bool:
        return self._serial is not None

    def wire_time_s(self, byte_count: int) -> float:
        """Seconds that `byte_count` bytes take at the present rate."""
        return byte_count * BITS_A_BYTE / self.baud

    def change_baud(self, baud: int) -> None:
        try:
            self._port().baudrate = baud
        except OSError as error:
            raise self._lost(error) from error
        self.baud = baud

    def send(self, data: bytes) -> None:
        """Hands a whole packet to the port in one call. Raises SensorSilent if it takes nothing for 1 s."""
        try:
            self._port().write(data)
        except serial.SerialTimeoutException as error:
            raise SensorSilent("The port takes no bytes; check the cable and the adapter.") from error
        except OSError as error:
            raise self._lost(error) from error

    def receive(self, deadline: float) -> bytes:
        """All bytes that are there, waiting for the first until `deadline`; empty when none came."""
        port = self._port()
        try:
            wait_ms = max(0.0, (deadline - self.now()) * 1000)
            if not self._poll.poll(wait_ms):
                return b""
            data: bytes = port.read(_READ_SIZE)
        except OSError as error:
            raise self._lost(error) from error
        return data

    def discard(self) -> int:
        """Throws away what has arrived unasked; gives the number of bytes."""
        return self.drain(0.0, self.now() + 1.0)

    def drain(self, quiet_s: float, deadline: float) -> int:
        """Throws bytes away until the line was quiet for `quiet_s`, or until `deadline`."""
        thrown = 0
        while data := self.receive(min(deadline, self.now() + quiet_s)):
            thrown += len(data)
            if self.now() >= deadline:
                break
        return thrown

    def _port(self) -> serial.Serial:
        if self._serial is None:
            raise SensorLost("The sensor's port is not open.")
        return self._serial

    def _lost(self, cause: OSError) -> SensorLost:
        self.close()
        return SensorLost(f"The sensor at {self.path} is gone ({_reason(cause)}): check its cable.")


def _unopened(path: str, error: OSError) -> SensorLost:
    number = error.errno
    if number in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EBUSY):
        return SensorPortTaken(f"Another program uses {path}: stop it, then the terminal goes on by itself.")
    if number in (errno.EACCES, errno.EPERM):
        return SensorLost(f"No permission for {path}: add the terminal's user to the group of that device.")
    if number == errno.ENOENT:
        return SensorLost(f"There is no {path}: plug the sensor in, or correct the port in the settings.")
    return SensorLost(f"{path} cannot be opened ({_reason(error)}): check the sensor's cable and port.")


def _reason(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "device disconnected")
