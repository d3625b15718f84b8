"""What the technician's paper becomes, and the hub's folder as terminals behind a line are told of it."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from hub import settings
from simulation import technician
from simulation.facility import Gate
from simulation.processes import ProcessFailed
from simulation.technician import Device, TakenIn, seen_from_afar, take_in

GATE = Gate("gate-1", "gate", "hall", "hall-in")
PAPER = """Looking for the sensor.
Claim code: ABCD-EFGH
Taken in: hall-in, from yard to hall.
Sensor                OK
Result: OK: the terminal may go to work.
"""


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(GATE, tmp_path / "data", tmp_path / "sensor", "zfm", 57_600)


def says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str) -> None:
    """`pims-edge` is a program that says these words."""
    said = tmp_path / "words"
    said.write_text(words)
    monkeypatch.setattr(
        technician, "program", lambda _: [sys.executable, "-c", f"print(open({str(said)!r}).read())"]
    )


def test_the_code_is_approved_and_the_paper_read(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, tmp_path, PAPER)
    codes: list[str] = []
    taken = take_in(device, 8080, codes.append)
    assert codes == ["ABCD-EFGH"]
    assert taken == TakenIn(
        "gate-1", "ABCD-EFGH", "hall-in, from yard to hall", "OK: the terminal may go to work."
    )
    assert taken.ok


def test_a_terminal_that_ends_without_a_paper_is_told_with_its_last_words(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, tmp_path, "No sensor was found.\n")
    with pytest.raises(ProcessFailed, match="gate-1 was not taken in: No sensor was found"):
        take_in(device, 8080, lambda _: None)


def test_a_self_test_that_fails_is_told_with_what_failed(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = PAPER.replace("Sensor                OK", "Sensor                NOT OK      silent")
    says(monkeypatch, tmp_path, failed.replace("OK: the terminal may go", "NOT OK: see"))
    with pytest.raises(ProcessFailed, match=r"not fit for work: Sensor +NOT OK +silent"):
        take_in(device, 8080, lambda _: None)


def test_terminals_behind_a_line_are_told_its_port_and_all_else_is_the_hubs(tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    (hub / "keys").mkdir(parents=True)
    settings.write_first(hub, broker=settings.BrokerSettings(kind="amqtt", port=1883))
    afar = settings.load(seen_from_afar(hub, tmp_path / "afar" / "gate-1", 4711))
    near = settings.load(hub)
    assert (afar.broker.port, afar.broker.kind, afar.database) == (4711, "amqtt", near.database)
    assert afar.keys.resolve() == near.keys.resolve()
    assert stat.S_ISLNK(afar.keys.lstat().st_mode)
