"""A real agent with pins that are a mock's: orders outlive the hub and a killed agent, and the door is told of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.settings import save
from tests.integration.terminal_at_work import HubDouble, Mosquitto, Terminal
from wire.envelope import HUB, sign
from wire.happenings import Decision, Door, OrdersTaken, Passage
from wire.orders import KIND, Order, OrderKind, Orders
from wire.topics import Channel
from wire.versions import Version

from ..waiting import until


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    terminal = Terminal(tmp_path, "gate-1", "gate")
    gate = msgspec.structs.replace(
        terminal.settings.gate,
        relay_enabled=True,
        relay_pin=17,
        contact_pin=27,
        contact_closed_is_shut=False,  # an input of the mock that nobody drives is an open circuit
        on_evacuate="pulse",
        pulse_s=0.2,
        open_s=0.2,
    )
    terminal.settings = msgspec.structs.replace(terminal.settings, gate=gate)
    save(terminal.folder.settings, terminal.settings)
    yield terminal
    terminal.close()


def orders(hub: HubDouble, counter: int, *kinds: OrderKind) -> None:
    now = datetime.now(UTC)
    in_force = [
        Order(number=number, kind=kind, since_at=now, by="supervisor", reason="a drill")
        for number, kind in enumerate(kinds, 1)
    ]
    body = Orders(version=Version(1, counter), said_at=now, in_force=in_force)
    hub._say(Channel.ORDERS, sign(KIND, HUB, hub.name, body, hub.key))


def holds(hub: HubDouble, counter: int) -> bool:
    return bool(hub.states) and hub.states[-1].orders_version == Version(1, counter)


def test_a_lockdown_outlives_the_hub_and_a_killed_agent_and_an_evacuation_ends_it(
    broker: Mosquitto, hub: HubDouble, terminal: Terminal
) -> None:
    broker.start()
    hub.take_in(terminal.folder, terminal.settings, broker.port)
    hub.connect(broker.port)
    terminal.front.emulator.start()
    terminal.agent.start()
    assert until(lambda: any(state.online for state in hub.states))
    orders(hub, 5, OrderKind.LOCKDOWN)
    assert until(lambda: holds(hub, 5))
    orders(hub, 4)  # said before, delivered after
    image = np.full(
        (288, 256), 240, np.uint8
    )  # whatever is laid on the glass: under an order it is not asked who
    assert terminal.front.offer(image) == "REFUSE"

    hub.close()
    broker.kill()
    terminal.agent.kill()
    terminal.agent.start()
    assert terminal.front.offer(image) == "REFUSE"

    hub.states.clear()
    broker.start()
    hub.connect(broker.port)
    assert until(lambda: holds(hub, 5))
    orders(hub, 6, OrderKind.LOCKDOWN, OrderKind.EVACUATE)
    assert until(lambda: holds(hub, 6))
    assert terminal.front.offer(image) == "ADMIT"
    assert until(lambda: any(isinstance(item, Door) for item in hub.happenings()))

    told = hub.happenings()
    passed = [(item.decision, item.rule) for item in told if isinstance(item, Passage)]
    refused = (Decision.REFUSE, "lockdown")
    assert passed == [refused, refused, (Decision.ADMIT, "evacuation")]
    assert [item.orders_version for item in told if isinstance(item, Passage)][-1] == Version(1, 6)
    assert [item.in_force for item in told if isinstance(item, OrdersTaken)] == [[1], [1, 2]]
    assert next(item.what for item in told if isinstance(item, Door)) == "not_opened"
    assert until(lambda: (found := hub.states[-1].health) is not None and found.door == "shut")
    assert terminal.agent.stop() == 0
