"""The line to the broker, on a real one: sessions rise, what is said arrives, and no broker's absence ends anything."""

from __future__ import annotations

import io
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from edge.log import Log
from edge.uplink import Arrived, Connected, Disconnected, Identity, Line, News, Uplink
from tests.integration.terminal_at_work import Mosquitto
from tests.ports import free_port
from wire.settings import UplinkSettings

from ..waiting import PATIENCE_S, until

SETTINGS = UplinkSettings(retry_s=0.2, retry_most_s=0.4, keepalive_s=5)
STATE = "pims/up/gate-1/state"


class Running:
    """An uplink in its thread, with everything it posted."""

    def __init__(self, port: int, identity: Identity | None = None, name: str = "gate-1") -> None:
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.all_news: list[News] = []
        self.sessions: list[int] = []
        self.log = io.StringIO()
        line = Line(
            host="127.0.0.1",
            port=port,
            mqtt5=True,
            terminal=name,
            identity=identity,
            subscriptions=["pims/down/gate-1/ack"],
            will_topic=STATE,
        )
        self.uplink = Uplink(
            line,
            SETTINGS,
            next_session=self._next_session,
            will=lambda session: f"death {session}".encode(),
            post=self._keep,
            log=Log("uplink", self.log),
            random=Random(name),
        )
        self._thread = threading.Thread(target=self.uplink.run, daemon=True)
        self._thread.start()

    def _next_session(self) -> int:
        self.sessions.append(len(self.sessions) + 1)
        return self.sessions[-1]

    def _keep(self, news: News) -> None:
        self.all_news.append(news)
        self.news.put(news)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def count(self, kind: type[News]) -> int:
        return sum(isinstance(item, kind) for item in self.all_news)

    def stop(self) -> None:
        self.uplink.stop()
        self._thread.join(PATIENCE_S)


@pytest.fixture
def running(broker: Mosquitto) -> Iterator[Running]:
    running = Running(broker.port)
    yield running
    running.stop()
    assert not running.alive


def listener(port: int, topic: str) -> tuple[Client, list[tuple[str, bytes, bool]]]:
    """A client that hears the topic from now on."""
    heard: list[tuple[str, bytes, bool]] = []
    listening = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id="listener")
    client.on_message = lambda _c, _d, message: heard.append((message.topic, message.payload, message.retain))
    client.on_connect = lambda *_facts: client.subscribe(topic, 1)
    client.on_subscribe = lambda *_facts: listening.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert listening.wait(PATIENCE_S)
    return client, heard


def test_without_a_broker_it_tries_on_and_spends_neither_sessions_nor_log(running: Running) -> None:
    assert until(lambda: "broker_not_reached" in running.log.getvalue())
    time.sleep(1.0)  # two or three tries more
    assert running.alive
    assert len(running.sessions) == 1
    assert running.all_news == []
    assert running.log.getvalue().count("broker_not_reached") == 1
    assert not running.uplink.publish(STATE, b"nobody hears")


def test_each_connection_has_a_session_of_its_own(broker: Mosquitto, running: Running) -> None:
    for number in (1, 2, 3):
        broker.start()
        assert until(lambda number=number: running.count(Connected) == number)  # type: ignore[misc]
        broker.kill()
        assert until(lambda number=number: running.count(Disconnected) == number)  # type: ignore[misc]
    connected = [item.session for item in running.all_news if isinstance(item, Connected)]
    assert connected == [1, 2, 3]


def test_words_go_both_ways(broker: Mosquitto, running: Running) -> None:
    broker.start()
    client, heard = listener(broker.port, "pims/up/#")
    assert until(lambda: running.count(Connected) == 1)
    assert running.uplink.publish(STATE, b"birth", retain=True)
    assert running.uplink.publish("pims/up/gate-1/journal", b"batch", wait=True)
    assert until(lambda: len(heard) == 2)
    client.publish("pims/down/gate-1/ack", b"so far", qos=1)
    assert until(lambda: Arrived("pims/down/gate-1/ack", b"so far") in running.all_news)
    client.loop_stop()


def test_nothing_said_while_away_is_said_later_by_the_line(broker: Mosquitto, running: Running) -> None:
    """What has to go is known to the journal alone; a queue in the client would only repeat it."""
    broker.start()
    assert until(lambda: running.count(Connected) == 1)
    broker.kill()
    assert until(lambda: running.count(Disconnected) == 1)
    assert not running.uplink.publish("pims/up/gate-1/journal", b"old")
    broker.start()
    client, heard = listener(broker.port, "pims/up/#")
    assert until(lambda: running.count(Connected) == 2)
    assert running.uplink.publish("pims/up/gate-1/journal", b"new")
    assert until(lambda: ("pims/up/gate-1/journal", b"new", False) in heard)
    assert all(payload != b"old" for _topic, payload, _retained in heard)
    client.loop_stop()


def test_a_line_that_is_cut_leaves_the_death_of_its_own_session(broker: Mosquitto, running: Running) -> None:
    broker.start()
    assert until(lambda: running.count(Connected) == 1)
    client, heard = listener(broker.port, STATE)
    rival = Running(broker.port)  # the same name: the broker throws the first one out
    assert until(lambda: any(payload.startswith(b"death 1") for _topic, payload, _retained in heard))
    rival.stop()
    client.loop_stop()


def test_a_certificate_that_is_no_certificate_is_said_and_not_fatal(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("tls.pem", "tls.key", "authority.pem")]
    for file in files:
        file.write_text("not a certificate")
    running = Running(free_port(), Identity(*files))
    assert until(lambda: "broker_not_reached" in running.log.getvalue())
    assert running.alive
    running.stop()


def test_terminals_do_not_come_back_in_step() -> None:
    pauses = [Random(name).uniform(0.5, 1.5) for name in ("gate-1", "gate-2", "block-a")]
    assert len({round(pause, 2) for pause in pauses}) == 3
