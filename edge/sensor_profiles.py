"""What the manuals say of each sensor that a terminal may have: `firmware_configs/sensors/<profile>.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge.errors import SettingsError
from wire.codec import Strict
from wire.settings import Baud

PROFILES = Path(__file__).resolve().parent.parent / "firmware_configs" / "sensors"

PacketBytes = Annotated[int, Meta(ge=32, le=256)]
Pixels = Annotated[int, Meta(ge=64, le=1024)]


class LineFacts(Strict, frozen=True):
    """The serial line: rates and lengths of data packets that may be set, and those of the factory."""

    bauds: Annotated[list[Baud], Meta(min_length=1, max_length=20)]
    default_baud: Baud
    packet_bytes: Annotated[list[PacketBytes], Meta(min_length=1, max_length=4)]
    default_packet_bytes: PacketBytes
    start_ms: Annotated[int, Meta(ge=10, le=5000)]

    def __post_init__(self) -> None:
        if any(baud % 9600 for baud in self.bauds):
            raise ValueError("bauds must be multiples of 9600")
        if self.default_baud not in self.bauds:
            raise ValueError("default_baud must be one of bauds")
        if self.default_packet_bytes not in self.packet_bytes:
            raise ValueError("default_packet_bytes must be one of packet_bytes")


class ImageFacts(Strict, frozen=True):
    """The image as it crosses the line."""

    width: Pixels
    height: Pixels
    dpi: Annotated[float, Meta(ge=250, le=1100)]
    grey_bits: Annotated[int, Meta(ge=4, le=8)]

    @property
    def byte_count(self) -> int:
        return self.width * self.height * self.grey_bits // 8


class StoreFacts(Strict, frozen=True):
    """Templates that the sensor could keep itself."""

    capacity: Annotated[int, Meta(ge=0, le=10_000)]
    template_bytes: Annotated[int, Meta(ge=128, le=4096)]


class FrontFacts(Strict, frozen=True):
    """What a person sees and touches."""

    ring: bool
    finger_line: bool


class SelfCheckFacts(Strict, frozen=True):
    """What a rate must pass before it is kept."""

    images: Annotated[int, Meta(ge=1, le=10)]
    reads: Annotated[int, Meta(ge=1, le=50)]


class TimingFacts(Strict, frozen=True):
    """How much slower than the manuals' usual the sensor may be."""

    patience: Annotated[float, Meta(ge=0.5, le=10)]


class SensorProfile(Strict, frozen=True):
    """One kind of sensor. `to_confirm` names the keys that were not read in the manual of this very part."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    to_confirm: list[str]
    line: LineFacts
    image: ImageFacts
    store: StoreFacts
    front: FrontFacts
    self_check: SelfCheckFacts
    timing: TimingFacts

    @property
    def bauds(self) -> list[int]:
        """Rates that may be set, slowest first."""
        return sorted(self.line.bauds)


def profile_names() -> list[str]:
    """Profiles that come with the software."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def read_profile(name: str) -> SensorProfile:
    """A profile of `firmware_configs/sensors`, or a file that ends in .toml; SettingsError names what is wrong."""
    path = Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text())
    except OSError as error:
        raise SettingsError(
            f"There is no sensor profile «{name}». Choose one of: {', '.join(profile_names())}; "
            "or give a path that ends in .toml."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Correct it and try again.") from error
    try:
        return msgspec.convert(content, SensorProfile)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        key = place.strip("`").removeprefix("$").lstrip(".") or "profile"
        raise SettingsError(f"{path}: {key} is wrong: {what}. Correct it and try again.") from error
