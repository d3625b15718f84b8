"""What is wired to the gate, as the barrier sees it: a narrow port, real pins behind it or none."""

from __future__ import annotations

from typing import Protocol

from edge.barrier.door import Inputs
from edge.errors import EdgeError


class HardwareError(EdgeError):
    """The pins cannot be had or do not answer; the sentence says what to look at."""

    code = "gate.hardware"


class Wiring(Protocol):
    """Pins in use. Every call may raise HardwareError; then it is closed and opened anew."""

    def read(self) -> Inputs: ...

    def hold(self, released: bool) -> None:
        """Takes the lock in hand: released or locked."""

    def let_go(self) -> None:
        """The lock's safe state: what it does without power on the relay."""

    def claim(self, busy: bool) -> None:
        """Tells the other door of a sally-port whether it must stay locked."""

    def light(self, red: bool, green: bool, blue: bool) -> None: ...

    def buzz(self, on: bool) -> None: ...

    def close(self) -> None:
        """Leaves the lock in its safe state and the lamp dark. Does not raise."""


class NoWiring:
    """A terminal without a pin in use."""

    def read(self) -> Inputs:
        return Inputs()

    def hold(self, released: bool) -> None:
        """There is no lock."""

    def let_go(self) -> None:
        """There is no lock."""

    def claim(self, busy: bool) -> None:
        """There is no other door."""

    def light(self, red: bool, green: bool, blue: bool) -> None:
        """There is no lamp."""

    def buzz(self, on: bool) -> None:
        """There is no buzzer."""

    def close(self) -> None:
        """Nothing is held."""
