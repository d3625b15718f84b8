"""The invented staff: logins that stand under what was written down. No accounts, and nobody in particular."""

from __future__ import annotations

from random import Random
from typing import Final

CLERKS: Final = ("a.lamb", "d.tzul", "m.novelo")
"""Records officers."""
SUPERVISORS: Final = ("g.wade", "s.arana")
OFFICERS: Final = ("b.pitts", "c.choc", "k.usher", "r.sosa", "v.flowers")
NURSES: Final = ("nurse.cadle", "nurse.ical")
DOCTOR: Final = "Dr. Vale"


def two(rng: Random, of: tuple[str, ...]) -> tuple[str, str]:
    """Two different ones: whoever did it, and whoever looked at it again."""
    first, second = rng.sample(of, 2)
    return first, second
