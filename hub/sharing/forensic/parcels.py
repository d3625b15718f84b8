"""A set of fingers: packed at approval, made into a file when it is fetched, of what the agreement then allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from hub.biometrics.handing_out import HandedFinger
from hub.sharing.forensic.an2.content import FingerprintFile, Minutia, Minutiae, Picture
from hub.sharing.forensic.an2.writing import write
from hub.sharing.forensic.records import ForensicRequest
from hub.web.formats import SITE_ZONE

DESCRIBED: Final = {
    "nc:PersonSurName": 18,
    "nc:PersonBirthDate": 22,
    "j:PersonSexCode": 24,
    "j:BookingAgencyRecordIdentification": 9,
    "pims:LaboratoryCaseID": 10,
}
"""Agreed field -> number in the Type-2 record, as the FBI's EBTS numbers them: NAM, DOB, SEX, OCA (our reference) and
CIN (theirs)."""
ORIGIN: Final = "PIMS"


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """One finger of a set: its record, its minutiae one by one, and its image where images were asked for."""

    position: int
    quality: int
    enrolled_on: date
    grid: tuple[int, int, int]
    points: tuple[tuple[int, int, int, int, int], ...]
    record: bytes
    scanned: tuple[int, int, int]
    png: bytes

    def __repr__(self) -> str:
        return f"Packed(position={self.position})"


class Parcel(msgspec.Struct, frozen=True, array_like=True):
    """A whole set, as it is sealed."""

    fingers: tuple[Packed, ...]

    def __repr__(self) -> str:
        return f"Parcel({len(self.fingers)} fingers)"


def pack(fingers: Sequence[HandedFinger], *, images: bool) -> Parcel:
    """The set to be sealed; without `images` no image gets into it at all."""
    return Parcel(tuple(_packed(one, images=images) for one in fingers))


def unpack(plain: bytes) -> Parcel:
    """Reverse of encoding a parcel."""
    return msgspec.msgpack.decode(plain, type=Parcel)


def file_of(row: ForensicRequest, parcel: Parcel, told: Mapping[str, Any], at: datetime) -> bytes:
    """The ANSI/NIST-ITL file. `told` holds the agreed fields that the gate gave: nothing else describes anybody."""
    return write(
        FingerprintFile(
            kind="FPSET",
            destination=row.agency.upper(),
            origin=ORIGIN,
            control_number=row.number,
            answers=row.message_id,
            at=at,
            on=at.astimezone(SITE_ZONE).date(),
            described=_described(told),
            pictures=tuple(_picture(one) for one in parcel.fingers if one.png),
            minutiae=tuple(_minutiae(one) for one in parcel.fingers),
        )
    )


def _described(told: Mapping[str, Any]) -> dict[int, str]:
    found = {number: str(told[name]) for name, number in DESCRIBED.items() if told.get(name)}
    if 18 in found and told.get("nc:PersonGivenName"):
        found[18] = f"{found[18]},{told['nc:PersonGivenName']}"
    if 22 in found:
        found[22] = found[22].replace("-", "")
    return found


def _packed(one: HandedFinger, *, images: bool) -> Packed:
    grid, scanned = one.grid, one.scanned
    return Packed(
        one.position,
        one.quality,
        one.enrolled_at.astimezone(SITE_ZONE).date(),
        (grid.width, grid.height, grid.dpi),
        tuple((at.x, at.y, at.angle, at.kind, at.quality) for at in one.points),
        one.record,
        (scanned.width, scanned.height, scanned.dpi),
        one.png if images else b"",
    )


def _picture(one: Packed) -> Picture:
    width, height, dpi = one.scanned
    return Picture(one.position, width, height, dpi, one.png, one.enrolled_on)


def _minutiae(one: Packed) -> Minutiae:
    width, height, dpi = one.grid
    points = tuple(Minutia(*values) for values in one.points)
    return Minutiae(one.position, width, height, dpi, one.quality, points)
