"""Writing a file: Type-1 header, Type-2 description, Type-14 images, Type-9 minutiae in the fields of INCITS 378.

An image and the minutiae of the same finger have the same information designation character (IDC). Resolutions are
those that the images have: nothing is scaled on the way out.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final

from hub.sharing.forensic.an2.content import ANGLE_UNITS, FingerprintFile, Minutiae, Picture
from hub.sharing.forensic.an2.fields import DATA, VERSION, Field, items, record, subfields, text

PIXELS_PER_INCH: Final = 1
"""Scale units (SLC)."""
DEGREES_A_STEP: Final = 2
"""Angles of INCITS 378 count in steps of two degrees."""
INCITS_M1: Final = 27
MINUTIAE_RECORD: Final = 513
"""Format owner and type in the CBEFF registry: INCITS M1, finger minutiae record of 2004."""


def write(file: FingerprintFile) -> bytes:
    """The file. Images and minutiae come in order of the finger; there may be either, or neither."""
    fingers = {one.position for one in file.pictures} | {one.position for one in file.minutiae}
    # IDC 0 is the description's; images of a finger and their minutiae share one.
    idc = {position: number for number, position in enumerate(sorted(fingers), 1)}
    parts: list[tuple[int, int, bytes]] = [(2, 0, record(2, _description(file)))]
    for picture in sorted(file.pictures, key=lambda one: one.position):
        number = idc[picture.position]
        parts.append((14, number, record(14, _picture(file, picture, number))))
    for minutiae in sorted(file.minutiae, key=lambda one: one.position):
        number = idc[minutiae.position]
        parts.append((9, number, record(9, _minutiae(minutiae, number))))
    contents = [(kind, f"{number:02d}") for kind, number, _ in parts]
    return record(1, _header(file, contents)) + b"".join(written for _, _, written in parts)


def steps_of(angle: int) -> int:
    """Units of ISO/IEC 19794-2 as the nearest step of two degrees, 0 to 179."""
    return round(angle * 360 / ANGLE_UNITS / DEGREES_A_STEP) % (360 // DEGREES_A_STEP)


def _header(file: FingerprintFile, contents: list[tuple[int, str]]) -> list[Field]:
    at = file.at.astimezone(UTC)
    fields = [
        (2, text(VERSION)),
        (3, subfields([(1, len(contents)), *contents])),
        (4, text(file.kind)),
        (5, text(f"{file.on:%Y%m%d}")),
        (7, text(file.destination)),
        (8, text(file.origin)),
        (9, text(file.control_number)),
        (10, text(file.answers)),
        # Resolutions of Type-4 records; there are none.
        (11, b"00.00"),
        (12, b"00.00"),
        (14, text(f"{at:%Y%m%d%H%M%SZ}")),
    ]
    return [(number, value) for number, value in fields if value]


def _description(file: FingerprintFile) -> list[Field]:
    return [(2, b"00"), *((number, text(value)) for number, value in sorted(file.described.items()))]


def _picture(file: FingerprintFile, one: Picture, idc: int) -> list[Field]:
    return [
        (2, b"%02d" % idc),
        (3, text(one.impression)),
        (4, text(file.origin)),
        (5, text(f"{one.captured_on:%Y%m%d}")),
        (6, text(one.width)),
        (7, text(one.height)),
        (8, text(PIXELS_PER_INCH)),
        (9, text(one.dpi)),
        (10, text(one.dpi)),
        (11, b"PNG"),
        (12, b"8"),
        (13, text(one.position)),
        (16, text(one.dpi)),
        (17, text(one.dpi)),
        (20, text(f"Scanned at {one.dpi} ppi, not resampled")),
        (DATA, one.png),
    ]


def _minutiae(one: Minutiae, idc: int) -> list[Field]:
    points = [
        (number, at.x, at.y, steps_of(at.angle), at.kind, at.quality)
        for number, at in enumerate(one.points, 1)
    ]
    fields = [
        (2, b"%02d" % idc),
        (3, text(one.impression)),
        (4, b"U"),
        (126, items(INCITS_M1, MINUTIAE_RECORD, 0)),
        # Neither the sensor nor its number is certified for this use: said, not left open.
        (127, items("NONE", 0)),
        (128, text(one.width)),
        (129, text(one.height)),
        (130, text(PIXELS_PER_INCH)),
        (131, text(one.dpi)),
        (132, text(one.dpi)),
        (133, b"0"),
        (134, text(one.position)),
        (135, items(one.quality, "0000", 0)),
        (136, text(len(points))),
    ]
    return [*fields, (137, subfields(points))] if points else fields
