"""The sensor's own reading and writing of packets.

Written from the manual and apart from the terminal's, on purpose: a mistake made on one side only
shows as a failure to understand each other.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

COMMAND, DATA, ACK, LAST = 1, 2, 7, 8
_HEAD = struct.Struct(">HIBH")
_MAGIC = 0xEF01
_SUM_SIZE = 2
_LONGEST_BODY = 256 + _SUM_SIZE


@dataclass(frozen=True)
class Heard:
    """A frame as it came in. `sound` is whether its checksum agrees."""

    address: int
    kind: int
    body: bytes
    sound: bool


def frame(address: int, kind: int, body: bytes) -> bytes:
    head = _HEAD.pack(_MAGIC, address, kind, len(body) + _SUM_SIZE)
    total = kind + (len(body) + _SUM_SIZE) // 256 + (len(body) + _SUM_SIZE) % 256
    for value in body:
        total += value
    return head + body + struct.pack(">H", total % 65_536)


class Ear:
    """Collects bytes from the host and gives the frames in them; noise is stepped over."""

    def __init__(self) -> None:
        self._heard = b""

    def deafen(self) -> None:
        self._heard = b""

    def hear(self, more: bytes) -> Iterator[Heard]:
        self._heard += more
        while True:
            at = self._heard.find(b"\xef\x01")
            if at < 0:
                self._heard = self._heard[-1:] if self._heard.endswith(b"\xef") else b""
                return
            self._heard = self._heard[at:]
            if len(self._heard) < _HEAD.size:
                return
            _, address, kind, length = _HEAD.unpack_from(self._heard)
            if length < _SUM_SIZE or length > _LONGEST_BODY:
                self._heard = self._heard[2:]
                continue
            whole = _HEAD.size + length
            if len(self._heard) < whole:
                return
            taken, self._heard = self._heard[:whole], self._heard[whole:]
            body = taken[_HEAD.size : -_SUM_SIZE]
            yield Heard(address, kind, body, taken == frame(address, kind, body))
