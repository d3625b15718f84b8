"""What the machine says of itself: how warm it is, whether its supply is weak. None is not known, as on a server."""

from __future__ import annotations

from pathlib import Path

_THERMAL = "sys/class/thermal"
_THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
_UNDER_VOLTAGE_NOW = 0x1
"""Raspberry Pi documentation, vcgencmd get_throttled: bit 0, under-voltage detected."""


class Machine:
    """Reads below `root`, which is the whole machine but in tests."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def temperature_c(self) -> float | None:
        """Of the warmest zone, in degrees Celsius."""
        found = [_number(path) for path in (self._root / _THERMAL).glob("thermal_zone*/temp")]
        known = [value / 1000 for value in found if value is not None and -40_000 < value < 150_000]
        return round(max(known), 1) if known else None

    def undervoltage(self) -> bool | None:
        """Whether the supply is too weak now; only a Raspberry Pi can tell."""
        value = _number(self._root / _THROTTLED, base=16)
        return None if value is None else bool(value & _UNDER_VOLTAGE_NOW)


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(path.read_text().strip(), base)
    except (OSError, ValueError):
        return None
