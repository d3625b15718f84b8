"""How long bytes take on the line."""

from simulation.sensor.models import Model

_BITS_A_BYTE = 10  # start, eight, stop
_FRAME_BYTES = 11


def image_wire_s(model: Model, baud: int, packet_bytes: int = 128) -> float:
    """Seconds that one image takes as 4-bit pixels in data packets, at ten bits a byte."""
    image_bytes = model.width * model.height // 2
    packets = -(-image_bytes // packet_bytes)
    return (image_bytes + packets * _FRAME_BYTES) * _BITS_A_BYTE / baud
