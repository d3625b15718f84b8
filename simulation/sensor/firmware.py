"""What the sensor does with each command. No port, no clock, no threads.

Instruction and confirmation codes: ZFM-20 and R503 user manuals.
"""

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulation.sensor import wire
from simulation.sensor.library import Library, template_of
from simulation.sensor.models import Model

OK, BAD_PACKET, NO_FINGER, MISMATCH, NOT_FOUND = 0x00, 0x01, 0x02, 0x08, 0x09
NOT_ONE_FINGER, BAD_POSITION, UNREADABLE, NO_IMAGE_TO_SEND = 0x0A, 0x0B, 0x0C, 0x0F
WRONG_PASSWORD, NO_IMAGE, BAD_PARAMETER, PASSWORD_FIRST = 0x13, 0x15, 0x1A, 0x21
VERIFY_PASSWORD, LED, READ_IMAGE, SEND_IMAGE, SOFT_RESET = 0x13, 0x35, 0x01, 0x0A, 0x3D
READY_BYTE = b"\x55"


@dataclass
class Effects:
    """What a command did that can be seen or felt outside, apart from its answer."""

    light: tuple[int, int, int, int] | None = None
    looked_for_finger: bool | None = None
    sent_image: bool = False
    baud_after: int | None = None
    afterwards: bytes = b""


@dataclass
class Firmware:
    """State and commands. `glass` is the packed image of the finger lying there and its identity."""

    model: Model
    library: Library
    address: int = 0xFFFFFFFF
    password: int = 0
    baud: int = 57_600
    packet_size: int = 128
    security: int = 3
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    glass: tuple[bytes, bytes] | None = None

    def __post_init__(self) -> None:
        self._commands: dict[int, Callable[[bytes], bytes]] = {
            0x01: self._read_image, 0x02: self._convert, 0x03: self._match, 0x04: self._search,
            0x05: self._merge, 0x06: self._store, 0x07: self._load, 0x08: self._send_template,
            0x09: self._take_template, 0x0A: self._send_image, 0x0B: self._take_image,
            0x0C: self._delete, 0x0D: self._clear, 0x0E: self._set_parameter,
            0x0F: self._read_parameters, 0x12: self._set_password, 0x13: self._verify_password,
            0x14: self._random, 0x15: self._set_address, 0x1B: self._search, 0x1D: self._count,
            0x1F: self._index, 0x35: self._light, 0x3D: self._reset, 0x40: self._shake_hands,
        }  # fmt: skip
        self.power_on()

    def power_on(self) -> None:
        self._image: tuple[bytes, bytes] | None = None
        self._buffers: dict[int, bytes] = {}
        self._unlocked = self.password == 0
        self._taking: tuple[int, bytearray] | None = None
        self._effects = Effects()
        self.light: tuple[int, int, int, int] = (4, 0, 0, 0)

    def answer(self, heard: wire.Heard) -> tuple[bytes, Effects]:
        """The bytes to send, and what else happened. Frames for another address go unanswered."""
        self._effects = Effects()
        if heard.address != self.address:
            return b"", self._effects
        if heard.kind in (wire.DATA, wire.LAST):
            self._take_data(heard)
            return b"", self._effects
        if not heard.sound or heard.kind != wire.COMMAND or not heard.body:
            return self._ack(BAD_PACKET), self._effects
        if not self._unlocked and heard.body[0] != VERIFY_PASSWORD:
            return self._ack(PASSWORD_FIRST), self._effects
        command = self._commands.get(heard.body[0])
        try:
            said = command(heard.body[1:]) if command else self._ack(BAD_PARAMETER)
        except (struct.error, IndexError):
            said = self._ack(BAD_PACKET)
        return said, self._effects

    def _ack(self, code: int, body: bytes = b"") -> bytes:
        return wire.frame(self.address, wire.ACK, bytes([code]) + body)

    def _with_data(self, data: bytes) -> bytes:
        parts = [data[at : at + self.packet_size] for at in range(0, len(data), self.packet_size)]
        frames = [wire.frame(self.address, wire.DATA, part) for part in parts[:-1]]
        return self._ack(OK) + b"".join(frames) + wire.frame(self.address, wire.LAST, parts[-1])

    def _read_image(self, _: bytes) -> bytes:
        self._effects.looked_for_finger = self.glass is not None
        if self.glass is None:
            return self._ack(NO_FINGER)
        self._image = self.glass
        return self._ack(OK)

    def _send_image(self, _: bytes) -> bytes:
        if self._image is None:
            return self._ack(NO_IMAGE_TO_SEND)
        self._effects.sent_image = True
        return self._with_data(self._image[0])

    def _take_image(self, _: bytes) -> bytes:
        self._taking = (0, bytearray())
        return self._ack(OK)

    def _take_template(self, arguments: bytes) -> bytes:
        self._taking = (arguments[0], bytearray())
        return self._ack(OK)

    def _take_data(self, heard: wire.Heard) -> None:
        if self._taking is None or not heard.sound:
            return
        target, data = self._taking
        data += heard.body
        if heard.kind == wire.LAST:
            self._taking = None
            if target == 0:
                self._image = (bytes(data), bytes(data))
            else:
                self._buffers[target] = bytes(data)

    def _convert(self, arguments: bytes) -> bytes:
        if self._image is None:
            return self._ack(NO_IMAGE)
        self._buffers[arguments[0]] = template_of(self._image[1], self.model.template_bytes)
        return self._ack(OK)

    def _match(self, _: bytes) -> bytes:
        one, other = self._buffers.get(1), self._buffers.get(2)
        score = self.library.comparer(one, other) if one and other else 0
        return self._ack(OK if score else MISMATCH, struct.pack(">H", score))

    def _merge(self, _: bytes) -> bytes:
        one, other = self._buffers.get(1), self._buffers.get(2)
        if not one or not other or not self.library.comparer(one, other):
            return self._ack(NOT_ONE_FINGER)
        self._buffers[2] = one
        return self._ack(OK)

    def _search(self, arguments: bytes) -> bytes:
        buffer, first, count = struct.unpack(">BHH", arguments)
        template = self._buffers.get(buffer)
        found = self.library.search(template, first, count) if template else None
        if found is None:
            return self._ack(NOT_FOUND, struct.pack(">HH", 0, 0))
        return self._ack(OK, struct.pack(">HH", *found))

    def _store(self, arguments: bytes) -> bytes:
        buffer, position = struct.unpack(">BH", arguments)
        if not self.library.holds(position) or buffer not in self._buffers:
            return self._ack(BAD_POSITION)
        self.library.store(position, self._buffers[buffer])
        return self._ack(OK)

    def _load(self, arguments: bytes) -> bytes:
        buffer, position = struct.unpack(">BH", arguments)
        if not self.library.holds(position):
            return self._ack(BAD_POSITION)
        template = self.library.load(position)
        if template is None:
            return self._ack(UNREADABLE)
        self._buffers[buffer] = template
        return self._ack(OK)

    def _send_template(self, arguments: bytes) -> bytes:
        template = self._buffers.get(arguments[0])
        return self._with_data(template) if template else self._ack(0x0D)

    def _delete(self, arguments: bytes) -> bytes:
        first, count = struct.unpack(">HH", arguments)
        if not self.library.holds(first) or first + count > self.library.capacity:
            return self._ack(BAD_POSITION)
        self.library.delete(first, count)
        return self._ack(OK)

    def _clear(self, _: bytes) -> bytes:
        self.library.clear()
        return self._ack(OK)

    def _count(self, _: bytes) -> bytes:
        return self._ack(OK, struct.pack(">H", len(self.library)))

    def _index(self, arguments: bytes) -> bytes:
        return self._ack(OK, self.library.index_page(arguments[0]))

    def _set_parameter(self, arguments: bytes) -> bytes:
        which, value = struct.unpack(">BB", arguments)
        if which == 4 and value in self.model.baud_codes:
            self._effects.baud_after = value * 9600
        elif which == 5 and 1 <= value <= 5:
            self.security = value
        elif which == 6 and value <= 3:
            self.packet_size = 32 << value
        else:
            return self._ack(BAD_PARAMETER)
        return self._ack(OK)

    def _read_parameters(self, _: bytes) -> bytes:
        status = (int(self._unlocked) << 2) | (int(self._image is not None) << 3)
        size_code = (32, 64, 128, 256).index(self.packet_size)
        return self._ack(
            OK,
            struct.pack(
                ">HHHHIHH",
                status,
                self.model.system_id,
                self.library.capacity,
                self.security,
                self.address,
                size_code,
                self.baud // 9600,
            ),
        )

    def _verify_password(self, arguments: bytes) -> bytes:
        (offered,) = struct.unpack(">I", arguments)
        if offered != self.password:
            return self._ack(WRONG_PASSWORD)
        self._unlocked = True
        return self._ack(OK)

    def _set_password(self, arguments: bytes) -> bytes:
        (self.password,) = struct.unpack(">I", arguments)
        return self._ack(OK)

    def _set_address(self, arguments: bytes) -> bytes:
        (self.address,) = struct.unpack(">I", arguments)
        return self._ack(OK)

    def _random(self, _: bytes) -> bytes:
        return self._ack(OK, struct.pack(">I", self.dice.getrandbits(32)))

    def _light(self, arguments: bytes) -> bytes:
        control, speed, colour, count = struct.unpack(">BBBB", arguments)
        if not self.model.light:
            return self._ack(self.model.no_light)
        if not 1 <= control <= 6 or not 1 <= colour <= 7:
            return self._ack(BAD_PARAMETER)
        self.light = self._effects.light = (control, speed, colour, count)
        return self._ack(OK)

    def _reset(self, _: bytes) -> bytes:
        said = self._ack(OK)
        effects = self._effects
        self.power_on()
        self._effects = effects
        effects.afterwards = READY_BYTE if self.model.greets else b""
        return said

    def _shake_hands(self, _: bytes) -> bytes:
        return self._ack(OK)


def packed(image: NDArray[np.uint8], model: Model) -> bytes:
    """Two pixels a byte, left one high. `image` is uint8 of exactly the model's (height, width)."""
    if image.shape != (model.height, model.width) or image.dtype != np.uint8:
        raise ValueError(
            f"{model.name} takes uint8 images of {model.height} rows and {model.width} columns, "
            f"not {image.dtype} {image.shape}; see simulation.sensor.fingers.fitted"
        )
    greys = image >> 4
    return bytes(((greys[:, 0::2] << 4) | greys[:, 1::2]).tobytes())
