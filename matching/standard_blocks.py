"""The blocks of extended data that ISO/IEC 19794-2:2005 defines itself (clauses 7.5.2 to 7.5.4), as values.

Each is read strictly, so that what was read is written back byte for byte. Coordinates are pixels, angles 256 units a
turn, as for minutiae.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.errors import TemplateError

RIDGE_COUNTS: Final = 0x0001
CORES_AND_DELTAS: Final = 0x0002
ZONAL_QUALITY: Final = 0x0003

MAX_SINGULAR_POINTS: Final = 15
"""Of each sort; their number has 4 bits."""

_PLACE: Final = struct.Struct(">HH")
_HAS_ANGLES: Final = 0x4000
_MAX_COORDINATE: Final = 0x3FFF
_EDGE_BYTES: Final = 3
_ZONES_HEADER: Final = 3


@dataclass(frozen=True, slots=True, repr=False)
class RidgeCounts:
    """Ridges between minutiae.

    - `method`: 0 any pairs, 1 the nearest minutia in each quadrant, 2 in each octant
    - `edges`: (index of a minutia, index of another, ridges crossed), each 0 to 255
    """

    method: int
    edges: tuple[tuple[int, int, int], ...]

    def __post_init__(self) -> None:
        _require(0 <= self.method <= 2, "The method of ridge counts must be from 0 to 2.")
        flat = [value for edge in self.edges for value in edge]
        _require(
            len(flat) == _EDGE_BYTES * len(self.edges) and all(0 <= value <= 255 for value in flat),
            "Ridge counts name two minutiae and a number, each from 0 to 255.",
        )


@dataclass(frozen=True, slots=True, repr=False)
class SingularPoint:
    """A core (no angle or one) or a delta (none or three) at pixel `x`, `y`."""

    x: int
    y: int
    angles: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _require(
            min(self.x, self.y) >= 0 and max(self.x, self.y) <= _MAX_COORDINATE,
            f"A core or delta must lie from 0 to {_MAX_COORDINATE} each way.",
        )
        _require(
            all(0 <= angle <= 255 for angle in self.angles),
            "The angles of a core or delta must be from 0 to 255.",
        )


@dataclass(frozen=True, slots=True, repr=False)
class CoresAndDeltas:
    """At most MAX_SINGULAR_POINTS of each."""

    cores: tuple[SingularPoint, ...] = ()
    deltas: tuple[SingularPoint, ...] = ()

    def __post_init__(self) -> None:
        _require(
            max(len(self.cores), len(self.deltas)) <= MAX_SINGULAR_POINTS,
            f"There can be at most {MAX_SINGULAR_POINTS} cores and as many deltas.",
        )
        _require(
            all(len(core.angles) in {0, 1} for core in self.cores)
            and all(len(delta.angles) in {0, 3} for delta in self.deltas),
            "A core has one angle or none, a delta three or none.",
        )


@dataclass(frozen=True, slots=True, repr=False)
class ZonalQuality:
    """Quality of each zone of the image.

    - `zone_width`, `zone_height`: 1 to 255 pixels; zones at the right and lower edge may hang over
    - `bits`: 1 to 8, of each value
    - `values`: one byte a zone, 0 (worst) to 2 ** bits - 1, rows from the top, each from the left
    """

    zone_width: int
    zone_height: int
    bits: int
    values: bytes

    def __post_init__(self) -> None:
        _require(
            1 <= self.zone_width <= 255 and 1 <= self.zone_height <= 255 and 1 <= self.bits <= 8,
            "Zones must be from 1 to 255 pixels each way, and their quality have from 1 to 8 bits.",
        )
        _require(
            not self.values or max(self.values) < 1 << self.bits,
            "The quality of a zone must fit into the number of bits that is given.",
        )


def read_ridge_counts(content: bytes) -> RidgeCounts:
    """TemplateError when this is no ridge count block."""
    edges = edges_of(content).tolist()
    return RidgeCounts(content[0], tuple((one, other, ridges) for one, other, ridges in edges))


def write_ridge_counts(counts: RidgeCounts) -> bytes:
    """Reverse of `read_ridge_counts`."""
    return bytes([counts.method]) + b"".join(bytes(edge) for edge in counts.edges)


def read_cores_and_deltas(content: bytes) -> CoresAndDeltas:
    """TemplateError when this is no core and delta block."""
    cores, at = _read_points(content, 0, angles=1)
    deltas, at = _read_points(content, at, angles=3)
    if at != len(content):
        raise TemplateError("The record's cores and deltas are followed by bytes that belong to none.")
    return CoresAndDeltas(cores, deltas)


def write_cores_and_deltas(points: CoresAndDeltas) -> bytes:
    """Reverse of `read_cores_and_deltas`."""
    return _write_points(points.cores) + _write_points(points.deltas)


def read_zonal_quality(content: bytes, width: int, height: int) -> ZonalQuality:
    """For an image of that size; TemplateError when this is no zonal quality block of it."""
    zones = zones_of(content, width, height)
    zone_width, zone_height, bits = content[:_ZONES_HEADER]
    stream = np.unpackbits(np.frombuffer(content[_ZONES_HEADER:], np.uint8))
    values = np.zeros((zones, 8), np.uint8)
    values[:, 8 - bits :] = stream[: zones * bits].reshape(zones, bits)
    return ZonalQuality(zone_width, zone_height, bits, np.packbits(values).tobytes())


def write_zonal_quality(quality: ZonalQuality) -> bytes:
    """Reverse of `read_zonal_quality`."""
    values = np.unpackbits(np.frombuffer(quality.values, np.uint8)).reshape(-1, 8)[:, 8 - quality.bits :]
    return bytes([quality.zone_width, quality.zone_height, quality.bits]) + np.packbits(values).tobytes()


def edges_of(content: bytes) -> NDArray[np.uint8]:
    """uint8 (edges, 3) of a ridge count block: the same as in `RidgeCounts`."""
    if not content or (len(content) - 1) % _EDGE_BYTES or content[0] > 2:
        raise TemplateError("The record's ridge counts have a method or a length that cannot be.")
    return np.frombuffer(content[1:], np.uint8).reshape(-1, _EDGE_BYTES)


def zones_of(content: bytes, width: int, height: int) -> int:
    """Number of zones in a zonal quality block, once its form has been looked at."""
    if len(content) < _ZONES_HEADER or not content[0] or not content[1] or not 1 <= content[2] <= 8:
        raise TemplateError("The record's zonal quality has zones of a size or depth that cannot be.")
    zone_width, zone_height, bits = content[:_ZONES_HEADER]
    zones = -(-width // zone_width) * -(-height // zone_height)
    if len(content) - _ZONES_HEADER != -(-zones * bits // 8):
        raise TemplateError("The record's zonal quality has not one value for each zone of the image.")
    if content[-1] & (1 << -zones * bits % 8) - 1:
        raise TemplateError("The record's zonal quality is filled up with bits that are not zero.")
    return zones


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TemplateError(otherwise)


def _read_points(content: bytes, at: int, angles: int) -> tuple[tuple[SingularPoint, ...], int]:
    if at >= len(content) or content[at] > MAX_SINGULAR_POINTS:
        raise TemplateError("The record's cores and deltas have a number that is missing or too large.")
    points, count, at = [], content[at], at + 1
    for _ in range(count):
        if len(content) - at < _PLACE.size:
            raise TemplateError("The record's cores and deltas end inside one of them.")
        x, y = _PLACE.unpack_from(content, at)
        at += _PLACE.size
        turned = angles if x & _HAS_ANGLES else 0
        x &= ~_HAS_ANGLES
        if max(x, y) > _MAX_COORDINATE or len(content) - at < turned:
            raise TemplateError("A core or delta of the record has reserved bits set, or lacks its angles.")
        points.append(SingularPoint(x, y, tuple(content[at : at + turned])))
        at += turned
    return tuple(points), at


def _write_points(points: tuple[SingularPoint, ...]) -> bytes:
    parts = [bytes([len(points)])]
    for point in points:
        parts.append(_PLACE.pack(point.x | (_HAS_ANGLES if point.angles else 0), point.y))
        parts.append(bytes(point.angles))
    return b"".join(parts)
