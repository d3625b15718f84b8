"""The sensor the agent holds: a device that is reopened when it is lost, and never over-reports."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from edge.sensor.commands import Parameters
from edge.sensor.device import Device
from edge.sensor.errors import SensorError, SensorGarbage, SensorLost, SensorRefused, SensorSilent
from edge.sensor.geometry import Geometry, geometry_of, unpack
from edge.sensor.port import Capture, Light, SensorHealth

POLL_S = 0.05  # a sensor's own exposure takes about as long; faster polling only heats the line
FRESH_S = 1.0  # an image still in the buffer after this long may not be of the finger now there
FIRST_BACKOFF_S = 0.2
LONGEST_BACKOFF_S = 5.0
FAILURES_BEFORE_REOPENING = 3


class Reader:
    """`Sensor` over any `Device`. See `Sensor` for the contract of each method."""

    def __init__(
        self, device: Device, sleep: Callable[[float], None] = time.sleep, poll_s: float = POLL_S
    ) -> None:
        self._device = device
        self._sleep = sleep
        self._poll_s = poll_s
        self._in_use = Lock()
        self._parameters: Parameters | None = None
        self._has_light = False
        self._image_read_at: float | None = None
        self._geometry: Geometry | None = None
        self._backoff_s = FIRST_BACKOFF_S
        self._retry_at: float | None = None
        self._failures = 0
        self._counts = {SensorSilent: 0, SensorGarbage: 0, SensorRefused: 0, SensorLost: 0}
        self._connections = 0
        self._last_error: str | None = None

    def open(self) -> Parameters:
        with self._accounted():
            return self._connected()

    def wait_for_finger(self, timeout_s: float) -> bool:
        until = self._device.now() + timeout_s
        self._await_retry(until)
        while not self.finger_present():
            left_s = until - self._device.now()
            if left_s <= 0:
                return False
            self._sleep(min(self._poll_s, left_s))
        return True

    def finger_present(self) -> bool:
        with self._accounted():
            self._connected()
            self._image_read_at = None
            present = self._device.read_image()
            if present:
                self._image_read_at = self._device.now()
            return present

    def capture(self) -> Capture | None:
        if not self._image_is_fresh() and not self.finger_present():
            return None
        with self._accounted():
            self._image_read_at = None
            pixels, last_byte_at_s = self._device.download_image()
            geometry = self._known_geometry(len(pixels))
            return Capture(unpack(pixels, geometry), geometry.dpi, last_byte_at_s)

    def show(self, light: Light) -> None:
        with self._accounted():
            self._connected()
            if self._has_light:
                self._device.set_light(*light.value)

    def parameters(self) -> Parameters:
        with self._accounted():
            self._connected()
            return self._device.parameters()

    def health(self) -> SensorHealth:
        return SensorHealth(
            connected=self._parameters is not None,
            baud=self._device.baud,
            has_light=self._has_light,
            silences=self._counts[SensorSilent],
            garbage=self._counts[SensorGarbage],
            refusals=self._counts[SensorRefused],
            losses=self._counts[SensorLost],
            connections=self._connections,
            last_error=self._last_error,
        )

    def close(self) -> None:
        self._forget_connection()
        self._retry_at = None

    def _known_geometry(self, byte_count: int) -> Geometry:
        """A sensor's images are all of one size: half a 256x288 image would pass for a whole 192x192."""
        geometry = geometry_of(byte_count)
        if self._geometry not in (None, geometry):
            raise SensorGarbage("The image is of another size than this sensor's; part of it was lost.")
        self._geometry = geometry
        return geometry

    def _image_is_fresh(self) -> bool:
        taken_at = self._image_read_at
        return taken_at is not None and self._device.now() - taken_at <= FRESH_S

    def _connected(self) -> Parameters:
        if self._parameters is not None:
            return self._parameters
        if self._retry_at is not None and self._device.now() < self._retry_at:
            raise SensorLost(self._last_error or "The sensor is lost; it is tried again shortly.")
        parameters = self._device.connect()
        self._has_light = self._finds_light()
        self._parameters = parameters
        self._connections += 1
        self._backoff_s, self._retry_at = FIRST_BACKOFF_S, None
        return parameters

    def _finds_light(self) -> bool:
        """Asked once at connecting: some sensors refuse the instruction, others say nothing to it."""
        try:
            self._device.set_light(*Light.OFF.value)
        except (SensorRefused, SensorSilent):
            self._device.parameters()
            return False
        return True

    def _await_retry(self, until: float) -> None:
        """Spends a waiting call's own time on the backoff, so that its caller need not spin."""
        if self._parameters is None and self._retry_at is not None:
            self._sleep(max(0.0, min(self._retry_at, until) - self._device.now()))

    @contextmanager
    def _accounted(self) -> Iterator[None]:
        """Counts what goes wrong, and gives up a connection that is lost or keeps failing.

        Two threads would take each other's answers, so the second one is stopped: RuntimeError.
        """
        if not self._in_use.acquire(blocking=False):
            raise RuntimeError("two threads use one sensor; it belongs to the agent's thread alone")
        try:
            yield
        except SensorError as error:
            self._count(error)
            raise
        finally:
            self._in_use.release()
        self._failures = 0

    def _count(self, error: SensorError) -> None:
        waiting = self._retry_at is not None and self._device.now() < self._retry_at
        self._image_read_at = None
        if waiting:
            return
        for kind in self._counts:
            self._counts[kind] += isinstance(error, kind)
        self._last_error = str(error)
        self._failures += not isinstance(error, SensorRefused)
        if (
            self._parameters is None
            or isinstance(error, SensorLost)
            or self._failures >= FAILURES_BEFORE_REOPENING
        ):
            self._forget_connection()
            self._retry_at = self._device.now() + self._backoff_s
            self._backoff_s = min(self._backoff_s * 2, LONGEST_BACKOFF_S)

    def _forget_connection(self) -> None:
        self._device.disconnect()
        self._parameters = None
        self._geometry = None
        self._image_read_at = None
        self._failures = 0
