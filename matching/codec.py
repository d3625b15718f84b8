"""Records of ISO/IEC 19794-2:2005 (finger minutiae), written and read.

Record: 24 byte header; then for each view 4 bytes of header, 6 bytes a minutia, and extended data with its
length in 2 bytes. All numbers are big-endian. The reader believes nothing: every count and length is checked
against the bytes that are there, and every field against its range.

Records of other makers are read whatever they leave out: qualities of 0 (not reported), no minutiae, no finger
position, several views of several fingers in any order, extended data of unknown types. What is measured in other
pixels than 500 dpi is converted once, at reading (`matching.resolution`). Relatives of the format (the American
INCITS 378, later editions) begin alike and go on differently: they are refused by name.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from matching import block_rules, resolution
from matching.errors import TemplateError

MAX_COORDINATE: Final = 0x3FFF
"""Coordinates have 14 bits."""
MAX_SIDE_PX: Final = MAX_COORDINATE + 1

MAGIC: Final = b"FMR\0"
VERSION: Final = b" 20\0"
MIN_PIXELS_PER_CM: Final = 98
"""250 dpi: coarser minutiae are not worth comparing."""
MAX_PIXELS_PER_CM: Final = 473
"""1,200 dpi, the finest that images are accepted at."""

_HEADER: Final = struct.Struct(">IHHHHHBB")
_VIEW: Final = struct.Struct(">BBBB")
_LENGTH: Final = struct.Struct(">H")
_MINUTIA: Final = np.dtype([("x", ">u2"), ("y", ">u2"), ("angle", "u1"), ("quality", "u1")])
_MAX_RECORD_BYTES: Final = 1 << 20
"""Far more than 16 views of each of 11 positions need; what is longer is not a fingerprint."""


_SHARED: Final = ("width", "height", "device")
"""What a record says once for all its views."""


class View(TypedDict):
    """One finger view, field by field as in `matching.template.Template`."""

    x: NDArray[np.int16]
    y: NDArray[np.int16]
    angle: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    width: int
    height: int
    finger: int
    view: int
    impression: int
    finger_quality: int
    device: int
    extended: bytes


def encode(views: Sequence[View]) -> bytes:
    """Write views of the same image size and device as one record; raises TemplateError when they differ.

    The fields must be in range, as those of a `Template` are.
    """
    if not 1 <= len(views) <= 255:
        raise TemplateError("A record holds from 1 to 255 finger views.")
    first = views[0]
    if any(view[name] != first[name] for view in views for name in _SHARED):
        raise TemplateError(
            "All views of a record must have the same width, height and device; write two records."
        )
    body = b"".join(_encode_view(view) for view in views)
    header = _HEADER.pack(
        len(MAGIC + VERSION) + _HEADER.size + len(body),
        first["device"],
        first["width"],
        first["height"],
        resolution.PIXELS_PER_CM,
        resolution.PIXELS_PER_CM,
        len(views),
        0,
    )
    return MAGIC + VERSION + header + body


def decode(record: bytes) -> list[View]:
    """Read all views; coordinates of another resolution are brought to 500 dpi.

    Raises TemplateError when the structure is wrong; whoever makes templates of the views checks their values.
    """
    reader = _Reader(record)
    _check_edition(reader.bytes(len(MAGIC + VERSION), "header"))
    length, device, width, height, x_per_cm, y_per_cm, count, reserved = reader.take(_HEADER, "header")
    _check_length(record, length)
    if reserved != 0 or count == 0:
        raise TemplateError(
            "The record's header is damaged: no finger view, or a reserved byte that is not zero."
        )
    if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
        raise TemplateError(f"The record's image size must be from 1 to {MAX_SIDE_PX} pixels each way.")
    lowest, highest = MIN_PIXELS_PER_CM, MAX_PIXELS_PER_CM
    if not all(lowest <= per_cm <= highest for per_cm in (x_per_cm, y_per_cm)):
        raise TemplateError(
            f"The record's resolution must be from {lowest} to {highest} pixels a centimetre."
        )
    views = [_read_view(reader, width, height, device) for _ in range(count)]
    if reader.left:
        raise TemplateError(f"{reader.left} bytes are left over after the last finger view.")
    return [_at_500_dpi(view, resolution.Grid(width, height, x_per_cm, y_per_cm)) for view in views]


def _check_edition(beginning: bytes) -> None:
    if beginning == MAGIC + VERSION:
        return
    if beginning.startswith(MAGIC):
        raise TemplateError(
            "This is a finger minutiae record of another edition; have it made as ISO/IEC 19794-2:2005."
        )
    raise TemplateError("This is not a finger minutiae record of ISO/IEC 19794-2:2005.")


def _check_length(record: bytes, length: int) -> None:
    if length == len(record):
        return
    short, long = _LENGTH.unpack_from(record, 8)[0], struct.unpack_from(">HI", record, 8)
    if len(record) in (short, long[1] if long[0] == 0 else None):
        raise TemplateError("This is a record of INCITS 378; have it made as ISO/IEC 19794-2:2005.")
    raise TemplateError(f"The record says it has {length} bytes and has {len(record)}; it is torn or padded.")


class _Reader:
    def __init__(self, record: bytes) -> None:
        if len(record) > _MAX_RECORD_BYTES:
            raise TemplateError(
                f"The record has {len(record)} bytes; a finger minutiae record is far smaller."
            )
        self._record = bytes(record)
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._record) - self._at

    def take(self, layout: struct.Struct, what: str) -> tuple[int, ...]:
        return layout.unpack(self.bytes(layout.size, what))

    def bytes(self, count: int, what: str) -> bytes:
        if count > self.left:
            raise TemplateError(f"The record ends inside its {what}; it was cut short.")
        self._at += count
        return self._record[self._at - count : self._at]


def _encode_view(view: View) -> bytes:
    minutiae = np.empty(len(view["x"]), _MINUTIA)
    minutiae["x"] = view["x"].astype(np.uint16) | (view["kind"].astype(np.uint16) << 14)
    for name in ("y", "angle", "quality"):
        minutiae[name] = view[name]
    number = view["view"] << 4 | view["impression"]
    head = _VIEW.pack(view["finger"], number, view["finger_quality"], len(minutiae))
    return head + minutiae.tobytes() + struct.pack(">H", len(view["extended"])) + view["extended"]


def _read_view(reader: _Reader, width: int, height: int, device: int) -> View:
    finger, number, quality, count = reader.take(_VIEW, "finger view header")
    minutiae = np.frombuffer(reader.bytes(count * _MINUTIA.itemsize, "minutiae"), _MINUTIA)
    if np.any(minutiae["y"] > MAX_COORDINATE):
        raise TemplateError("A minutia has reserved bits that are not zero.")
    (extended_length,) = reader.take(_LENGTH, "extended data length")
    x, y = minutiae["x"] & np.uint16(MAX_COORDINATE), minutiae["y"]
    if np.any(x >= width) or np.any(y >= height):
        raise TemplateError("A minutia lies outside the image that the record describes.")
    return View(
        x=x.astype(np.int16),
        y=y.astype(np.int16),
        angle=minutiae["angle"],
        kind=(minutiae["x"] >> 14).astype(np.uint8),
        quality=minutiae["quality"],
        width=width,
        height=height,
        finger=finger,
        view=number >> 4,
        impression=number & 15,
        finger_quality=quality,
        device=device,
        extended=reader.bytes(extended_length, "extended data"),
    )


def _at_500_dpi(view: View, grid: resolution.Grid) -> View:
    if grid.is_500_dpi:
        return view
    block_rules.check(view["extended"], len(view["x"]), view["width"], view["height"])
    x, y, angle = grid.convert(view["x"], view["y"], view["angle"])
    width, height = grid.converted_size()
    if max(width, height) > MAX_SIDE_PX:
        raise TemplateError(
            f"At 500 dpi the record's image would be more than {MAX_SIDE_PX} pixels wide or high."
        )
    moved = block_rules.moved(view["extended"], grid.convert)
    return View(
        **(view | {"x": x, "y": y, "angle": angle, "width": width, "height": height, "extended": moved})
    )
