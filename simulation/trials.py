"""What devices go through in a headless run: one is without the hub for a while, one is cut off and replaced.

Nobody is killed while the cut-off is timed and the new device taken in: those figures are about these two alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from simulation.cutting_off import cut_off
from simulation.gatehouse import Gatehouse
from simulation.onlooker import Onlooker
from simulation.people import Walker
from simulation.prison import Prison
from simulation.processes import ProcessFailed
from simulation.trial_report import CutOff, Seen
from simulation.truth import Outage
from simulation.walking import Walking

OFFLINE_AT, CUT_OFF_AT, MEND_AT = 0.1, 0.25, 0.7
"""Shares of the scans after which each thing happens at the earliest."""

HISTORY_S = 32.0
"""A terminal is without the hub for at least this long: what is older than 30 s it sends as history."""

AFTERWARDS = 3
"""Scans at the replaced gate that the run keeps for its new terminal."""

_PATIENCE_S = 120.0
_POLL_S = 0.1


@dataclass
class Trials:
    """Runs beside the walkers on a thread of its own; what was seen is in the fields afterwards."""

    prison: Prison
    walking: Walking
    onlooker: Onlooker
    stranger: Walker
    people: int
    done: Callable[[], float]
    turn: threading.Lock = field(default_factory=threading.Lock)
    outage: Outage | None = None
    backlog: int = 0
    cut: CutOff | None = None
    replacement_s: float = 0.0
    successor: str = ""
    chain_shown: bool = False
    failure: Exception | None = None

    def __post_init__(self) -> None:
        *_, self._away, self._stolen = self.prison.gatehouses
        self.successor = f"{self._stolen.gate.terminal}-2"
        self.walking.keep_for(self.successor, AFTERWARDS)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="trials", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begins nothing new; returns when the step under way is over."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def join(self, timeout_s: float) -> None:
        """Waits for the last step; raises what went wrong in one, or that it takes too long."""
        self._thread.join(timeout_s)
        if self.failure is not None:
            raise self.failure
        if self._thread.is_alive():
            raise ProcessFailed(f"the trials were not over {timeout_s:.0f} s after the last scan")

    @property
    def hit(self) -> list[Gatehouse]:
        """Houses whose terminals may be killed, the one without the hub first; the one that is replaced may not."""
        return [
            self._away,
            *(house for house in self.prison.gatehouses if house not in (self._away, self._stolen)),
        ]

    def _work(self) -> None:
        try:
            if self._reach(OFFLINE_AT):
                with self._without_hub():
                    if self._reach(CUT_OFF_AT):
                        self.walking.clear_gate(self._stolen)
                        with self.turn:
                            self._cut_off()
                            self._replace()
                    self._reach(MEND_AT)
        except Exception as error:  # noqa: BLE001 - carried to the caller of join
            self.failure = error
            self.walking.open_gate(self._stolen)

    def _reach(self, share: float) -> bool:
        """Waits until so much of the run is done; False when it is stopped before."""
        while self.done() < share and not self._stopping.wait(_POLL_S):
            pass
        return not self._stopping.is_set()

    @contextmanager
    def _without_hub(self) -> Iterator[None]:
        terminal = self._away.gate.terminal
        line, begun = self.prison.line_of[terminal], time.time()
        line.cut()
        try:
            yield
            self._stopping.wait(max(0.0, begun + HISTORY_S - time.time()))
            self.backlog = self.prison.owed_by(terminal)
        finally:
            line.mend()
        mended = time.time()
        self._wait(lambda: self.prison.owed_by(terminal) == 0, "the backlog did not drain")
        self.outage = Outage(terminal, begun, mended, time.time())
        self.prison.truth.add_outage(self.outage)

    def _cut_off(self) -> None:
        house = self._stolen
        terminal = house.gate.terminal
        self._wait(lambda: self.prison.owed_by(terminal) == 0, f"{terminal} did not drain")
        self.cut = cut_off(self.prison, house, self.stranger, self.onlooker)

    def _replace(self) -> None:
        house, begun = self._stolen, time.monotonic()
        old = house.gate.terminal
        house.gate = replace(house.gate, terminal=self.successor)
        self.prison.take_in(house, replaces=old)
        self._wait(lambda: self.prison.has_roll(self.successor, self.people), "the new terminal has no roll")
        self.replacement_s = time.monotonic() - begun
        page = self.onlooker.read(f"/terminals/places/{house.gate.checkpoint}")
        self.chain_shown = old in page.replace(self.successor, "") and self.successor in page
        self.walking.open_gate(house)

    def _wait(self, there: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not there():
            if self._stopping.is_set():
                return
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{otherwise} within {_PATIENCE_S:.0f} s")
            time.sleep(_POLL_S)

    def seen(self) -> Seen:
        """What was seen, for the report; ProcessFailed when a step was left out."""
        if self.outage is None or self.cut is None:
            raise ProcessFailed("the run ended before every trial was made")
        return Seen(self.outage, self.backlog, self.cut, self.successor, self.replacement_s, self.chain_shown)
