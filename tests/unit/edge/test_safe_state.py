"""The command that runs when the agent is gone: every lock it may have worked ends in its safe state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from edge.__main__ import main
from edge.configuration.stored import Kept, Stored, Trial, content_of, write_stored
from edge.provisioning import Folder, prepare
from edge.settings import Settings, save, settings_of
from wire.versions import Version


@pytest.fixture
def board() -> Iterator[Any]:
    before = Device.pin_factory
    Device.pin_factory = factory = MockFactory()
    yield factory
    factory.reset()
    Device.pin_factory = before


@pytest.fixture
def folder(quick_path: Path) -> Folder:
    made = Folder(quick_path / "gate-1")
    prepare(made)
    return made


def settings(**gate: Any) -> Settings:
    made = settings_of("gate", terminal="gate-1", sensor={"port": "/dev/pims-sensor"})
    return msgspec.structs.replace(made, gate=msgspec.structs.replace(made.gate, **gate))


def say(folder: Folder, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(["safe-state", "--data", str(folder.root)])
    told = capsys.readouterr()
    return status, (told.out + told.err).strip()


def test_pins_that_cannot_be_had_are_said(
    board: Any, folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(folder.settings, settings(relay_enabled=True, relay_pin=17))

    def missing(*_facts: object) -> None:
        raise OSError("no such chip")

    monkeypatch.setattr(board, "pin", missing)
    status, told = say(folder, capsys)
    assert (status, "[gate] pins" in told) == (2, True)


def test_without_a_relay_nothing_is_touched(
    board: Any, folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    save(folder.settings, settings(relay_pin=17, buzzer_pin=18))
    assert say(folder, capsys) == (0, "No lock is worked by this terminal.")
    assert board.pins == {}


def test_each_lock_that_may_have_been_worked_is_left_safe(
    board: Any, folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    save(folder.settings, settings())
    kept = Kept(version=Version(1, 3), settings=content_of(settings(relay_enabled=True, relay_pin=17)))
    tried = settings(relay_enabled=True, relay_pin=22, relay_active_high=False, fail="safe")
    trial = Trial(
        version=Version(1, 4),
        settings=content_of(tried),
        probation_s=60.0,
        sensor_worked=True,
        in_service=True,
    )
    write_stored(folder.configuration, Stored(kept=kept, trial=trial))
    assert say(folder, capsys) == (0, "The lock is released.")
    assert [(board.pin(pin).state, board.pin(pin).function) for pin in (17, 22)] == [
        (0, "input"),
        (1, "input"),
    ]


def test_a_configuration_that_cannot_be_read_leaves_the_one_of_the_provisioning(
    board: Any, folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    save(folder.settings, settings(relay_enabled=True, relay_pin=17))
    folder.configuration.write_text("{")
    assert say(folder, capsys) == (0, "The lock is locked.")
