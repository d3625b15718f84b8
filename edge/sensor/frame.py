"""Bytes to packets and back (ZFM-20 user manual, "data package format").

    EF01 | address 4 | type 1 | length 2 | payload | checksum 2

Length counts payload and checksum; the checksum is the sum of type, length bytes and payload,
modulo 65,536. All numbers are big-endian.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from edge.sensor.errors import SensorGarbage

START = b"\xef\x01"
HEADER_LENGTH = 9
CHECKSUM_LENGTH = 2
OVERHEAD = HEADER_LENGTH + CHECKSUM_LENGTH
LARGEST_PAYLOAD = 256
FACTORY_ADDRESS = 0xFFFFFFFF


class PacketType(IntEnum):
    COMMAND = 0x01
    DATA = 0x02
    ACK = 0x07
    END = 0x08


_TYPES = frozenset(int(kind) for kind in PacketType)


@dataclass(frozen=True, slots=True)
class Packet:
    """`payload` is at most 256 bytes; it is kept out of `repr`, since it may be part of an image."""

    kind: PacketType
    payload: bytes = field(repr=False)
    address: int = FACTORY_ADDRESS

    def encode(self) -> bytes:
        if len(self.payload) > LARGEST_PAYLOAD:
            raise ValueError(f"a packet holds {LARGEST_PAYLOAD} bytes, not {len(self.payload)}")
        head = bytes([self.kind]) + (len(self.payload) + CHECKSUM_LENGTH).to_bytes(2, "big")
        summed = (sum(head) + sum(self.payload)) & 0xFFFF
        return START + self.address.to_bytes(4, "big") + head + self.payload + summed.to_bytes(2, "big")


class PacketDecoder:
    """Takes the bytes of one line as they come and gives the packets in them.

    Bytes before a start code are skipped and counted in `skipped`. A start code followed by
    anything but a sound packet from our sensor is damage: `next_packet` raises SensorGarbage.
    Nothing decoded after that can be trusted until `clear`.
    """

    def __init__(self, address: int = FACTORY_ADDRESS) -> None:
        self._address = address.to_bytes(4, "big")
        self._buffer = bytearray()
        self.skipped = 0

    def clear(self) -> int:
        """Forgets what it holds; gives the number of bytes."""
        held = len(self._buffer)
        self._buffer.clear()
        self.skipped = 0
        return held

    def feed(self, data: bytes) -> None:
        self._buffer += data

    @property
    def unfinished(self) -> bool:
        """Whether bytes came that belong to no packet given so far."""
        return bool(self._buffer) or self.skipped > 0

    def next_packet(self) -> Packet | None:
        """The next whole packet, or None until more bytes come. Raises SensorGarbage."""
        self._skip_to_start()
        if len(self._buffer) < HEADER_LENGTH:
            return None
        end = HEADER_LENGTH + self._checked_length()
        if len(self._buffer) < end:
            return None
        frame = bytes(self._buffer[:end])
        if sum(frame[6 : end - CHECKSUM_LENGTH]) & 0xFFFF != int.from_bytes(frame[-CHECKSUM_LENGTH:], "big"):
            raise SensorGarbage("A packet from the sensor has a wrong checksum; check the cable.")
        del self._buffer[:end]
        return Packet(
            PacketType(frame[6]),
            frame[HEADER_LENGTH:-CHECKSUM_LENGTH],
            int.from_bytes(frame[2:6], "big"),
        )

    def _skip_to_start(self) -> None:
        if self._buffer.startswith(START):
            return
        found = self._buffer.find(START)
        if found < 0:
            found = len(self._buffer) - int(self._buffer.endswith(START[:1]))
        self.skipped += found
        del self._buffer[:found]

    def _checked_length(self) -> int:
        """Bytes after the header. Checked before waiting for them: a length of 0xFFFF would wait for ever."""
        if self._buffer[2:6] != self._address:
            raise SensorGarbage("A packet came from another address than the sensor's.")
        if self._buffer[6] not in _TYPES:
            raise SensorGarbage("A packet from the sensor has an unknown type.")
        length = int.from_bytes(self._buffer[7:9], "big")
        if not CHECKSUM_LENGTH <= length <= LARGEST_PAYLOAD + CHECKSUM_LENGTH:
            raise SensorGarbage(f"A packet from the sensor claims an impossible length of {length} bytes.")
        return length
