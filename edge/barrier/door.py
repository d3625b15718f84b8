"""One door and its lock as a state machine: what happened goes in with its time, what is to be told comes out.

Pure. Times are monotonic, in seconds. The lock has one question, `released`; the other door of a sally-port has one,
`claims`. Neither door is ever released while the other claims.

    shut --grant--> granted (released for pulse_s) --opened--> open --shut--> shut
      |                 |                                        |
      +--opened--> forced   not opened in open_s: not_opened     open for held_open_s: held_open
"""

from __future__ import annotations

from dataclasses import dataclass

from wire.settings import GateSettings

SETTLE_S = 0.3
"""Between claiming the way and releasing the lock: longer than the other terminal takes to see the claim and yield."""

OVER = "_over"


@dataclass(frozen=True)
class Inputs:
    """What the lines say. `door_open` is None without a contact; `other_busy` is the other door's claim."""

    door_open: bool | None = None
    exit_pressed: bool = False
    tamper: bool = False
    duress: bool = False
    other_busy: bool = False


class Door:
    """Fed by `grant`, `orders` and `tick`; tells words of `wire.happenings.Door` in the order they happened."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._interlocked = settings.interlock_pin is not None
        self._watched = settings.contact_pin is not None
        self._inputs = Inputs(door_open=False if self._watched else None)
        self._known = False
        self._evacuating = False
        self._locked_down = False
        self._served = True
        self._wanted_until: float | None = None
        self._claimed_at: float | None = None
        self._released_until: float | None = None
        self._expected_until: float | None = None
        self._excused_until: float | None = None
        self._opened_at: float | None = None
        self._granted_while_open = False
        self._alarms: set[str] = set()

    @property
    def released(self) -> bool:
        """Whether the lock is to let go."""
        return self._held_released() or self._released_until is not None

    @property
    def claims(self) -> bool:
        """Whether the other door must stay locked: ours is open, released, or about to be."""
        return self.released or self._claimed_at is not None or self._inputs.door_open is True

    @property
    def held_up(self) -> bool:
        """Whether somebody was granted the way and the other door keeps it."""
        return self._wanted_until is not None and self._inputs.other_busy

    @property
    def alarms(self) -> list[str]:
        """What is wrong now. Duress is not among them: whoever stands at the terminal must not see it."""
        return sorted(self._alarms - {"duress"})

    @property
    def word(self) -> str:
        """How the door stands, in one word."""
        if self._held_released():
            return "evacuation"
        if self._inputs.door_open:
            return "open"
        if self.released:
            return "granted"
        if self._wanted_until is not None:
            return "waiting"
        return "shut" if self._watched else "locked"

    def grant(self, now: float) -> list[str]:
        """Lets one person through, at once or as soon as the other door of a sally-port is shut."""
        if self._held_released():
            return []
        told = self._end("not_opened")
        self._granted_while_open = self._inputs.door_open is True
        self._wanted_until = now + self._settings.interlock_wait_s
        return told + self._go_on(now)

    def orders(self, *, evacuate: bool, lockdown: bool, served: bool = True) -> None:
        """Orders in force, told again at each turn. A lockdown ends what was granted before it came, and leaves what an
        officer grants in it; an evacuation holds the lock released, everywhere when no finger is `served` here.
        """
        locked_down = lockdown and not evacuate
        if locked_down and not self._locked_down:
            self._wanted_until = self._claimed_at = self._released_until = self._expected_until = None
        self._locked_down = locked_down
        self._evacuating = evacuate
        self._served = served

    def tick(self, inputs: Inputs, now: float) -> list[str]:
        """What the lines and the time brought."""
        before, self._inputs = self._inputs, inputs
        told = self._note_switches(before, inputs, now)
        told += self._note_door(before, inputs, now)
        self._known = True
        return told + self._go_on(now) + self._run_out(now)

    def _held_released(self) -> bool:
        return self._evacuating and (self._settings.on_evacuate == "release" or not self._served)

    def _note_switches(self, before: Inputs, now_said: Inputs, now: float) -> list[str]:
        told: list[str] = []
        if now_said.exit_pressed and (not before.exit_pressed or not self._known):
            told.append("request_exit")
        if now_said.exit_pressed:
            self._excused_until = now + self._settings.open_s
        for alarm, on in (("tamper", now_said.tamper), ("duress", now_said.duress)):
            told += self._begin(alarm) if on else self._end(alarm)
        return told

    def _note_door(self, before: Inputs, now_said: Inputs, now: float) -> list[str]:
        if not self._watched or (now_said.door_open == before.door_open and self._known):
            return []
        if now_said.door_open:
            self._opened_at = now
            told = ["opened", *self._end("not_opened")]
            if not self._may_open(now):
                told += self._begin("forced")
            self._expected_until = self._excused_until = None
            return told
        if not self._known:
            return []
        self._opened_at = None
        if not self._granted_while_open:
            self._released_until = None  # one grant is for one opening
        self._granted_while_open = False
        return [*self._end("forced"), *self._end("held_open"), "closed"]

    def _may_open(self, now: float) -> bool:
        """A door found open at the start was opened before anybody watched."""
        expected = self._expected_until is not None and now <= self._expected_until
        excused = self._excused_until is not None and now <= self._excused_until
        return self._evacuating or expected or excused or not self._known

    def _go_on(self, now: float) -> list[str]:
        """A grant that waits: claim the way, give the other door time to yield, then release."""
        if self._wanted_until is None:
            return []
        if not self._interlocked or self._evacuating:
            self._release(now)
            return []
        if self._inputs.other_busy:
            if not self._settings.interlock_first:
                self._claimed_at = None
            if now >= self._wanted_until:
                self._wanted_until = self._claimed_at = None
                return ["interlocked"]
            return []
        if self._claimed_at is None:
            self._claimed_at = now
        elif now - self._claimed_at >= SETTLE_S:
            self._release(now)
        return []

    def _release(self, now: float) -> None:
        self._wanted_until = self._claimed_at = None
        self._released_until = now + self._settings.pulse_s
        if self._watched:
            self._expected_until = now + max(self._settings.open_s, self._settings.pulse_s)

    def _run_out(self, now: float) -> list[str]:
        told: list[str] = []
        if self._released_until is not None and now >= self._released_until:
            self._released_until = None
        if self._expected_until is not None and now > self._expected_until:
            self._expected_until = None
            if not self._inputs.door_open:
                told += self._begin("not_opened")
        held = self._opened_at is not None and now - self._opened_at >= self._settings.held_open_s
        if held and not self._evacuating:
            told += self._begin("held_open")
        return told

    def _begin(self, alarm: str) -> list[str]:
        if alarm in self._alarms:
            return []
        self._alarms.add(alarm)
        return [alarm]

    def _end(self, alarm: str) -> list[str]:
        if alarm not in self._alarms:
            return []
        self._alarms.discard(alarm)
        return [alarm + OVER]
