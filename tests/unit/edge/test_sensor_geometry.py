import numpy as np
import pytest

from edge.sensor.errors import SensorGarbage
from edge.sensor.geometry import KNOWN_GEOMETRIES, Geometry, geometry_of, unpack


@pytest.mark.parametrize(
    ("byte_count", "shape", "dpi"), [(36_864, (288, 256), 500), (18_432, (192, 192), 508)]
)
def test_size_is_told_by_the_byte_count(byte_count: int, shape: tuple[int, int], dpi: float) -> None:
    geometry = geometry_of(byte_count)
    assert ((geometry.height, geometry.width), geometry.dpi) == (shape, dpi)


@pytest.mark.parametrize("lost", [1, 32, 64, 128, 256])
def test_a_lost_packet_is_no_other_size(lost: int) -> None:
    for known in KNOWN_GEOMETRIES:
        with pytest.raises(SensorGarbage, match="lost"):
            geometry_of(known.byte_count - lost)


def test_the_high_half_is_the_left_pixel_and_greys_span_the_byte() -> None:
    image = unpack(b"\xf0\x1e", Geometry(width=2, height=2, dpi=500))
    assert image.dtype == np.uint8
    assert image.tolist() == [[255, 0], [17, 238]]
