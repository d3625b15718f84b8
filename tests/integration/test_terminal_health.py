"""A real agent under the eyes of systemd, of its hub and of Prometheus: what it says, and what it never says."""

from __future__ import annotations

import json
import re
import sqlite3
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import matching
from edge.settings import save
from matching.synthesis import make_finger
from tests.integration.terminal_at_work import HubDouble, Mosquitto, Terminal
from tests.ports import free_port
from tests.unit.edge.test_edge_watchdog import Ear
from wire.happenings import Started
from wire.roll import RollFinger, RollPerson
from wire.versions import NOTHING, Version

from ..waiting import until

NAME, NUMBER = "CASTELLANOS, Marisol", "P-004711"
BLANK = np.full((288, 256), 255, np.uint8)


def with_health(terminal: Terminal, **facts: float) -> None:
    """The terminal's settings with these of its health."""
    import msgspec

    health = msgspec.structs.replace(terminal.settings.health, **facts)
    save(terminal.folder.settings, msgspec.structs.replace(terminal.settings, health=health))


def said(terminal: Terminal) -> list[dict[str, object]]:
    """The log, line by line."""
    return [json.loads(line) for line in terminal.agent.log.read_text().splitlines()]


def test_systemd_hears_of_a_gate_whose_sensor_is_not_even_there(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", str(ear.path))
    monkeypatch.setenv("WATCHDOG_USEC", "900000")
    terminal.agent.start(wait=False)
    heard: list[str] = []

    def so_far() -> list[str]:
        heard.extend(ear.heard())
        return heard

    assert until(lambda: "READY=1" in so_far())
    after = len(heard)
    assert until(lambda: so_far()[after:].count("WATCHDOG=1") >= 3)
    assert terminal.agent.stop() == 0
    assert "STOPPING=1" in so_far()
    assert not terminal.agent.is_ready  # that line waits for a sensor; systemd must not
    ear.close()
    stages = next(line for line in said(terminal) if line["event"] == "starting")
    assert {"engine_s", "roll_s", "journal_s"} <= stages.keys()


def test_what_a_whole_day_of_an_agent_says_names_nobody(
    broker: Mosquitto, hub: HubDouble, terminal: Terminal
) -> None:
    port = free_port()
    with_health(terminal, metrics_port=port, echo_s=1.0)
    finger = make_finger(11)
    prints = [
        matching.extract(finger.impression(nth, width=256, height=288, grey_levels=16)) for nth in (1, 2)
    ]
    fingers = [RollFinger(position=2, template=found.to_iso()) for found in prints]
    person = RollPerson(person=NUMBER, fingers=fingers, zones=["yard", "block-a"], name=NAME)
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert until(lambda: any(state.online for state in hub.states))
    hub.send_roll(hub.update([person], Version(1, 1)))
    assert until(lambda: any(state.roll_version == Version(1, 1) for state in hub.states))
    known = finger.impression(5, width=256, height=288, grey_levels=16)
    assert terminal.front.offer(known) == "ADMIT"
    assert terminal.front.offer(BLANK) is not None
    # Nobody answers echoes here: it says so itself, on the line that it makes anew.
    assert until(lambda: any(state.health and "echo" in state.health.alarms for state in hub.states))
    assert until(lambda: len({state.session for state in hub.states}) > 1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        figures = answer.read().decode()
    assert 'pims_terminal_alarm{what="echo"} 1' in figures
    assert "pims_terminal_roll_fingers 2" in figures
    assert terminal.agent.stop() == 0
    heard = terminal.agent.log.read_text() + figures
    assert "ready" in {str(line["event"]) for line in said(terminal)}
    for secret in (NUMBER, NAME, "CASTELLANOS", *(found.template.hex() for found in fingers)):
        assert secret not in heard
    assert not re.search(r"P-\d{6}", heard)


def test_the_tail_of_a_journal_that_was_set_aside_reaches_the_hub(
    broker: Mosquitto, hub: HubDouble, terminal: Terminal
) -> None:
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    for _ in range(3):
        assert terminal.front.offer(BLANK) is not None
    assert terminal.agent.stop() == 0
    written = len(terminal.journalled())
    connection = sqlite3.connect(terminal.folder.journal)
    old_id = connection.execute("SELECT journal_id FROM journal").fetchone()[0]
    connection.execute("UPDATE entries SET raw = zeroblob(40) WHERE sequence = 2")
    connection.commit()
    connection.close()
    (terminal.folder.root / "journal.mark").unlink(missing_ok=True)
    broker.start()
    hub.connect(broker.port)
    terminal.agent.start()
    expected = {number for number in range(1, written + 1) if number != 2}
    assert until(lambda: {number for journal, number in hub.entries if journal == old_id} == expected)
    assert until(lambda: any(isinstance(item, Started) and item.set_aside for item in hub.happenings()))
    assert hub.forks == []
    assert hub.states[-1].roll_version == NOTHING
