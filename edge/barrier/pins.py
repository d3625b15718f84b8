"""The gate's pins through gpiozero, which picks the library of the machine it runs on.

The relay is a switch with one safe position, the one without power: with `fail` secure that locks, with safe it
releases. So whatever stops this process, the lock ends in its safe state as long as the relay board's input is pulled
to «off», and the kernel gives the pin back when its process is gone (`dtparam=strict_gpiod` on a Raspberry Pi).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from edge.barrier.door import Inputs
from edge.barrier.wiring import HardwareError, NoWiring, Wiring
from wire.settings import GateSettings

T = TypeVar("T")


def pins_in_use(settings: GateSettings) -> list[int]:
    """Every pin that would be opened: the relay's only when the relay is enabled."""
    relay = settings.relay_pin if settings.relay_enabled else None
    named = [
        getattr(settings, name)
        for name in settings.__struct_fields__
        if name.endswith("_pin") and name != "relay_pin"
    ]
    return [pin for pin in [relay, *named] if pin is not None]


def open_wiring(settings: GateSettings) -> Wiring:
    """The pins, with the lock in its safe state; HardwareError when one cannot be had. Without any, no library."""
    return Pins(settings) if pins_in_use(settings) else NoWiring()


class Pins:
    """`Wiring` over gpiozero."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._made: list[Any] = []
        try:
            self._open(settings)
        except HardwareError:
            self.close()
            raise

    def read(self) -> Inputs:
        chosen = self._settings
        return _asked(
            lambda: Inputs(
                door_open=_differs(self._contact, chosen.contact_closed_is_shut),
                exit_pressed=_is_closed(self._exit),
                tamper=_differs(self._tamper, chosen.tamper_closed_is_well) or False,
                duress=_is_closed(self._duress),
                other_busy=_differs(self._interlock, chosen.interlock_closed_is_shut) or False,
            )
        )

    def hold(self, released: bool) -> None:
        self._power(released if self._settings.fail == "secure" else not released)

    def let_go(self) -> None:
        self._power(False)

    def claim(self, busy: bool) -> None:
        if self._interlock_out is not None:
            _asked(self._interlock_out.off if busy else self._interlock_out.on)

    def light(self, red: bool, green: bool, blue: bool) -> None:
        for lamp, lit in zip(self._lamps, (red, green, blue), strict=True):
            if lamp is not None:
                _asked(lamp.on if lit else lamp.off)

    def buzz(self, on: bool) -> None:
        if self._buzzer is not None:
            _asked(self._buzzer.on if on else self._buzzer.off)

    def close(self) -> None:
        """Off before given back: some kernels leave a pin as it was when its process ends."""
        for device in self._made:
            for step in (getattr(device, "off", None), device.close):
                try:
                    _asked(step or (lambda: None))
                except HardwareError:
                    continue  # the others are to be closed all the same
        self._made.clear()

    def _open(self, chosen: GateSettings) -> None:
        self._relay = (
            self._output(chosen.relay_pin, chosen.relay_active_high) if chosen.relay_enabled else None
        )
        # Drawn to ground only while the way is free, so that a terminal without power holds the other door locked.
        self._interlock_out = self._output(chosen.interlock_out_pin, False)
        self._contact = self._input(chosen.contact_pin)
        self._exit = self._input(chosen.exit_pin)
        self._tamper = self._input(chosen.tamper_pin)
        self._duress = self._input(chosen.duress_pin)
        self._interlock = self._input(chosen.interlock_pin)
        lamps = (chosen.lamp_red_pin, chosen.lamp_green_pin, chosen.lamp_blue_pin)
        self._lamps = [self._output(pin, chosen.lamp_active_high) for pin in lamps]
        self._buzzer = self._output(chosen.buzzer_pin, True)

    def _output(self, pin: int | None, active_high: bool) -> Any:
        import gpiozero

        return self._device(
            pin, lambda: gpiozero.OutputDevice(pin, active_high=active_high, initial_value=False)
        )

    def _input(self, pin: int | None) -> Any:
        import gpiozero

        return self._device(pin, lambda: gpiozero.InputDevice(pin, pull_up=True))

    def _device(self, pin: int | None, make: Callable[[], T]) -> T | None:
        if pin is None:
            return None
        device = _asked(make)
        self._made.append(device)
        return device

    def _power(self, on: bool) -> None:
        if self._relay is not None:
            _asked(self._relay.on if on else self._relay.off)


def _is_closed(line: Any) -> bool:
    return line is not None and bool(line.is_active)


def _differs(line: Any, closed_is_well: bool) -> bool | None:
    """Whether a switch says that something is not as it should be; None where there is no switch."""
    return None if line is None else bool(line.is_active) is not closed_is_well


def _asked(call: Callable[[], T]) -> T:
    """Each pin library has exceptions of its own, and gpiozero chooses among five."""
    try:
        return call()
    except Exception as error:
        raise HardwareError(
            f"The gate's pins do not answer ({type(error).__name__}): look at the [gate] pins and at their wiring."
        ) from error
