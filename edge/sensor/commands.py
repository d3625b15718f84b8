"""The commands of the ZFM and R30x family: request bytes, reply parser, time allowance.

Instruction and confirmation codes are those of the ZFM-20 and R503 user manuals. Nothing here
touches a port. Time allowances are for the sensor's own work; the time on the wire is added by
whoever knows the line's rate.
"""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from edge.sensor.errors import SensorGarbage, SensorRefused

Answer = TypeVar("Answer")

CONFIRMED = 0x00
NO_FINGER = 0x02
BAUD_STEP = 9600
PACKET_SIZES = (32, 64, 128, 256)


class Command(Generic[Answer]):
    """One command. A subclass gives the request and, where the reply holds more, its `read`."""

    name: ClassVar[str]
    reply_length: ClassVar[int] = 0
    allowance_s: ClassVar[float] = 1.0

    def request(self) -> bytes:
        """Payload of the command packet: instruction code and arguments."""
        raise TypeError(f"{type(self).__name__} names no request")

    def answer(self, payload: bytes) -> Answer:
        """The meaning of an acknowledgement's payload. Raises SensorRefused or SensorGarbage."""
        if not payload:
            raise SensorGarbage(f"The sensor's answer to «{self.name}» is empty.")
        if payload[0] != CONFIRMED:
            return self.refusal(payload[0])
        if len(payload) != 1 + self.reply_length:
            raise SensorGarbage(f"The sensor's answer to «{self.name}» has a wrong length.")
        return self.read(payload[1:])

    def refusal(self, confirmation: int) -> Answer:
        """What another confirmation than 0x00 means. Raises SensorRefused unless it is an answer too."""
        raise SensorRefused(self.name, confirmation)

    def read(self, body: bytes) -> Answer:
        """The meaning of `reply_length` bytes behind the confirmation code."""
        raise TypeError(f"{type(self).__name__} reads no reply")


class Order(Command[None]):
    """A command whose reply is only the confirmation."""

    def read(self, body: bytes) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the sensor says of itself (0x0F). `packet_size` in bytes, `baud` in bits per second."""

    status: int
    system_id: int
    capacity: int
    security_level: int
    address: int
    packet_size: int
    baud: int


@dataclass(frozen=True, slots=True)
class VerifyPassword(Order):
    """The password travels in clear and keeps out nobody who can reach the wire."""

    password: int
    name = "accept the password"
    allowance_s = 0.5

    def request(self) -> bytes:
        return b"\x13" + self.password.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class ReadParameters(Command[Parameters]):
    """Its reply is longer than any other of one packet, so it cannot be taken for another's."""

    name = "read its parameters"
    reply_length = 16

    def request(self) -> bytes:
        return b"\x0f"

    def read(self, body: bytes) -> Parameters:
        size_code = int.from_bytes(body[12:14], "big")
        if size_code >= len(PACKET_SIZES):
            raise SensorGarbage("The sensor names a packet size that does not exist.")
        return Parameters(
            status=int.from_bytes(body[0:2], "big"),
            system_id=int.from_bytes(body[2:4], "big"),
            capacity=int.from_bytes(body[4:6], "big"),
            security_level=int.from_bytes(body[6:8], "big"),
            address=int.from_bytes(body[8:12], "big"),
            packet_size=PACKET_SIZES[size_code],
            baud=int.from_bytes(body[14:16], "big") * BAUD_STEP,
        )


@dataclass(frozen=True, slots=True)
class SetBaud(Order):
    """`baud` is a multiple of 9,600. The confirmation comes at the old rate."""

    baud: int
    name = "change its baud rate"

    def request(self) -> bytes:
        if self.baud % BAUD_STEP or not 1 <= self.baud // BAUD_STEP <= 255:
            raise ValueError(f"{self.baud} baud is no multiple of {BAUD_STEP} that the sensor can be told")
        return bytes([0x0E, 4, self.baud // BAUD_STEP])


@dataclass(frozen=True, slots=True)
class SetPacketSize(Order):
    """`size` is 32, 64, 128 or 256 bytes."""

    size: int
    name = "change its packet size"

    def request(self) -> bytes:
        return bytes([0x0E, 6, PACKET_SIZES.index(self.size)])


@dataclass(frozen=True, slots=True)
class ReadImage(Command[bool]):
    """Takes an image into the sensor's buffer; the answer is whether a finger lies on the glass."""

    name = "take an image"
    allowance_s = 1.5

    def request(self) -> bytes:
        return b"\x01"

    def read(self, body: bytes) -> bool:
        return True

    def refusal(self, confirmation: int) -> bool:
        if confirmation == NO_FINGER:
            return False
        raise SensorRefused(self.name, confirmation)


@dataclass(frozen=True, slots=True)
class DownloadImage(Order):
    """After the confirmation the image follows in data packets."""

    name = "send the image"

    def request(self) -> bytes:
        return b"\x0a"


@dataclass(frozen=True, slots=True)
class SetLight(Order):
    """Ring light of R503 and kin. `control`, `speed`, `colour`, `count` as in the R503 manual, 0x35."""

    control: int
    speed: int
    colour: int
    count: int
    name = "set its light"
    allowance_s = 0.5

    def request(self) -> bytes:
        return bytes([0x35, self.control, self.speed, self.colour, self.count])
