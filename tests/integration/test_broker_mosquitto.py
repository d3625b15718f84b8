"""mosquitto as we run it: who gets in, who may say and hear what, what survives, how it ends."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from hub.terminals.authority import prepare_authority
from hub.terminals.mqtt import connect, make_client

from .broker_at_work import (
    PATIENCE_S,
    RunningBroker,
    Speaker,
    foreign_certificate,
    grant_terminal,
    make_hub,
    pims_hub,
    until,
)

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin") is None,
    reason="mosquitto is not installed; the embedded broker has its own tests. apt-get install mosquitto",
)

JOURNAL_A, DOWN_A = "pims/up/gate-a/journal", "pims/down/gate-a/ack"
STATE_A = "pims/up/gate-a/state"


class Scene:
    """A hub with a broker and the terminals gate-a and gate-b."""

    def __init__(self, folder: Path) -> None:
        self.hub: Settings = make_hub(folder / "hub", "mosquitto")
        self.devices = folder / "devices"
        authority = prepare_authority(self.hub.keys)
        for name in ("gate-a", "gate-b"):
            grant_terminal(self.hub, authority, name, self.devices)
        self.broker = RunningBroker(self.hub)
        self._speakers: list[Speaker] = []

    def speaker(self, user: str, **options: object) -> Speaker:
        folder = self.hub.keys if user.startswith("hub-") else self.devices
        made = Speaker(self.hub.broker.port, user, folder=folder, user=user, **options)  # type: ignore[arg-type]
        self._speakers.append(made)
        return made.start()

    def close(self) -> None:
        for speaker in self._speakers:
            speaker.client.disconnect()  # all at once: each takes a moment to notice
        for speaker in self._speakers:
            speaker.stop()
        self._speakers.clear()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("mosquitto"))
    with scene.broker:
        yield scene


@pytest.fixture
def scene(shared: Scene) -> Iterator[Scene]:
    yield shared
    shared.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Scene]:
    """A scene that the test may break."""
    scene = Scene(tmp_path)
    with scene.broker:
        yield scene
        scene.close()


def test_no_certificate_is_refused(scene: Scene) -> None:
    stranger = Speaker(scene.hub.broker.port, "gate-a", folder=scene.devices).start()
    assert stranger.was_turned_away()
    stranger.stop()


def test_a_certificate_of_another_authority_is_refused(scene: Scene, tmp_path: Path) -> None:
    foreign_certificate("gate-a", tmp_path)
    authority = scene.devices / "ca.pem"
    stranger = Speaker(
        scene.hub.broker.port, "gate-a", folder=tmp_path, user="gate-a", authority=authority
    ).start()
    assert stranger.was_turned_away()
    stranger.stop()


def test_the_brokers_own_certificate_is_no_clients(scene: Scene) -> None:
    stranger = Speaker(scene.hub.broker.port, "broker", folder=scene.hub.keys, user="broker").start()
    assert stranger.was_turned_away()
    stranger.stop()


def test_a_terminal_is_heard_by_ingest_and_answered(scene: Scene) -> None:
    ingest = scene.speaker("hub-ingest").ready()
    ingest.subscribe("pims/up/+/journal")
    gate = scene.speaker("gate-a").ready()
    gate.subscribe("pims/down/gate-a/#")
    batch = os.urandom(196_608)
    assert gate.publish(JOURNAL_A, batch)
    heard = ingest.next()
    assert heard is not None
    assert (heard.topic, heard.payload) == (JOURNAL_A, batch)
    assert ingest.publish(DOWN_A, b"ack")
    answer = gate.next()
    assert answer is not None
    assert answer.payload == b"ack"


def test_a_terminal_cannot_speak_as_another(scene: Scene) -> None:
    ingest = scene.speaker("hub-ingest").ready()
    ingest.subscribe("pims/up/+/journal")
    gate = scene.speaker("gate-a").ready()
    assert not gate.publish("pims/up/gate-b/journal", b"forged")
    assert not gate.publish("pims/down/gate-b/ack", b"forged")
    assert not gate.publish("pims/up/gate-a/anything", b"kept by the broker for ever")
    assert gate.publish(JOURNAL_A, b"own")
    heard = ingest.next()
    assert heard is not None
    assert heard.payload == b"own"


def test_a_terminal_hears_only_what_is_said_to_it(scene: Scene) -> None:
    ingest = scene.speaker("hub-ingest").ready()
    gate = scene.speaker("gate-b").ready()
    for topic in ("pims/down/gate-a/#", "pims/down/+/ack", "pims/#", "#", "$SYS/#", "pims/down/gate-b/#"):
        gate.subscribe(topic)
    assert ingest.publish(DOWN_A, b"for a")
    assert ingest.publish("pims/down/gate-b/ack", b"for b")
    heard = gate.next()
    assert heard is not None
    assert heard.payload == b"for b"
    while (more := gate.next(0.3)) is not None:
        assert more.topic == "pims/down/gate-b/ack"


def test_hub_web_may_say_and_hear_nothing(scene: Scene) -> None:
    web = scene.speaker("hub-web").ready()
    assert not web.publish(DOWN_A, b"not mine")
    assert not web.publish(JOURNAL_A, b"not mine")


def test_another_client_id_does_not_take_a_session(scene: Scene) -> None:
    victim = scene.speaker("gate-a").ready()
    victim.subscribe("pims/down/gate-a/#")
    thief = Speaker(scene.hub.broker.port, "gate-a", folder=scene.devices, user="gate-b").start().ready()
    thief.subscribe("pims/down/gate-a/#")
    assert victim.connected.is_set()
    ingest = scene.speaker("hub-ingest").ready()
    assert ingest.publish(DOWN_A, b"ack")
    heard = victim.next()
    assert heard is not None
    assert thief.next(0.3) is None
    thief.stop()


def test_a_death_is_said_for_a_terminal_that_vanishes(scene: Scene) -> None:
    ingest = scene.speaker("hub-ingest").ready()
    gate = scene.speaker("gate-a", will=(STATE_A, b"death")).ready()
    assert gate.publish(STATE_A, b"birth", retain=True)
    ingest.subscribe("pims/up/+/state")
    assert (birth := ingest.next()) is not None
    assert (birth.payload, birth.retained) == (b"birth", True)
    gate.vanish()
    assert (death := ingest.next()) is not None
    assert death.payload == b"death"


def test_an_oversize_message_is_not_carried(scene: Scene) -> None:
    ingest = scene.speaker("hub-ingest").ready()
    ingest.subscribe("pims/up/+/journal")
    gate = scene.speaker("gate-b").ready()
    gate.client.publish("pims/up/gate-b/journal", bytes(1_200_000), qos=0)
    assert ingest.next(0.5) is None


def test_the_client_for_hub_processes_gets_in(scene: Scene) -> None:
    client = make_client(scene.hub.broker, scene.hub.keys, "hub-ingest")
    connect(client, scene.hub.broker)
    client.loop_start()
    assert until(client.is_connected)
    client.disconnect()
    client.loop_stop()


def test_cut_off_ends_a_live_session_in_both_directions(own: Scene) -> None:
    ingest = own.speaker("hub-ingest").ready()
    ingest.subscribe("pims/up/+/journal")
    gate = own.speaker("gate-a").ready()
    gate.subscribe("pims/down/gate-a/#")
    assert gate.publish(JOURNAL_A, b"before")
    assert ingest.next() is not None
    command = pims_hub("terminals", "cut-off", "--data", str(own.hub.data), "gate-a", "--reason", "stolen")
    assert command.communicate(timeout=PATIENCE_S)[0].startswith("Cut off: gate-a")
    assert until(lambda: not gate.publish(JOURNAL_A, b"after"), 5.0)
    while ingest.next(0.2) is not None:
        pass  # what was said before the broker knew
    assert not gate.publish(JOURNAL_A, b"after")
    assert ingest.publish(DOWN_A, b"to nobody")
    assert gate.next(0.5) is None
    assert ingest.next(0.2) is None
    other = own.speaker("gate-b").ready()
    assert other.publish("pims/up/gate-b/journal", b"still there")


def test_sigkill_keeps_state_and_queue_and_frees_the_port(own: Scene) -> None:
    ingest = own.speaker("hub-ingest").ready()
    ingest.subscribe("pims/up/+/journal")
    ingest.stop()
    gate = own.speaker("gate-a").ready()
    assert gate.publish(STATE_A, b"birth", retain=True)
    batches = [bytes([number]) * 150_000 for number in range(10)]
    for batch in batches:
        assert gate.publish(JOURNAL_A, batch)
    own.broker.kill()
    own.broker.start()
    assert gate.connected.wait(PATIENCE_S)
    again = own.speaker("hub-ingest").ready()
    assert [heard.payload for _ in batches if (heard := again.next())] == batches
    again.subscribe("pims/up/+/state")
    assert (state := again.next()) is not None
    assert state.payload == b"birth"


def test_sigterm_ends_both_and_gives_zero(own: Scene) -> None:
    assert own.broker.stop() == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", own.hub.broker.port)) == errno.ECONNREFUSED


def test_a_mosquitto_that_dies_is_said(own: Scene) -> None:
    process = own.broker.process
    assert process is not None
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 1
    os.kill(int(children[0]), signal.SIGKILL)
    assert process.wait(PATIENCE_S) == 1
