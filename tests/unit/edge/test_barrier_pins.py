"""The gate's pins over gpiozero's mock: what each line means, and the state that everything falls back to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from edge.barrier.door import Inputs
from edge.barrier.pins import Pins, open_wiring, pins_in_use
from edge.barrier.wiring import HardwareError, NoWiring
from wire.settings import GateSettings

RELAY, CONTACT, EXIT, TAMPER, DURESS, OTHER, CLAIM, RED, GREEN, BLUE, BUZZER = range(4, 15)
ALL = GateSettings(
    relay_enabled=True,
    relay_pin=RELAY,
    contact_pin=CONTACT,
    exit_pin=EXIT,
    tamper_pin=TAMPER,
    duress_pin=DURESS,
    interlock_pin=OTHER,
    interlock_out_pin=CLAIM,
    lamp_red_pin=RED,
    lamp_green_pin=GREEN,
    lamp_blue_pin=BLUE,
    buzzer_pin=BUZZER,
)


@pytest.fixture
def board() -> Iterator[Any]:
    before = Device.pin_factory
    Device.pin_factory = factory = MockFactory()
    yield factory
    factory.reset()
    Device.pin_factory = before


def changed(settings: GateSettings, **what: Any) -> GateSettings:
    return msgspec.structs.replace(settings, **what)


def opened(settings: GateSettings) -> Pins:
    wiring = open_wiring(settings)
    assert isinstance(wiring, Pins)
    return wiring


def test_a_pin_that_cannot_be_had_is_said_with_what_to_look_at(board: Any) -> None:
    held = opened(ALL)
    with pytest.raises(HardwareError, match=r"\[gate\] pins"):
        open_wiring(ALL)
    held.close()
    open_wiring(ALL).close()


def test_relays_are_disabled_by_default_and_then_their_pin_is_not_touched(board: Any) -> None:
    assert not GateSettings().relay_enabled
    disabled = changed(ALL, relay_enabled=False)
    assert RELAY not in pins_in_use(disabled)
    wiring = opened(disabled)
    wiring.hold(True)
    assert board.pin(RELAY).function == "input"
    wiring.close()


def test_without_pins_no_pin_library_is_asked() -> None:
    assert isinstance(open_wiring(GateSettings()), NoWiring)
    assert isinstance(open_wiring(GateSettings(relay_pin=RELAY)), NoWiring)


@pytest.mark.parametrize(
    ("fail", "active_high", "locked", "released"),
    [
        ("secure", True, 0, 1),
        ("secure", False, 1, 0),
        ("safe", True, 1, 0),
        ("safe", False, 0, 1),
    ],
)
def test_the_relay_has_power_only_against_the_safe_state(
    board: Any, fail: Any, active_high: bool, locked: int, released: int
) -> None:
    wiring = opened(changed(ALL, fail=fail, relay_active_high=active_high))
    without_power = 0 if active_high else 1
    assert board.pin(RELAY).state == without_power
    wiring.hold(released=False)
    assert board.pin(RELAY).state == locked
    wiring.hold(released=True)
    assert board.pin(RELAY).state == released
    wiring.let_go()
    assert board.pin(RELAY).state == without_power
    wiring.hold(released=fail == "secure")
    wiring.close()
    assert board.pin(RELAY).state == without_power
    assert board.pin(RELAY).function == "input"


def test_a_cut_wire_reads_as_the_worse(board: Any) -> None:
    wiring = opened(ALL)
    assert wiring.read() == Inputs(
        door_open=True, exit_pressed=False, tamper=True, duress=False, other_busy=True
    )
    wiring.close()


def test_closed_circuits_read_as_well_and_buttons_as_pressed(board: Any) -> None:
    wiring = opened(ALL)
    for pin in (CONTACT, EXIT, TAMPER, DURESS, OTHER):
        board.pin(pin).drive_low()
    assert wiring.read() == Inputs(
        door_open=False, exit_pressed=True, tamper=False, duress=True, other_busy=False
    )
    wiring.close()


def test_a_contact_may_be_of_the_other_kind_and_may_be_missing(board: Any) -> None:
    other = changed(ALL, contact_closed_is_shut=False, tamper_pin=None, interlock_pin=None)
    wiring = opened(other)
    assert wiring.read() == Inputs(door_open=False)
    board.pin(CONTACT).drive_low()
    assert wiring.read() == Inputs(door_open=True)
    wiring.close()
    wiring = opened(changed(ALL, contact_pin=None))
    assert wiring.read().door_open is None
    wiring.close()


def test_the_claim_line_is_drawn_to_ground_only_while_the_way_is_free(board: Any) -> None:
    wiring = opened(ALL)
    assert board.pin(CLAIM).state == 1
    wiring.claim(False)
    assert board.pin(CLAIM).state == 0
    wiring.claim(True)
    assert board.pin(CLAIM).state == 1
    wiring.close()


def test_lamp_and_buzzer(board: Any) -> None:
    wiring = opened(changed(ALL, lamp_active_high=False, lamp_blue_pin=None))
    wiring.light(True, False, True)
    assert (board.pin(RED).state, board.pin(GREEN).state) == (0, 1)
    wiring.buzz(True)
    assert board.pin(BUZZER).state == 1
    wiring.buzz(False)
    assert board.pin(BUZZER).state == 0
    wiring.close()
