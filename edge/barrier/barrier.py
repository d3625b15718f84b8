"""The gate's hardware, worked by a thread of its own: lock, lamp, buzzer, contacts.

Whoever decides hands over and goes on: neither a slow pin nor a broken one holds up a scan or its entry. Hardware
that fails leaves the lock in its safe state, is told once, and is opened anew until it answers.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from edge.barrier.door import OVER, Door
from edge.barrier.signals import DARK, Colours, Signals
from edge.barrier.wiring import HardwareError, Wiring
from edge.decision import InForce
from edge.errors import JournalWriteError
from edge.inmate.moments import Sign
from edge.log import Log
from edge.ports import Recorder
from wire.happenings import Door as DoorEntry
from wire.settings import GateSettings

TURN_S = 0.025
"""Between two looks at the lines: a contact that bounces is seen once, a button is never missed."""

IDLE_S = 1.0
"""The same where nothing is wired."""

RETRY_S = 15.0
"""Between two tries to get pins that could not be had."""

MOST_UNTOLD = 500
"""Words kept for a journal that has no room; later ones are then counted in the log alone."""

TROUBLE = "hardware"


class Pulse(Protocol):
    """A thread's sign of life."""

    def __call__(self) -> None: ...


@dataclass(frozen=True)
class _Show:
    sign: Sign
    aloud: bool


@dataclass(frozen=True)
class _Grant:
    """One person may pass."""


@dataclass(frozen=True)
class _Stop:
    """The agent ends."""


class Barrier:
    """`prepare` first of all, `run` in a thread, `stop` at the end; every other call is from any thread.

    `say` is called when somebody who was granted the way must wait for the other door, and when it is free at last.
    `now` is monotonic, in seconds.
    """

    def __init__(
        self,
        settings: GateSettings,
        checkpoint: str,
        open_wiring: Callable[[], Wiring],
        *,
        wired: bool,
        now: Callable[[], float],
        log: Log,
    ) -> None:
        self._checkpoint = checkpoint
        self._open_wiring = open_wiring
        self._turn_s = TURN_S if wired else IDLE_S
        self._now = now
        self._log = log
        self._door = Door(settings)
        self._signals = Signals()
        self._asked: queue.Queue[_Show | _Grant | _Stop] = queue.Queue()
        self._wiring: Wiring | None = None
        self._retry_at = 0.0
        self._in_trouble = False
        self._held_up = False
        self._lit: Colours = DARK
        self._sounding = False
        self._untold: list[str] = []

    def prepare(self) -> None:
        """Puts the lock into its safe state, before anything else of the agent has begun."""
        self._open()

    def show(self, sign: Sign, aloud: bool) -> None:
        self._asked.put(_Show(sign, aloud))

    def grant(self) -> None:
        self._asked.put(_Grant())

    def stop(self) -> None:
        self._asked.put(_Stop())

    def health(self) -> Mapping[str, Any]:
        """For `HubLink.also_tell`: the door's word and what is wrong."""
        alarms = self._door.alarms
        if self._in_trouble:
            return {"door": "no_hardware", "alarms": [f"gate_{TROUBLE}"]}
        return {"door": self._door.word, "alarms": [f"door_{alarm}" for alarm in alarms]}

    def run(
        self,
        recorder: Recorder,
        in_force: Callable[[], InForce],
        say: Callable[[Sign], None],
        pulse: Pulse,
        serves: Callable[[], bool] = lambda: True,
    ) -> None:
        """Returns after `stop`, with the lock in its safe state. `serves` tells whether fingers are answered now."""
        on = True
        while on:
            pulse()
            on = self.turn(in_force(), say, serves())
            self._journal(recorder)
        self.close()
        self._journal(recorder)

    def turn(self, orders: InForce, say: Callable[[Sign], None], serves: bool = True) -> bool:
        """One look at everything; False when it is to end."""
        try:
            asked = self._asked.get(timeout=self._turn_s)
        except queue.Empty:
            asked = None
        if isinstance(asked, _Stop):
            return False
        try:
            self._work(asked, orders, say, serves)
        except HardwareError as error:
            self._fail(error.sentence)
        except Exception as error:  # noqa: BLE001 - whatever broke here, scans are still to be journalled
            self._fail(f"The gate's control broke off ({type(error).__name__}).")
        return True

    def _work(
        self, asked: _Show | _Grant | None, orders: InForce, say: Callable[[Sign], None], serves: bool
    ) -> None:
        now = self._now()
        if isinstance(asked, _Show):
            self._signals.show(asked.sign, asked.aloud, now)
        wiring = self._wiring
        if wiring is None and now >= self._retry_at:
            wiring = self._open()
        if wiring is None:
            return
        self._door.orders(evacuate=orders.evacuate, lockdown=orders.lockdown, served=serves)
        self._untold += self._door.tick(wiring.read(), now)
        if isinstance(asked, _Grant):
            self._untold += self._door.grant(now)
        self._move(wiring)
        self._tell_whoever_waits(say)
        self._signal(wiring, now)

    def _move(self, wiring: Wiring) -> None:
        """The way is claimed before the lock lets go, and given free after it holds again."""
        if self._door.claims:
            wiring.claim(True)
        wiring.hold(self._door.released)
        if not self._door.claims:
            wiring.claim(False)

    def _tell_whoever_waits(self, say: Callable[[Sign], None]) -> None:
        if self._door.held_up and not self._held_up:
            say(Sign.WAIT)
        elif self._held_up and self._door.released:
            say(Sign.GO)
        self._held_up = self._door.held_up or (self._held_up and self._door.word == "waiting")

    def _signal(self, wiring: Wiring, now: float) -> None:
        lamp, sounds = self._signals.lamp(now), self._signals.sounds(now)
        if lamp != self._lit:
            wiring.light(*lamp)
            self._lit = lamp
        if sounds != self._sounding:
            wiring.buzz(sounds)
            self._sounding = sounds

    def _open(self) -> Wiring | None:
        """With the pins in hand the lock stands in its safe state until the first turn."""
        try:
            wiring = self._open_wiring()
            wiring.let_go()
        except HardwareError as error:
            self._fail(error.sentence)
            return None
        self._wiring, self._lit, self._sounding = wiring, DARK, False
        if self._in_trouble:
            self._in_trouble = False
            self._log.info("gate_answers")
            self._untold.append(TROUBLE + OVER)
        return wiring

    def _fail(self, sentence: str) -> None:
        self.close()
        self._retry_at = self._now() + RETRY_S
        if not self._in_trouble:
            self._in_trouble = True
            self._log.error("gate_hardware", say=sentence)
            self._untold += [TROUBLE, "safe_state"]

    def close(self) -> None:
        """Lets go of the pins, with the lock in its safe state. May be said again."""
        if self._wiring is not None:
            self._wiring.close()
            self._wiring = None

    def _journal(self, recorder: Recorder) -> None:
        while self._untold:
            try:
                recorder.record(DoorEntry(checkpoint=self._checkpoint, what=self._untold[0]))
            except JournalWriteError as error:
                dropped = self._untold[MOST_UNTOLD:]
                del self._untold[MOST_UNTOLD:]
                if dropped:
                    self._log.error("door_not_journalled", code=error.code, count=len(dropped))
                return
            del self._untold[0]
