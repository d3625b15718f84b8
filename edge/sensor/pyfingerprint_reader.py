"""A second backend: the library pyfingerprint 1.5 over a transport that makes it safe.

Alone, the library hangs on a bad length, takes a stale reply for the next answer, checks no
address and knows one image size. Here it makes and reads the packets of every command; port,
deadline and what may reach it are the transport's.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from pyfingerprint.pyfingerprint import (
    FINGERPRINT_ACKPACKET,
    FINGERPRINT_COMMANDPACKET,
    FINGERPRINT_DATAPACKET,
    FINGERPRINT_DOWNLOADIMAGE,
    FINGERPRINT_ENDDATAPACKET,
    FINGERPRINT_SETSYSTEMPARAMETER,
    FINGERPRINT_SETSYSTEMPARAMETER_BAUDRATE,
    FINGERPRINT_SETSYSTEMPARAMETER_PACKAGE_SIZE,
    PyFingerprint,
)

from edge.sensor.commands import (
    BAUD_STEP,
    PACKET_SIZES,
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
from edge.sensor.errors import SensorError, SensorGarbage, SensorRefused
from edge.sensor.exchange import IDLE_S, LARGEST_ANSWER_BYTES, QUIET_S, SLACK
from edge.sensor.geometry import LARGEST_IMAGE_BYTES
from edge.sensor.probing import ProbedDevice
from edge.sensor.pyfingerprint_transport import CommandTransport
from edge.sensor.settings import SensorSettings

Answer = TypeVar("Answer")

_PARAMETERS_PAYLOAD = 1 + ReadParameters.reply_length
_WRONG_PASSWORD = 0x13
_LED_CONFIG = 0x35
_PACKET_PAIR_BYTES = 64  # more than any command and its reply of one packet


class _Library(PyFingerprint):  # type: ignore[misc]  # the library carries no types
    """pyfingerprint over our transport: its own constructor would open a port of its own."""

    def __init__(self, transport: CommandTransport, address: int, password: int) -> None:
        self._PyFingerprint__serial = transport
        self._PyFingerprint__address = address
        self._PyFingerprint__password = password

    def order(self, payload: tuple[int, ...]) -> list[int]:
        """Sends a command the library has no method for; gives the acknowledgement's payload."""
        self._PyFingerprint__writePacket(FINGERPRINT_COMMANDPACKET, payload)
        kind, answer = self._PyFingerprint__readPacket()
        if kind != FINGERPRINT_ACKPACKET or not answer:
            raise SensorGarbage("The sensor sent data where an answer was due.")
        return list(answer)

    def data(self) -> bytes:
        """Data packets up to the last. The library's own download knows 256x288 only, and writes a file."""
        received = bytearray()
        while True:
            kind, payload = self._PyFingerprint__readPacket()
            if kind not in (FINGERPRINT_DATAPACKET, FINGERPRINT_ENDDATAPACKET):
                raise SensorGarbage("The sensor answered in the middle of an image.")
            received += bytes(payload)
            if len(received) > LARGEST_IMAGE_BYTES:
                raise SensorGarbage("The sensor sends more than any image holds.")
            if kind == FINGERPRINT_ENDDATAPACKET:
                return bytes(received)


class PyfingerprintDevice(ProbedDevice):
    """`Device` over pyfingerprint. The constructor touches no hardware."""

    def __init__(self, settings: SensorSettings, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(settings, SerialLine(settings.port, now))
        self._transport = CommandTransport(self._line, settings.address)
        self._library = _Library(self._transport, settings.address, settings.password)
        self._in_step = False

    def parameters(self) -> Parameters:
        return self._run(ReadParameters.name, ReadParameters.allowance_s, self._ask_parameters)

    def read_image(self) -> bool:
        if not self._run(ReadImage.name, ReadImage.allowance_s, self._library.readImage):
            return False
        self._await_parameters()
        if self._transport.strays:
            raise SensorGarbage("An old answer came between; the finger is not proven and is not reported.")
        return True

    def download_image(self) -> tuple[bytes, float]:
        work_s = DownloadImage.allowance_s + self._longest_transfer_s() * SLACK / self._settings.patience
        first_s = DownloadImage.allowance_s * self._settings.patience
        pixels = self._run(DownloadImage.name, work_s, self._download, first_s)
        return pixels, self.now()

    def set_light(self, control: int, speed: int, colour: int, count: int) -> None:
        self._order(SetLight.name, SetLight.allowance_s, (_LED_CONFIG, control, speed, colour, count))

    def _introduce(self) -> Parameters:
        self._fall_quiet()
        if not self._attempt(VerifyPassword.name, VerifyPassword.allowance_s, self._library.verifyPassword):
            raise SensorRefused(VerifyPassword.name, _WRONG_PASSWORD)
        self._fall_quiet()
        return self._await_parameters()

    def _set_packet_size(self, size: int) -> None:
        code = FINGERPRINT_SETSYSTEMPARAMETER_PACKAGE_SIZE
        self._set_parameter(SetPacketSize.name, code, PACKET_SIZES.index(size))

    def _set_baud(self, baud: int) -> None:
        self._set_parameter(SetBaud.name, FINGERPRINT_SETSYSTEMPARAMETER_BAUDRATE, baud // BAUD_STEP)

    def _set_parameter(self, name: str, code: int, value: int) -> None:
        """Not by the library's `setSystemParameter`, which refuses more than 115,200 baud."""
        self._order(name, SetBaud.allowance_s, (FINGERPRINT_SETSYSTEMPARAMETER, code, value))

    def _order(self, name: str, allowance_s: float, payload: tuple[int, ...]) -> None:
        answer = self._run(name, allowance_s, lambda: self._library.order(payload))
        if answer[0] != 0:
            raise SensorRefused(name, answer[0])

    def _download(self) -> bytes:
        answer = self._library.order((FINGERPRINT_DOWNLOADIMAGE,))
        if answer[0] != 0:
            raise SensorRefused(DownloadImage.name, answer[0])
        self._transport.idle_s = IDLE_S * self._settings.patience
        return self._library.data()

    def _ask_parameters(self) -> Parameters:
        status, system, capacity, level, address, size, baud = self._library.getSystemParameters()
        return Parameters(status, system, capacity, level, address, PACKET_SIZES[size], baud * BAUD_STEP)

    def _await_parameters(self) -> Parameters:
        """Asks for the one reply that cannot be mistaken, passing over what comes before it."""
        return self._attempt(
            ReadParameters.name, ReadParameters.allowance_s, self._ask_parameters, only=_PARAMETERS_PAYLOAD
        )

    def _run(
        self, name: str, allowance_s: float, act: Callable[[], Answer], idle_s: float = float("inf")
    ) -> Answer:
        if not self._in_step:
            self._fall_quiet()
            self._await_parameters()
        return self._attempt(name, allowance_s, act, idle_s)

    def _attempt(
        self,
        name: str,
        allowance_s: float,
        act: Callable[[], Answer],
        idle_s: float = float("inf"),
        only: int = 0,
    ) -> Answer:
        self._in_step = False
        allowance_s = allowance_s * self._settings.patience + self._line.wire_time_s(_PACKET_PAIR_BYTES)
        self._transport.begin(allowance_s, only, idle_s)
        try:
            answer = act()
        except SensorError as error:
            self._in_step = isinstance(error, SensorRefused)
            raise
        except Exception as error:  # the library raises nothing narrower
            confirmation = self._transport.confirmation
            if confirmation:
                self._in_step = True
                raise SensorRefused(name, confirmation) from error
            raise SensorGarbage(f"The sensor's answer to «{name}» makes no sense.") from error
        self._in_step = True
        return answer

    def _fall_quiet(self) -> None:
        limit = self.now() + self._longest_transfer_s()
        self._line.drain(QUIET_S * self._settings.patience, limit)
        if self.now() >= limit:
            raise SensorGarbage("The sensor does not stop sending; switch it off and on.")

    def _longest_transfer_s(self) -> float:
        return self._line.wire_time_s(LARGEST_ANSWER_BYTES)
