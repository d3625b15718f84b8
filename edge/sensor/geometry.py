"""From an image's bytes to its pixels.

The protocol numbers no packets and names no size, so a lost packet shows only in the byte count.
That is why the count must equal a known sensor's, and is never rounded to a plausible one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.sensor.errors import SensorGarbage


@dataclass(frozen=True, slots=True)
class Geometry:
    """Pixels across, pixels down, and pixels an inch."""

    width: int
    height: int
    dpi: float

    @property
    def byte_count(self) -> int:
        return self.width * self.height // 2


KNOWN_GEOMETRIES = (
    Geometry(256, 288, 500.0),  # ZFM-20, ZFM-60, R305, R307, AS608: their user manuals
    Geometry(192, 192, 508.0),  # R503 user manual
)
LARGEST_IMAGE_BYTES = max(known.byte_count for known in KNOWN_GEOMETRIES)

# Both 4-bit greys of a byte, the left pixel in the high half, spread over 0 to 255 (15 x 17 = 255).
_GREYS = np.array([[(byte >> 4) * 17, (byte & 15) * 17] for byte in range(256)], dtype=np.uint8)


def geometry_of(byte_count: int) -> Geometry:
    """The sensor whose image has this many bytes. Raises SensorGarbage when none has."""
    for known in KNOWN_GEOMETRIES:
        if known.byte_count == byte_count:
            return known
    raise SensorGarbage(f"An image of {byte_count} bytes is no known sensor's: part of it was lost.")


def unpack(pixels: bytes, geometry: Geometry) -> NDArray[np.uint8]:
    """Grey image, uint8 (height, width), values multiples of 17, from two pixels a byte."""
    greys: NDArray[np.uint8] = _GREYS[np.frombuffer(pixels, dtype=np.uint8)]
    return greys.reshape(geometry.height, geometry.width)
