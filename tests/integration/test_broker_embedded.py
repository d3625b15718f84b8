"""amqtt as we run it: it carries what mosquitto carries, and does not lose a client when all come back at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from hub.terminals.mqtt import connect, make_client

from ..waiting import until
from .broker_at_work import RunningBroker, Speaker, make_hub

JOURNAL, STATE, DOWN = "pims/up/gate-a/journal", "pims/up/gate-a/state", "pims/down/gate-a/ack"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    hub: Settings = make_hub(tmp_path_factory.mktemp("amqtt") / "hub", "amqtt")
    with RunningBroker(hub) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningBroker]:
    """A broker that the test may end."""
    with RunningBroker(make_hub(tmp_path / "hub", "amqtt")) as running:
        yield running


def speaker(broker: RunningBroker, name: str, **options: object) -> Speaker:
    return Speaker(broker.hub.broker.port, name, **options).start().ready()  # type: ignore[arg-type]


def test_it_says_what_it_lacks(broker: RunningBroker) -> None:
    assert broker.ready_line.endswith("(amqtt, loopback only, no access list)")


def test_batches_go_up_and_answers_down(broker: RunningBroker) -> None:
    with speaker(broker, "hub-ingest") as ingest, speaker(broker, "gate-a") as gate:
        ingest.subscribe("pims/up/+/journal")
        gate.subscribe("pims/down/gate-a/#")
        batches = [os.urandom(196_608) for _ in range(10)]
        for batch in batches:
            assert gate.publish(JOURNAL, batch)
        assert [heard.payload for _ in batches if (heard := ingest.next())] == batches
        assert ingest.publish(DOWN, b"ack")
        assert (answer := gate.next()) is not None
        assert answer.payload == b"ack"


def test_state_is_retained_and_death_is_said(broker: RunningBroker) -> None:
    gate = speaker(broker, "gate-a", will=(STATE, b"death"))
    assert gate.publish(STATE, b"birth", retain=True)
    with speaker(broker, "hub-ingest") as ingest:
        ingest.subscribe("pims/up/+/state")
        assert (birth := ingest.next()) is not None
        assert (birth.payload, birth.retained) == (b"birth", True)
        gate.vanish()
        assert (death := ingest.next()) is not None
        assert death.payload == b"death"
    gate.stop()


def test_a_newcomer_is_not_told_what_it_did_not_ask_for(broker: RunningBroker) -> None:
    with speaker(broker, "hub-ingest") as ingest, speaker(broker, "gate-a") as gate:
        ingest.subscribe("pims/up/+/state")
        assert gate.publish(STATE, b"birth", retain=True)
        assert ingest.next() is not None
        with speaker(broker, "gate-b") as other:
            assert other.next(0.5) is None


def test_the_client_for_hub_processes_gets_in(broker: RunningBroker) -> None:
    client = make_client(broker.hub.broker, broker.hub.keys, "hub-ingest")
    connect(client, broker.hub.broker)
    client.loop_start()
    assert until(client.is_connected)
    client.disconnect()
    client.loop_stop()


def test_everybody_comes_back_after_a_kill(own: RunningBroker) -> None:
    """Many clients meet a fresh broker at the same moment; each must hear again, none only seem connected.

    Then SIGTERM ends the broker, its clients still there, with 0.
    """
    names = [f"gate-{number}" for number in range(12)]
    gates = {name: speaker(own, name) for name in names}
    ingest = speaker(own, "hub-ingest")
    everyone = [*gates.values(), ingest]
    for _ in range(2):
        own.kill()
        assert until(lambda: not any(one.connected.is_set() for one in everyone))
        own.start()
        for one in everyone:
            one.ready()
        ingest.client.subscribe("pims/up/#", qos=1)
        for name, gate in gates.items():
            gate.client.subscribe(f"pims/down/{name}/#", qos=1)
            gate.client.publish(f"pims/up/{name}/state", b"birth", qos=1, retain=True)
        assert until(lambda: ingest.heard.qsize() >= len(names))
        for name in names:
            assert ingest.publish(f"pims/down/{name}/ack", name.encode())
        for name, gate in gates.items():
            assert (heard := gate.next()) is not None
            assert heard.payload == name.encode()
        while not ingest.heard.empty():
            ingest.heard.get()
    assert own.stop() == 0
    for one in everyone:
        one.client.disconnect()  # all at once: each takes a second to notice
    for one in everyone:
        one.stop()
