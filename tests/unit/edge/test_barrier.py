"""The gate's thread: safe state first and last, entries for what happened, and trouble that stays its own."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from edge.barrier.barrier import RETRY_S, Barrier
from edge.barrier.door import Inputs
from edge.barrier.wiring import HardwareError, Wiring
from edge.decision import NO_ORDERS, InForce
from edge.errors import JournalFullError
from edge.inmate.moments import Sign
from edge.log import Log
from wire.happenings import Door, EntryReference, Happening
from wire.settings import GateSettings

SETTINGS = GateSettings(relay_enabled=True, relay_pin=4, contact_pin=5, pulse_s=5.0, open_s=8.0)
SALLY = GateSettings(
    kind="sally_port", relay_enabled=True, relay_pin=4, contact_pin=5, interlock_pin=6, interlock_wait_s=10.0
)
KEY = EntryReference(terminal="gate-1", journal_id=bytes(16), sequence=1)


class World:
    """Pins, a journal and a clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.inputs = Inputs(door_open=False)
        self.done: list[str] = []
        self._lines: dict[str, str] = {}
        self.kept: list[str] = []
        self.said: list[Sign] = []
        self.broken: Exception | None = None
        self.full = False
        self.output = io.StringIO()

    def read(self) -> Inputs:
        if self.broken is not None:
            raise self.broken
        return self.inputs

    def hold(self, released: bool) -> None:
        self._note("lock", "released" if released else "locked")

    def let_go(self) -> None:
        self._note("lock", "safe")

    def claim(self, busy: bool) -> None:
        self._note("way", "claimed" if busy else "free")

    def light(self, red: bool, green: bool, blue: bool) -> None:
        colours = "".join(name for name, lit in zip("rgb", (red, green, blue), strict=True) if lit)
        self._note("lamp", f"lamp {colours or 'dark'}")

    def buzz(self, on: bool) -> None:
        self._note("buzzer", "sound" if on else "silence")

    def close(self) -> None:
        self.done.append("closed")

    def open(self) -> Wiring:
        if self.broken is not None:
            raise self.broken
        return self

    def record(self, happening: Happening) -> EntryReference:
        if self.full:
            raise JournalFullError("full")
        assert isinstance(happening, Door)
        assert happening.checkpoint == "block-a-in"
        self.kept.append(happening.what)
        return KEY

    def has_room(self) -> bool:
        return True

    def logged(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.output.getvalue().splitlines()]

    def _note(self, line: str, what: str) -> None:
        """What a line is told again changes nothing."""
        if self._lines.get(line) != what:
            self._lines[line] = what
            self.done.append(what)


@pytest.fixture
def world() -> World:
    return World()


def barrier_of(world: World, settings: GateSettings = SETTINGS) -> Barrier:
    return Barrier(
        settings,
        "block-a-in",
        world.open,
        wired=True,
        now=lambda: world.now,
        log=Log("gate", world.output),
    )


def turn(world: World, barrier: Barrier, orders: InForce = NO_ORDERS, passing_s: float = 0.0) -> bool:
    world.now += passing_s
    return barrier.turn(orders, world.said.append)


def run_through(world: World, barrier: Barrier) -> None:
    """All that was asked until now, and a stop, in this thread."""
    barrier.stop()
    barrier.run(world, lambda: NO_ORDERS, world.said.append, lambda: None)


def test_pins_that_are_missing_are_an_alarm_and_no_end(world: World) -> None:
    world.broken = HardwareError("The gate's pins do not answer.")
    barrier = barrier_of(world)
    barrier.prepare()
    barrier.grant()
    assert turn(world, barrier)
    assert turn(world, barrier, passing_s=RETRY_S)
    assert barrier.health() == {"door": "no_hardware", "alarms": ["gate_hardware"]}
    assert world.logged() == ["gate_hardware"]
    world.broken = None
    assert turn(world, barrier, passing_s=RETRY_S)
    assert barrier.health() == {"door": "shut", "alarms": []}
    run_through(world, barrier)
    assert world.kept == ["hardware", "safe_state", "hardware_over"]


@pytest.mark.parametrize("error", [HardwareError("gone"), ZeroDivisionError("a fault of ours")])
def test_pins_that_break_leave_the_lock_safe_and_the_thread_alive(world: World, error: Exception) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    barrier.grant()
    turn(world, barrier)
    assert world.done[-1] == "released"
    world.broken = error
    assert turn(world, barrier)
    assert world.done[-1] == "closed"
    assert barrier.health()["alarms"] == ["gate_hardware"]


def test_the_safe_state_comes_first_and_last(world: World) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    assert world.done == ["safe"]
    barrier.grant()
    run_through(world, barrier)
    assert world.done[-1] == "closed"


def test_a_grant_releases_and_what_the_door_does_is_journalled(world: World) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    turn(world, barrier)
    assert world.done[-1] == "free"
    barrier.grant()
    turn(world, barrier)
    assert world.done[-2:] == ["claimed", "released"]
    world.inputs = Inputs(door_open=True)
    turn(world, barrier, passing_s=1.0)
    world.inputs = Inputs(door_open=False)
    turn(world, barrier, passing_s=1.0)
    assert world.done[-2:] == ["locked", "free"]
    world.inputs = Inputs(door_open=True)
    turn(world, barrier, passing_s=1.0)
    assert barrier.health() == {"door": "open", "alarms": ["door_forced"]}
    run_through(world, barrier)
    assert world.kept == ["opened", "closed", "opened", "forced"]


def test_a_journal_without_room_keeps_the_door_working_and_the_words_waiting(world: World) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    world.full = True
    world.inputs = Inputs(door_open=True)
    turn(world, barrier)
    run_through(world, barrier)
    assert world.kept == []
    world.full = False
    run_through(world, barrier)
    assert world.kept == ["opened"]


def test_an_evacuation_releases_and_a_lockdown_locks(world: World) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    turn(world, barrier, InForce(evacuate=True, lockdown=True))
    assert world.done[-1] == "released"
    assert barrier.health()["door"] == "evacuation"
    turn(world, barrier, InForce(lockdown=True))
    assert world.done[-2:] == ["locked", "free"]


def test_a_gate_that_opens_for_each_finger_is_held_released_while_it_answers_none(world: World) -> None:
    barrier = barrier_of(world, replace(SETTINGS, on_evacuate="pulse"))
    barrier.prepare()
    barrier.turn(InForce(evacuate=True), world.said.append, True)
    assert "released" not in world.done
    barrier.turn(InForce(evacuate=True), world.said.append, False)
    assert world.done[-1] == "released"
    barrier.turn(InForce(evacuate=True), world.said.append, True)
    assert world.done[-2:] == ["locked", "free"]
    barrier.turn(NO_ORDERS, world.said.append, False)
    assert world.done[-2:] == ["locked", "free"]


def test_whoever_waits_for_the_other_door_is_told_once_and_when_it_is_free(world: World) -> None:
    world.inputs = Inputs(door_open=False, other_busy=True)
    barrier = barrier_of(world, SALLY)
    barrier.prepare()
    barrier.grant()
    for _turn in range(3):
        turn(world, barrier, passing_s=0.1)
    assert world.said == [Sign.WAIT]
    world.inputs = Inputs(door_open=False)
    for _turn in range(8):
        turn(world, barrier, passing_s=0.1)
    assert world.said == [Sign.WAIT, Sign.GO]


def test_lamp_and_sound_follow_the_sign_and_end_with_the_next(world: World) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    barrier.show(Sign.GO, True)
    turn(world, barrier)
    assert world.done[-2:] == ["lamp g", "sound"]
    turn(world, barrier, passing_s=1.0)
    assert world.done[-1] == "silence"
    barrier.show(Sign.BUSY, True)
    turn(world, barrier)
    assert world.done[-1] == "lamp b"


def test_it_works_in_a_thread_of_its_own_and_ends_when_asked(world: World) -> None:
    barrier = barrier_of(world)
    barrier.prepare()
    beats = threading.Event()
    body: Callable[[], None] = lambda: barrier.run(world, lambda: NO_ORDERS, world.said.append, beats.set)  # noqa: E731
    thread = threading.Thread(target=body)
    thread.start()
    assert beats.wait(60)
    barrier.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert world.done[-1] == "closed"
