"""The sensors that can be played, by their user manuals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """Image in pixels, template in bytes, capacity in templates.

    `baud_codes` are the multiples of 9,600 it can be set to. `greets` is whether it sends 0x55 when
    it has restarted. `light` is whether it has a ring; without one it answers 0x35 by `no_light`.
    """

    name: str
    width: int
    height: int
    template_bytes: int
    capacity: int
    baud_codes: tuple[int, ...]
    light: bool
    greets: bool
    system_id: int
    no_light: int = 0x1A


ZFM20 = Model(
    name="ZFM-20",
    width=256,
    height=288,
    template_bytes=512,
    capacity=1000,
    baud_codes=tuple(range(1, 13)),
    light=True,  # as fitted to our terminals, with a ring; see ZFM20_DARK
    greets=False,
    system_id=0x0009,
)
ZFM20_DARK = Model(
    name="ZFM-20 without ring",
    width=256,
    height=288,
    template_bytes=512,
    capacity=1000,
    baud_codes=tuple(range(1, 13)),
    light=False,
    greets=False,
    system_id=0x0009,
)
FAST256 = Model(
    name="256x288 sensor with a fast line",
    width=256,
    height=288,
    template_bytes=512,
    capacity=1000,
    baud_codes=(*range(1, 13), 24, 48, 96),
    light=True,
    greets=False,
    system_id=0x0009,
)
R503 = Model(
    name="R503",
    width=192,
    height=192,
    template_bytes=1536,
    capacity=200,
    baud_codes=tuple(range(1, 13)),
    light=True,
    greets=True,
    system_id=0x0000,
)
