"""The door as a state machine: what may open it, what it tells, and two doors that are never open together."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.barrier.door import SETTLE_S, Door, Inputs
from wire.settings import GateSettings

LOCK = GateSettings(
    relay_enabled=True,
    relay_pin=17,
    contact_pin=27,
    exit_pin=22,
    tamper_pin=23,
    duress_pin=24,
    pulse_s=5.0,
    open_s=8.0,
    held_open_s=30.0,
)
SALLY = msgspec.structs.replace(
    LOCK, kind="sally_port", interlock_pin=5, interlock_out_pin=6, interlock_wait_s=10.0
)
SHUT = Inputs(door_open=False)
OPEN = Inputs(door_open=True)


@pytest.fixture
def door() -> Door:
    made = Door(LOCK)
    assert made.tick(SHUT, 0.0) == []
    return made


def test_a_door_opened_without_a_grant_is_forced_until_it_is_shut(door: Door) -> None:
    assert door.tick(OPEN, 1.0) == ["opened", "forced"]
    assert door.alarms == ["forced"]
    assert door.tick(OPEN, 2.0) == []
    assert door.tick(SHUT, 3.0) == ["forced_over", "closed"]
    assert door.alarms == []


def test_a_grant_releases_the_lock_for_its_pulse_alone(door: Door) -> None:
    assert (door.released, door.word) == (False, "shut")
    assert door.grant(1.0) == []
    assert door.released
    assert (door.word, door.claims) == ("granted", True)
    door.tick(SHUT, 5.9)
    assert door.released
    door.tick(SHUT, 6.0)
    assert not door.released


def test_whoever_goes_through_locks_the_door_behind_them(door: Door) -> None:
    door.grant(1.0)
    assert door.tick(OPEN, 2.0) == ["opened"]
    assert door.word == "open"
    assert door.tick(SHUT, 3.0) == ["closed"]
    assert not door.released
    assert door.tick(OPEN, 3.5) == ["opened", "forced"]


def test_a_second_person_granted_in_the_open_door_is_not_locked_out(door: Door) -> None:
    door.grant(1.0)
    door.tick(OPEN, 2.0)
    door.grant(2.5)
    door.tick(SHUT, 3.0)
    assert door.released
    assert door.tick(OPEN, 4.0) == ["opened"]
    door.tick(SHUT, 5.0)
    assert not door.released


def test_a_grant_that_nobody_used_is_told_and_ends_with_the_next_use(door: Door) -> None:
    door.grant(1.0)
    assert door.tick(SHUT, 9.0) == []
    assert door.tick(SHUT, 9.1) == ["not_opened"]
    assert door.alarms == ["not_opened"]
    assert door.grant(10.0) == ["not_opened_over"]


def test_a_grant_used_in_the_open_door_is_not_missed_later(door: Door) -> None:
    door.grant(1.0)
    door.tick(OPEN, 2.0)
    door.grant(2.5)
    door.tick(OPEN, 12.0)
    assert door.tick(SHUT, 13.0) == ["closed"]


def test_a_door_held_open_is_told_once_and_its_end(door: Door) -> None:
    door.grant(1.0)
    door.tick(OPEN, 2.0)
    assert door.tick(OPEN, 31.9) == []
    assert door.tick(OPEN, 32.0) == ["held_open"]
    assert door.tick(OPEN, 99.0) == []
    assert door.tick(SHUT, 100.0) == ["held_open_over", "closed"]


def test_the_exit_button_excuses_the_opening_and_releases_nothing(door: Door) -> None:
    pressed = replace(SHUT, exit_pressed=True)
    assert door.tick(pressed, 1.0) == ["request_exit"]
    assert door.tick(pressed, 1.1) == []
    assert not door.released
    assert door.tick(OPEN, 2.0) == ["opened"]
    door.tick(SHUT, 3.0)
    assert door.tick(OPEN, 4.0) == ["opened", "forced"]


def test_tamper_and_duress_are_told_with_their_end_and_duress_stays_off_the_terminal(door: Door) -> None:
    assert door.tick(replace(SHUT, tamper=True, duress=True), 1.0) == ["tamper", "duress"]
    assert door.alarms == ["tamper"]
    assert door.tick(SHUT, 2.0) == ["tamper_over", "duress_over"]


def test_a_door_that_stood_open_at_the_start_was_not_forced_but_may_not_stay_so() -> None:
    door = Door(LOCK)
    assert door.tick(OPEN, 0.0) == ["opened"]
    assert door.tick(OPEN, 30.0) == ["held_open"]


def test_without_a_contact_nothing_is_known_of_the_door() -> None:
    door = Door(msgspec.structs.replace(LOCK, contact_pin=None))
    door.tick(Inputs(), 0.0)
    assert door.word == "locked"
    door.grant(1.0)
    assert door.released
    assert door.tick(Inputs(), 60.0) == []
    assert not door.released


def test_in_a_lockdown_an_officers_grant_lasts_as_long_as_any_other(door: Door) -> None:
    for now_s in (0.1, 0.2):
        door.orders(evacuate=False, lockdown=True)
        door.tick(SHUT, now_s)
    door.grant(0.2)
    for now_s in (0.3, 2.0, 5.1):
        door.orders(evacuate=False, lockdown=True)  # told at each turn
        door.tick(SHUT, now_s)
        assert door.released
    door.tick(SHUT, 5.2)
    assert not door.released


def test_a_lockdown_ends_what_was_granted_before_and_leaves_the_officers_grant(door: Door) -> None:
    door.grant(1.0)
    door.orders(evacuate=False, lockdown=True)
    assert not door.released
    door.grant(2.0)
    door.tick(SHUT, 2.1)
    assert door.released


def test_an_evacuation_holds_the_lock_released_until_the_order_ends(door: Door) -> None:
    door.orders(evacuate=True, lockdown=True)
    assert door.tick(SHUT, 1.0) == []
    assert (door.released, door.word) == (True, "evacuation")
    assert door.tick(OPEN, 2.0) == ["opened"]
    assert door.tick(OPEN, 500.0) == []
    door.tick(SHUT, 501.0)
    assert door.released
    door.orders(evacuate=False, lockdown=True)
    assert not door.released


def test_an_evacuation_by_pulse_opens_for_each_finger() -> None:
    door = Door(msgspec.structs.replace(SALLY, on_evacuate="pulse"))
    door.orders(evacuate=True, lockdown=False)
    door.tick(replace(SHUT, other_busy=True), 0.0)
    assert not door.released
    door.grant(1.0)
    assert door.released


def test_the_other_door_open_makes_a_grant_wait_and_then_lapse() -> None:
    door = Door(SALLY)
    busy = replace(SHUT, other_busy=True)
    door.tick(busy, 0.0)
    assert door.grant(1.0) == []
    assert (door.released, door.held_up, door.word) == (False, True, "waiting")
    assert door.tick(busy, 10.9) == []
    assert door.tick(busy, 11.0) == ["interlocked"]
    assert not door.held_up
    door.tick(SHUT, 12.0)
    assert not door.released


def test_a_grant_goes_on_when_the_other_door_is_shut() -> None:
    door = Door(SALLY)
    door.tick(replace(SHUT, other_busy=True), 0.0)
    door.grant(1.0)
    door.tick(SHUT, 2.0)
    assert door.claims
    assert not door.released
    door.tick(SHUT, 2.1 + SETTLE_S)
    assert door.released


def test_an_evacuation_does_not_wait_for_the_other_door() -> None:
    door = Door(SALLY)
    door.tick(replace(SHUT, other_busy=True), 0.0)
    door.grant(1.0)
    door.orders(evacuate=True, lockdown=False)
    door.tick(replace(SHUT, other_busy=True), 1.1)
    assert door.released


steps = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["grant", "open", "shut", "look"]),
        st.sampled_from([0, 8, 40, 200]),
    ),
    max_size=80,
)


@given(steps, st.booleans())
@example([(0, "grant", 0), (1, "grant", 200)], False)
def test_two_doors_of_a_sally_port_are_never_released_or_open_together(
    doings: list[tuple[int, str, int]], both_first: bool
) -> None:
    """People open only what is released; each terminal sees the other's line two looks late."""
    doors = [
        Door(msgspec.structs.replace(SALLY, interlock_first=True)),
        Door(msgspec.structs.replace(SALLY, interlock_first=both_first)),
    ]
    stands_open = [False, False]
    line = [[True, True], [True, True]]
    now = 0.0
    for which, doing, pause_ms in [(0, "look", 40), *doings]:
        if doing == "grant":
            doors[which].grant(now)
        elif doing == "open" and doors[which].released:
            stands_open[which] = True
        elif doing == "shut":
            stands_open[which] = False
        until = now + pause_ms / 100
        while now < until:
            now += SETTLE_S / 4
            seen = line.pop(0)
            for this, other in ((0, 1), (1, 0)):
                doors[this].tick(Inputs(door_open=stands_open[this], other_busy=seen[other]), now)
            line.append([door.claims for door in doors])
            free = [doors[side].released or stands_open[side] for side in (0, 1)]
            assert not all(free)
