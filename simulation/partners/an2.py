"""Reading the prison's ANSI/NIST-ITL file, as little of it as a laboratory needs to believe it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_FS, _GS, _RS, _US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
_IMAGE = 999
_PNG = b"\x89PNG\r\n\x1a\n"


class Unreadable(ValueError):  # noqa: N818 - says what it is
    """The file is not what it says."""


@dataclass(frozen=True)
class Contents:
    """Finger positions of images, and how many minutiae each finger has."""

    records: int
    images: tuple[int, ...]
    minutiae: dict[int, int]


def read(raw: bytes) -> Contents:
    """Unreadable when a record does not end where it says, or does not hold what it says."""
    records = list(_records(raw))
    if not records or records[0][0] != 1:
        raise Unreadable("it does not begin with a record of type 1")
    said = [tuple(map(int, one.split(_US))) for one in records[0][1][3].split(_RS)]
    if said[0] != (1, len(records) - 1) or [kind for kind, _ in said[1:]] != [
        kind for kind, _ in records[1:]
    ]:
        raise Unreadable("its list of contents is not what it holds")
    return Contents(
        len(records),
        tuple(_image(fields) for kind, fields in records if kind == 14),
        dict(_minutiae(fields) for kind, fields in records if kind == 9),
    )


def minutiae_of_iso(raw: bytes) -> tuple[int, int]:
    """Finger and number of minutiae of a record of ISO/IEC 19794-2:2005 with one view."""
    if raw[:8] != b"FMR\0 20\0" or struct.unpack(">I", raw[8:12])[0] != len(raw) or raw[22] != 1:
        raise Unreadable("it is no record of one view of ISO/IEC 19794-2:2005")
    finger, count = raw[24], raw[27]
    (further,) = struct.unpack(">H", raw[28 + 6 * count : 30 + 6 * count])
    if 30 + 6 * count + further != len(raw):
        raise Unreadable("its minutiae do not fill it")
    return finger, count


def _records(raw: bytes) -> list[tuple[int, dict[int, bytes]]]:
    found = []
    at = 0
    while at < len(raw):
        end_of_first = raw.index(_GS, at)
        tag, _, length = raw[at:end_of_first].partition(b":")
        end = at + int(length)
        if raw[end - 1 : end] != _FS:
            raise Unreadable("a record does not end where it says")
        kind = int(tag.split(b".")[0])
        found.append((kind, _fields(kind, raw[at : end - 1])))
        at = end
    return found


def _fields(kind: int, body: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        tag, _, rest = body[at:].partition(b":")
        number = int(tag.removeprefix(b"%d." % kind))
        # An image holds any bytes, separators too: it is the last of its record.
        value = rest if number == _IMAGE else rest.partition(_GS)[0]
        found[number] = value
        at += len(tag) + 1 + len(value) + 1
    return found


def _image(fields: dict[int, bytes]) -> int:
    picture = fields[_IMAGE]
    if fields[11] != b"PNG" or not picture.startswith(_PNG):
        raise Unreadable("an image is no PNG")
    if struct.unpack(">II", picture[16:24]) != (int(fields[6]), int(fields[7])):
        raise Unreadable("an image has another size than its record says")
    return int(fields[13])


def _minutiae(fields: dict[int, bytes]) -> tuple[int, int]:
    rows = fields[137].split(_RS) if 137 in fields else []
    if len(rows) != int(fields[136]) or any(len(row.split(_US)) != 6 for row in rows):
        raise Unreadable("minutiae are missing")
    return int(fields[134]), len(rows)
