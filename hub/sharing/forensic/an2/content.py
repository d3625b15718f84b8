"""What a file of fingerprints says, apart from how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Final

ANGLE_UNITS: Final = 256
"""Of ISO/IEC 19794-2 in a turn, counter-clockwise from the right."""
LIVE_SCAN_PLAIN: Final = 0
"""Impression type: one finger laid flat on a sensor."""


class Ending(IntEnum):
    """Kind of a minutia, as ISO/IEC 19794-2 and INCITS 378 number them."""

    OTHER = 0
    RIDGE_ENDING = 1
    BIFURCATION = 2


@dataclass(frozen=True)
class Minutia:
    """Place in pixels from the upper left, angle in units of ISO/IEC 19794-2, quality 0 (not reported) to 100."""

    x: int
    y: int
    angle: int
    kind: int
    quality: int

    def __repr__(self) -> str:
        return "Minutia()"


@dataclass(frozen=True)
class Minutiae:
    """The minutiae of one finger (1 right thumb to 10 left little finger), on a grid of `dpi` each way."""

    position: int
    width: int
    height: int
    dpi: int
    quality: int
    points: tuple[Minutia, ...] = field(repr=False)
    impression: int = LIVE_SCAN_PLAIN


@dataclass(frozen=True)
class Picture:
    """The image of one finger as a PNG of 8 bit grey; `dpi` is what it was scanned at."""

    position: int
    width: int
    height: int
    dpi: int
    png: bytes = field(repr=False)
    captured_on: date
    impression: int = LIVE_SCAN_PLAIN


@dataclass(frozen=True)
class FingerprintFile:
    """A whole file. `described` are fields of the Type-2 record: number -> plain ASCII text."""

    kind: str
    destination: str
    origin: str
    control_number: str
    answers: str
    at: datetime
    on: date
    described: Mapping[int, str] = field(default_factory=dict, repr=False)
    pictures: tuple[Picture, ...] = ()
    minutiae: tuple[Minutiae, ...] = ()
