"""Taking a file apart. Every length, count and number is checked against the bytes that are there.

Binary records of the old kind (Type-3 to Type-8) and compressions that lose something are refused by name: whoever
sends can make a Type-14 record of PNG or plain bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from hub.sharing.forensic.an2.content import ANGLE_UNITS, Minutia, Minutiae
from hub.sharing.forensic.an2.fields import DATA, FS, GS, RS, US

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_RECORDS: Final = 32
MAX_MINUTIAE: Final = 255
BINARY: Final = frozenset(range(3, 9))
CENTIMETRES_AN_INCH: Final = 2.54

_TAG: Final = re.compile(rb"([0-9]{1,2})\.([0-9]{3,9}):")
COMPRESSIONS: Final = frozenset({"WSQ", "WSQ20", "JPEGB", "JPEGL", "JP2", "JP2L"})
"""Of the standard and not read here: they lose detail, or would need a decoder that nobody keeps."""
_LENGTH: Final = re.compile(rb"([0-9]{1,2})\.0?01:([0-9]{1,9})\x1d")


class FileError(ValueError):
    """The bytes are no file of this form, or one that cannot be taken; the message says which, without its data."""


@dataclass(frozen=True)
class Record:
    """One record: its type and its fields by number, values as they stand."""

    kind: int
    fields: dict[int, bytes] = field(repr=False)

    def text(self, number: int) -> str:
        """A field of plain text; FileError when it is missing or no ASCII."""
        try:
            return self.fields[number].decode("ascii")
        except (KeyError, UnicodeDecodeError):
            raise FileError(f"Field {self.kind}.{number:03d} is missing or is no plain text.") from None

    def number(self, number: int, lowest: int, highest: int) -> int:
        """A field of one whole number within its range."""
        return _whole(self.text(number), lowest, highest, f"{self.kind}.{number:03d}")


@dataclass(frozen=True)
class SentImage:
    """An image of a Type-14 record: a PNG, or plain bytes of 8 bit grey when `is_png` is False."""

    position: int
    width: int
    height: int
    dpi: int
    data: bytes = field(repr=False)
    is_png: bool


def read(raw: bytes) -> list[Record]:
    """All records, the header first; FileError for what is torn, padded, or not what its header says."""
    if len(raw) > MAX_BYTES:
        raise FileError(f"The file has more than {MAX_BYTES // 1024 // 1024} MB.")
    records: list[Record] = []
    at = 0
    while at < len(raw):
        if len(records) >= MAX_RECORDS:
            raise FileError(f"The file has more than {MAX_RECORDS} records.")
        found, at = _record(raw, at)
        records.append(found)
        if len(records) == 1:
            _refuse_binary(found)
    if not records:
        raise FileError("The file is empty.")
    _check_contents(records)
    return records


def images_of(records: list[Record]) -> list[SentImage]:
    """Images of fingers; FileError for a compression that is not PNG or none."""
    return [_image(one) for one in records if one.kind == 14]


def minutiae_of(records: list[Record]) -> list[Minutiae]:
    """Minutiae in the fields of INCITS 378; records of other makers' fields alone are left out."""
    return [_minutiae(one) for one in records if one.kind == 9 and 137 in one.fields]


def _record(raw: bytes, at: int) -> tuple[Record, int]:
    head = _LENGTH.match(raw, at)
    if head is None:
        raise FileError("A record does not begin with its length; the file is torn or is of another form.")
    kind, length = int(head[1]), int(head[2])
    end = at + length
    if end > len(raw) or end <= head.end() or raw[end - 1 : end] != FS:
        raise FileError(f"A record of type {kind} does not end where its length says.")
    return Record(kind, _fields(kind, raw[head.end() : end - 1])), end


def _fields(kind: int, body: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        tag = _TAG.match(body, at)
        if tag is None or int(tag[1]) != kind:
            raise FileError(f"A record of type {kind} holds something that is no field of it.")
        number = int(tag[2])
        end = len(body) if number == DATA else body.find(GS, tag.end())
        end = len(body) if end < 0 else end
        if number in found or number == 1:
            raise FileError(f"Field {kind}.{number:03d} stands twice.")
        found[number] = body[tag.end() : end]
        at = end + 1
    return found


def _pairs(header: Record) -> list[tuple[int, int]]:
    """Type and IDC (or count, of the first) of each record that the header names."""
    found: list[tuple[int, int]] = []
    for row in header.text(3).encode().split(RS):
        parts = row.split(US)
        if len(parts) != 2 or not all(part.isdigit() and len(part) < 4 for part in parts):
            raise FileError("The contents in field 1.003 are no list of records.")
        found.append((int(parts[0]), int(parts[1])))
    return found


def _refuse_binary(header: Record) -> None:
    if header.kind != 1:
        raise FileError("The file does not begin with a record of type 1.")
    old = sorted(kind for kind, _ in _pairs(header)[1:] if kind in BINARY)
    if old:
        raise FileError(
            f"The file holds a binary record of type {old[0]}. "
            "Send a record of type 14 with a PNG or plain bytes."
        )


def _check_contents(records: list[Record]) -> None:
    said = _pairs(records[0])
    held = [(one.kind, one.number(2, 0, 99)) for one in records[1:]]
    if said[0] != (1, len(held)) or said[1:] != held:
        raise FileError("The header's list of records in field 1.003 is not what the file holds.")


def _image(one: Record) -> SentImage:
    width, height = one.number(6, 1, 4000), one.number(7, 1, 4000)
    form = one.text(11)
    if form not in ("PNG", "NONE"):
        named = f"compressed as {form} (field 14.011)" if form in COMPRESSIONS else "in a form not known here"
        raise FileError(
            f"The image is {named}, which is not read here. Send it as PNG or uncompressed (NONE), 8 bits grey, or "
            "send the finger as minutiae in a record of type 9."
        )
    if one.number(12, 1, 24) != 8:
        raise FileError("The image has not 8 bits a pixel (field 14.012). Send it as grey of 8 bits.")
    data = one.fields.get(DATA, b"")
    if form == "NONE" and len(data) != width * height:
        raise FileError("The image has not as many bytes as its size says.")
    return SentImage(_position(one, 13), width, height, _dpi(one, 8), data, form == "PNG")


def _minutiae(one: Record) -> Minutiae:
    width, height = one.number(128, 1, 4000), one.number(129, 1, 4000)
    rows = one.fields[137].split(RS)
    if len(rows) > MAX_MINUTIAE or len(rows) != one.number(136, 0, MAX_MINUTIAE):
        raise FileError("The number of minutiae in field 9.136 is not how many there are.")
    points = tuple(_point(row, width, height) for row in rows)
    return Minutiae(_position(one, 134), width, height, _dpi(one, 130), 0, points)


def _point(row: bytes, width: int, height: int) -> Minutia:
    parts = row.decode("ascii", "replace").split("\x1f")
    if len(parts) != 6:
        raise FileError("A minutia in field 9.137 has not six items.")
    limits = ((1, MAX_MINUTIAE), (0, width - 1), (0, height - 1), (0, 179), (0, 2), (0, 100))
    _, x, y, steps, kind, quality = (
        _whole(part, lowest, highest, "9.137") for part, (lowest, highest) in zip(parts, limits, strict=True)
    )
    return Minutia(x, y, round(steps * 2 * ANGLE_UNITS / 360) % ANGLE_UNITS, kind, quality)


def _position(one: Record, number: int) -> int:
    return one.number(number, 0, 10)


def _dpi(one: Record, scale_units: int) -> int:
    """Of scale units 1 (inch) or 2 (centimetre); both directions must be the same."""
    units = one.number(scale_units, 1, 2)
    across, down = one.number(scale_units + 1, 1, 5000), one.number(scale_units + 2, 1, 5000)
    if across != down:
        raise FileError("The image has pixels that are not square.")
    return across if units == 1 else round(across * CENTIMETRES_AN_INCH)


def _whole(value: str, lowest: int, highest: int, name: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise FileError(f"Field {name} is no whole number.")
    if not lowest <= int(value) <= highest:
        raise FileError(f"Field {name} is not from {lowest} to {highest}.")
    return int(value)
