"""What time it is, and how far that can be trusted: a Raspberry Pi has no clock of its own."""

from __future__ import annotations

import ctypes
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wire.journal import Clock as Confidence

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMEX_BYTES = 512  # struct timex has 208 bytes on 64-bit Linux; room for any later one
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_EARLIEST_PLAUSIBLE = datetime(2025, 1, 1, tzinfo=UTC)
_LATEST_PLAUSIBLE = datetime(2090, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reading:
    """One look at the clocks. `boot_time_ms` also runs while the machine sleeps and never goes back."""

    boot_id: str
    boot_time_ms: int
    wall_time: datetime
    confidence: Confidence

    def seconds_since(self, earlier: Reading) -> float:
        """Seconds from `earlier` to this one, at least 0: by boot time within one boot, else by the wall clock."""
        if earlier.boot_id == self.boot_id:
            return max(0, self.boot_time_ms - earlier.boot_time_ms) / 1000
        return max(0.0, (self.wall_time - earlier.wall_time).total_seconds())


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self._boot_id = _BOOT_ID.read_text().strip().replace("-", "")
        self._libc = ctypes.CDLL(None, use_errno=True)

    def read(self) -> Reading:
        """Every value as of now."""
        wall = datetime.now(UTC)
        return Reading(
            boot_id=self._boot_id,
            boot_time_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
            wall_time=wall,
            confidence=Confidence.SYNCHRONISED if self._is_trusted(wall) else Confidence.UNSURE,
        )

    def _is_trusted(self, wall: datetime) -> bool:
        if not is_plausible(wall):
            return False
        state = self._libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
        return 0 <= int(state) < _TIME_ERROR


def is_plausible(wall: datetime) -> bool:
    """Whether a wall clock can be right at all: not 1970, and not 2099."""
    return _EARLIEST_PLAUSIBLE <= wall <= _LATEST_PLAUSIBLE


def disk_free_bytes(folder: Path) -> int:
    """Bytes that this process may still write on the disk of `folder`."""
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize
