"""The loop at the glass: wait for a finger, deal with it, light the answer, wait until it is lifted.

Nothing here gives up. A sensor that fails is journalled once and waited for; a journal that cannot be written takes
the terminal out of service, lamp on REFER, until there is room again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge.errors import JournalWriteError
from edge.inmate.moments import BUSY, OUT_OF_SERVICE, REST, Front, NoFront
from edge.log import Log
from edge.passage import Passages, Reply
from edge.ports import Capture, Light, Recorder, Sensor, SensorError, Station
from edge.sensor import SensorGarbage, SensorLost, SensorLying, SensorRefused, SensorSilent
from wire.happenings import Happening, SensorTrouble
from wire.state import SensorWord

IDLE_S = 0.5
"""Longest wait for a finger before the loop looks at everything else."""

LIFT_POLL_S = 0.01
"""The next finger may come as soon as this one is gone."""

COVERED_S = 30.0
"""A finger that lies longer than this is dirt, a cloth, or a latent print to wipe off."""

BARRED_S = 5.0
"""Pause after a journal that could not be written, before fingers are taken again."""

NO_TROUBLE = "none"
_WORDS = {
    SensorLost: SensorWord.LOST,
    SensorSilent: SensorWord.SILENCE,
    SensorGarbage: SensorWord.GARBAGE,
    SensorRefused: SensorWord.REFUSAL,
    SensorLying: SensorWord.LYING,
}


@dataclass
class Condition:
    """How the terminal's front stands, for its state; written by the agent's thread alone."""

    sensor: str = SensorWord.STARTING
    in_service: bool = True
    ready: bool = False
    unrecorded: list[Happening] = field(default_factory=list)


class Agent:
    """Owns the sensor. `ready` is called once, when sensor and journal both work; `now` is monotonic, in seconds.

    A `station` takes the fingers instead of the passages while it wants them. `calling` tells whether the resting light
    should send somebody to the officer.
    """

    def __init__(
        self,
        sensor: Sensor,
        passages: Passages,
        recorder: Recorder,
        *,
        lamp_s: float,
        now: Callable[[], float],
        sleep: Callable[[float], object],
        log: Log,
        ready: Callable[[], None],
        first: Sequence[Happening] = (),
        front: Front | None = None,
        station: Station | None = None,
        calling: Callable[[], bool] = lambda: False,
    ) -> None:
        self._front: Front = front or NoFront()
        self._station = station
        self._calling = calling
        self._said: deque[Light] = deque(maxlen=8)
        self._sensor = sensor
        self._passages = passages
        self._recorder = recorder
        self._lamp_s = lamp_s
        self._now = now
        self._sleep = sleep
        self._log = log
        self._ready = ready
        self.condition = Condition(unrecorded=list(first))
        self._trouble = NO_TROUBLE
        self._trouble_in_capture = False
        self._lit: Light | None = None
        self._lit_until = 0.0
        self._held_since: float | None = None
        self._barred_until = 0.0

    def run(self, keep_on: Callable[[], bool]) -> None:
        """Turns until `keep_on` says no, then leaves the ring dark."""
        while keep_on():
            self.turn()
        try:
            self._sensor.show(Light.OFF)
        except SensorError as error:
            self._log.info("ring_not_dark", code=error.code)
        self._sensor.close()

    def answer(self, light: Light) -> None:
        """Lights what an officer said, within IDLE_S, unless a finger is being dealt with. From any thread."""
        self._said.append(light)

    def turn(self) -> None:
        """One step of at most IDLE_S without a finger, or one finger."""
        try:
            if self._is_barred():
                self._stand_out_of_service()
                return
            self._record_what_waits()
            if self._said:
                self._show(self._said.popleft())
            if self._held_since is not None:
                self._await_lift()
            else:
                self._await_finger()
        except SensorError as error:
            self._note_trouble(error, in_capture=False)
        except JournalWriteError as error:
            self._barred_until = self._now() + BARRED_S
            self._log.error("journal_unwritable", code=error.code, say=error.sentence)
            self._stand_out_of_service()

    def _await_finger(self) -> None:
        if self._trouble == NO_TROUBLE:
            self._rest()
        wait_s = IDLE_S
        if self._lit not in (None, Light.READY, Light.CALLING):
            wait_s = min(IDLE_S, max(0.0, self._lit_until - self._now()))
        there = self._sensor.wait_for_finger(wait_s)
        self._note_sound(in_capture=False)
        if there:
            self._deal_with_finger()

    def _deal_with_finger(self) -> None:
        seen_at = self._now()
        self._held_since = seen_at
        station = self._station if self._station is not None and self._station.wants_finger() else None
        try:
            self._front.show(BUSY)
            self._show(Light.BUSY)
            capture = self._sensor.capture()
        except SensorLost:
            raise
        except SensorError as error:
            self._note_trouble(error, in_capture=True)
            self._interrupted(station, seen_at)
            return
        if capture is None:
            self._rest(at_once=True)
            return
        self._note_sound(in_capture=True)
        self._hand_over(station, capture, seen_at)

    def _hand_over(self, station: Station | None, capture: Capture, seen_at: float) -> None:
        if station is not None:
            self._show(station.finger(capture, seen_at))
        else:
            self._tell(self._passages.finger(capture, seen_at))

    def _interrupted(self, station: Station | None, seen_at: float) -> None:
        if station is not None:
            self._show(station.interrupted(seen_at))
        else:
            self._tell(self._passages.interrupted(seen_at))

    def _tell(self, reply: Reply) -> None:
        """What is on disk already: first what cannot fail, then the ring."""
        self._front.show(reply.moment)
        if reply.opens:
            self._front.grant()
        self._show(reply.light)

    def _await_lift(self) -> None:
        self._rest()
        there = self._sensor.finger_present()
        self._note_sound(in_capture=False)
        if not there:
            self._held_since = None
            if self._station is not None:
                self._station.lifted()
        elif self._now() - (self._held_since or 0.0) > COVERED_S:
            self.condition.sensor = SensorWord.COVERED
            self._sleep(IDLE_S)
        else:
            self._sleep(LIFT_POLL_S)

    def _show(self, light: Light) -> None:
        self._lit = None
        self._sensor.show(light)
        self._lit, self._lit_until = light, self._now() + self._lamp_s

    def _rest(self, *, at_once: bool = False) -> None:
        """Back to rest when the last answer was lit long enough."""
        resting = Light.CALLING if self._calling() else Light.READY
        if self._lit is resting:
            return
        over = self._lit in (None, Light.READY, Light.CALLING) or self._now() >= self._lit_until
        if at_once or over:
            self._front.show(REST)
            self._show(resting)

    def _is_barred(self) -> bool:
        return self._now() < self._barred_until or not self._recorder.has_room()

    def _stand_out_of_service(self) -> None:
        if self.condition.in_service:
            self.condition.in_service = False
            self._front.show(OUT_OF_SERVICE)
            self._log.error("out_of_service", say="The journal takes no entry: free some disk space.")
        if self._lit is not Light.REFER:
            try:
                self._show(Light.REFER)
            except SensorError as error:
                self._log.warning("sensor_trouble", trouble=_word(error), code=error.code)
        self._sleep(IDLE_S)

    def _record_what_waits(self) -> None:
        while self.condition.unrecorded:
            self._recorder.record(self.condition.unrecorded[0])
            del self.condition.unrecorded[0]
        if not self.condition.in_service:
            self.condition.in_service = True
            self._log.info("in_service")
            self._lit = None

    def _note_trouble(self, error: SensorError, *, in_capture: bool) -> None:
        word = _word(error)
        self._lit = None
        if isinstance(error, SensorLost):
            self._held_since = None
        if not in_capture and (word != self._trouble or self._trouble_in_capture):
            self._front.show(OUT_OF_SERVICE)
        self._trouble_in_capture = in_capture
        if word != self._trouble:
            self._log.warning("sensor_trouble", trouble=word, code=error.code, say=str(error))
            self._change_trouble(word)
        self._sleep(LIFT_POLL_S)

    def _note_sound(self, *, in_capture: bool) -> None:
        if self._trouble != NO_TROUBLE and (in_capture or not self._trouble_in_capture):
            self._log.info("sensor_sound")
            self._change_trouble(NO_TROUBLE)
        if self._trouble == NO_TROUBLE:
            self.condition.sensor = SensorWord.OK
        if not self.condition.ready:
            self.condition.ready = True
            self._ready()

    def _change_trouble(self, word: str) -> None:
        """Recorded before the next finger; one that could not be recorded yet gives way to the latest."""
        self._trouble = self.condition.sensor = word
        waiting = [item for item in self.condition.unrecorded if not isinstance(item, SensorTrouble)]
        self.condition.unrecorded[:] = [*waiting, SensorTrouble(trouble=word)]


def _word(error: SensorError) -> str:
    return next((word for kind, word in _WORDS.items() if isinstance(error, kind)), SensorWord.FAILED)
