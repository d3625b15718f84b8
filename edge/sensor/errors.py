"""What can go wrong between terminal and sensor.

Each error carries a `code` for machines and a sentence for people that says what to do.
None of them ever carries bytes of an answer: an answer may hold a piece of a fingerprint.
"""

# ruff: noqa: N818 - the names say what the sensor did, and are read as such in the agent
from typing import ClassVar


class SensorError(Exception):
    """Base of every failure of the sensor or of the line to it."""

    code: ClassVar[str] = "sensor.error"


class SensorSilent(SensorError):
    """No answer, or no further byte of one, arrived before the deadline."""

    code = "sensor.silent"


class SensorGarbage(SensorError):
    """Bytes arrived that are no valid answer to what was asked."""

    code = "sensor.garbage"


class SensorLying(SensorError):
    """Every answer was in form, and what they say cannot be."""

    code = "sensor.lying"


class SensorLost(SensorError):
    """The port is gone or cannot be opened: unplugged, absent, or without permission."""

    code = "sensor.lost"


class SensorPortTaken(SensorLost):
    """Another process owns the port."""

    code = "sensor.port_taken"


class SensorRefused(SensorError):
    """The sensor understood the command and answered with an error.

    `confirmation` is its confirmation code, 1 to 255.
    """

    code = "sensor.refused"

    def __init__(self, command: str, confirmation: int) -> None:
        meaning = CONFIRMATIONS.get(confirmation, "a code that no manual names")
        super().__init__(f"The sensor refused to {command}: {meaning} (0x{confirmation:02X}).")
        self.confirmation = confirmation


# ZFM-20 and R503 user manuals, "confirmation code"; the sentences are ours.
CONFIRMATIONS = {
    0x01: "it received a damaged packet, check the cable",
    0x02: "there is no finger on it",
    0x03: "it could not take an image",
    0x06: "the image is too disordered",
    0x07: "the image holds too few features",
    0x08: "the fingers do not match",
    0x09: "no finger in its library matches",
    0x0A: "the two impressions do not belong together",
    0x0B: "the position lies outside its library",
    0x0C: "the template could not be read",
    0x0D: "the template could not be sent",
    0x0E: "it cannot take the following data",
    0x0F: "the image could not be sent",
    0x10: "the template could not be deleted",
    0x11: "the library could not be cleared",
    0x13: "the password is wrong, set the sensor's password in the terminal's settings",
    0x15: "there is no image in its buffer",
    0x18: "its flash memory could not be written, replace the sensor",
    0x1A: "the parameter does not exist or the value is not possible",
    0x1B: "the parameter's value is not possible",
    0x20: "the address is wrong, set the sensor's address in the terminal's settings",
    0x21: "the password must be given first, set the sensor's password in the terminal's settings",
}
