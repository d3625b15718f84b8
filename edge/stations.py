"""Several things that may want the next finger for themselves; the first of them that does has it."""

from __future__ import annotations

from edge.ports import Capture, Light, Station


class Stations:
    """`edge.ports.Station` in front of others, asked in their order. Whoever wanted a finger keeps it to its end."""

    def __init__(self, *stations: Station) -> None:
        self._stations = stations
        self._at_it: Station | None = None

    def wants_finger(self) -> bool:
        self._at_it = next((one for one in self._stations if one.wants_finger()), None)
        return self._at_it is not None

    def finger(self, capture: Capture, seen_at: float) -> Light:
        return Light.READY if self._at_it is None else self._at_it.finger(capture, seen_at)

    def interrupted(self, seen_at: float) -> Light:
        return Light.READY if self._at_it is None else self._at_it.interrupted(seen_at)

    def lifted(self) -> None:
        for one in self._stations:
            one.lifted()
