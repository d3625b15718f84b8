"""The simulation's own log of what happened in front of the sensors: finger offered, lamp seen.

It is written by the simulated people alone, from what an onlooker could see, and owes nothing to agent or hub.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

ADMIT, REFUSE, REFER, AGAIN = "ADMIT", "REFUSE", "REFER", "AGAIN"
ANSWERS = frozenset({ADMIT, REFUSE, REFER, AGAIN})
INTERRUPTED = "INTERRUPTED"


@dataclass
class Touch:
    """One finger laid on one sensor. Times are seconds of the wall clock; `lamp` None when none was seen."""

    terminal: str
    walker: int
    finger: str
    attempt: int
    offered_at: float
    image_sent_at: float | None = None
    lamp: str | None = None
    lamp_at: float | None = None


@dataclass
class Scan:
    """One walker dealing with one gate: up to five touches; `result` is the last lamp, or INTERRUPTED."""

    terminal: str
    walker: int
    touches: list[Touch] = field(default_factory=list)
    result: str = INTERRUPTED

    @property
    def ended_at(self) -> float:
        last = self.touches[-1]
        return last.lamp_at if last.lamp_at is not None else last.offered_at


@dataclass(frozen=True)
class Kill:
    """`victim` is one of the kinds of `killing.VICTIMS`; recovered when the restarted process said it was ready."""

    victim: str
    process: str
    killed_at: float
    recovered_at: float


@dataclass(frozen=True)
class Outage:
    """A terminal's line was cut and mended, and what had gathered meanwhile was with the hub at `drained_at`."""

    terminal: str
    cut_at: float
    mended_at: float
    drained_at: float


class Truth:
    """Collects scans, stray lamps and kills from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.scans: list[Scan] = []
        self.kills: list[Kill] = []
        self.outages: list[Outage] = []
        self.strays: list[tuple[str, str, float]] = []

    def add(self, scan: Scan) -> None:
        with self._lock:
            self.scans.append(scan)

    def add_kill(self, kill: Kill) -> None:
        with self._lock:
            self.kills.append(kill)

    def add_outage(self, outage: Outage) -> None:
        with self._lock:
            self.outages.append(outage)

    def add_stray(self, terminal: str, lamp: str, at: float) -> None:
        """A lamp that answers no finger on the glass."""
        with self._lock:
            self.strays.append((terminal, lamp, at))

    def places(self, gates: dict[str, str], outside: str) -> dict[int, frozenset[str]]:
        """Where each walker may be, by the lamps alone: through the gate on ADMIT, before it on REFUSE.

        Whoever was interrupted last may be on record on either side: the terminal died before its lamp, and only
        its journal knows whether it had decided.
        """
        where: dict[int, frozenset[str]] = {}
        for scan in sorted(self.scans, key=lambda scan: scan.ended_at):
            beyond = gates[scan.terminal]
            if scan.result == ADMIT:
                where[scan.walker] = frozenset({beyond})
            elif scan.result == REFUSE:
                where[scan.walker] = frozenset({outside})
            elif scan.result == INTERRUPTED:
                where[scan.walker] = where.get(scan.walker, frozenset({""})) | {beyond, outside}
        return where
