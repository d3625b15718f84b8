"""One turn of the drops: files that are due are written and pushed, and files that lie there are taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Drops:
    """Not ready yet."""

    def turn(self, now: datetime) -> None:
        raise NotImplementedError
