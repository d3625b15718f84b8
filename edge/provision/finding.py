"""Finding the sensor, and the fastest rate at which it can be relied on.

A rate counts when the sensor answers it several times over and sends one and the same image twice without a byte's
difference: checksums of 16 bits let one damaged packet in thousands through, the comparison does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge.errors import ProvisioningError
from edge.sensor import Parameters, SensorError, SensorRefused, SensorSettings
from edge.sensor.device import Device
from edge.sensor.geometry import Geometry, geometry_of

Say = Callable[[str], None]
OpenDevice = Callable[[SensorSettings], Device]

UDEV_LINK = Path("/dev/pims-sensor")
PATTERNS = ("serial0", "ttyAMA[0-9]*", "ttyS0", "ttyUSB[0-9]*", "ttyACM[0-9]*")
"""Below /dev, likeliest first: the Pi's own UART, then adapters."""

PROBED = (57_600, 115_200, 9_600, 19_200, 38_400, 28_800, 230_400, 460_800, 921_600)
"""The factory's rate and the commonest first."""
POLLS = 400
"""Looks for a finger, each as long as the sensor takes: about 20 s."""


@dataclass(frozen=True)
class Demands:
    """What a rate must pass: `reads` answers in a row and `images` alike, of `size` (width, height) where it is known.

    `rates` are those that the sensor may be told.
    """

    rates: Sequence[int]
    reads: int = 5
    images: int = 2
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class FoundSensor:
    """`seconds_an_image` at `baud`, and `geometry`, are None where no image could be had."""

    port: str
    baud: int
    seconds_an_image: float | None
    geometry: Geometry | None
    capacity: int

    @property
    def kind(self) -> str:
        """In words, for the record."""
        image = f"{self.geometry.width}x{self.geometry.height}" if self.geometry else "image size not known"
        return f"ZFM family, {image}, {self.capacity} places"


def likely_ports(devices: Path = Path("/dev"), link: Path = UDEV_LINK) -> list[str]:
    """Ports where a sensor may be, likeliest first: the udev link alone when there is one."""
    if link.exists():
        return [str(link)]
    return [str(path) for pattern in PATTERNS for path in sorted(devices.glob(pattern))]


def find_sensor(
    ports: Sequence[str], wanted: SensorSettings, demands: Demands, open_device: OpenDevice, say: Say
) -> FoundSensor:
    """The first sensor that answers at one of `ports`, brought to the fastest rate that it passes.

    `wanted` gives backend, address, password and patience. ProvisioningError when none answers or
    none passes, with what to do.
    """
    trouble = ""
    for port in ports:
        settings = replace(wanted, port=port, bauds=PROBED, target_baud=None)
        device = open_device(settings)
        try:
            parameters = device.connect()
        except SensorError as error:
            trouble = str(error)
            say(f"  {port}: {error}")
            continue
        try:
            return _raised(device, parameters, settings, demands, open_device, say)
        finally:
            device.disconnect()
    looked = ", ".join(ports) or "no serial port of this machine"
    raise ProvisioningError(
        f"No sensor was found at {looked}. {trouble} Plug it in and run this again, name its port with --sensor-port, "
        "or go on with --without-sensor."
    )


def _raised(
    device: Device,
    parameters: Parameters,
    settings: SensorSettings,
    demands: Demands,
    open_device: OpenDevice,
    say: Say,
) -> FoundSensor:
    found = FoundSensor(settings.port, device.baud, None, None, parameters.capacity)
    say(f"Sensor at {settings.port}, {device.baud} baud.")
    if not _has_image(device, say):
        say(
            "No image could be had, so the rate stays as it is. Run this again with a finger at hand to raise it."
        )
        return found
    present = device.baud
    device.disconnect()
    for rate in sorted({*demands.rates, present}, reverse=True):
        tried = open_device(replace(settings, target_baud=rate, bauds=(present, *PROBED)))
        try:
            tried.connect()
            if tried.baud == rate:
                seconds, geometry = check_rate(tried, demands)
                say(f"{rate} baud: passed, {seconds:.2f} s an image.")
                _check_size(geometry, demands)
                return replace(found, baud=rate, seconds_an_image=seconds, geometry=geometry)
            say(f"{rate} baud: the sensor stays at {tried.baud}.")
        except SensorRefused:
            say(f"{rate} baud: the sensor does not offer it.")
        except SensorError as error:
            say(f"{rate} baud: not passed ({error})")
        finally:
            present = tried.baud or present
            tried.disconnect()
    raise ProvisioningError(
        f"The sensor at {settings.port} sends no image twice alike at any rate. Shorten its cable, keep it away from "
        "power lines, and run this again; replace the sensor when that does not help."
    )


def check_rate(device: Device, demands: Demands) -> tuple[float, Geometry]:
    """Seconds that an image takes, and its size; SensorError when an answer or an image is not whole."""
    for _ in range(demands.reads):
        device.parameters()
    began = device.now()
    first, _ = device.download_image()
    seconds = device.now() - began
    geometry = geometry_of(len(first))
    for _ in range(demands.images - 1):
        if device.download_image()[0] != first:
            raise SensorError("the same image came differently twice")
    return seconds, geometry


def _check_size(geometry: Geometry, demands: Demands) -> None:
    size, wanted = (geometry.width, geometry.height), demands.size
    if wanted is not None and wanted != size:
        raise ProvisioningError(
            f"The sensor sends images of {size[0]}x{size[1]}, and its profile says {wanted[0]}x{wanted[1]}. Choose "
            "the profile of the sensor in hand with --sensor-profile."
        )


def _has_image(device: Device, say: Say) -> bool:
    """Whether something to send lies in the sensor's buffer; a finger is asked for."""
    say("Lay any finger on the sensor and keep it there.")
    try:
        if not any(device.read_image() for _ in range(POLLS)):
            say("No finger was laid on.")
        device.download_image()
    except SensorError as error:
        say(f"No image: {error}")
        return False
    return True
