"""What most tests of a terminal at work need: a broker that is not started yet, a hub's other end, and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.terminal_at_work import HubDouble, Mosquitto, Terminal
from tests.ports import free_port


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path, free_port())
    yield broker
    broker.kill()


@pytest.fixture
def hub() -> Iterator[HubDouble]:
    hub = HubDouble()
    yield hub
    hub.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()
