"""The broker's side of ingest: callbacks that never raise, nothing piled up while the broker is away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from hub.ingest import uplink as uplink_module
from hub.ingest.inbox import Inbox
from hub.ingest.uplink import LONGEST_PAUSE_S, Uplink
from hub.settings import BrokerSettings
from wire.topics import UPWARD

from .ingest_world import NOON


@dataclass
class Broker:
    """Stands where paho's client stands; records what it is asked."""

    connected: bool = True
    published: list[tuple[str, bytes, int]] = field(default_factory=list)
    subscribed: list[Any] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)

    def max_inflight_messages_set(self, _count: int) -> None: ...

    def is_connected(self) -> bool:
        return self.connected

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        self.published.append((topic, payload, qos))

    def subscribe(self, topics: Any) -> None:
        self.subscribed.append(topics)

    def reconnect_delay_set(self, min_delay: int, max_delay: int) -> None:
        assert min_delay == max_delay
        self.pauses.append(min_delay)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox(max_deliveries=2)


@pytest.fixture
def uplink(broker: Broker, inbox: Inbox) -> Uplink:
    return Uplink(broker, BrokerSettings(), inbox, clock=lambda: NOON)  # type: ignore[arg-type]


def _reason(kind: int, name: str) -> ReasonCode:
    return ReasonCode(kind, name)


def _message(topic: bytes, payload: bytes, *, retain: bool = False) -> MQTTMessage:
    message = MQTTMessage(topic=topic)
    message.payload = payload
    message.retain = retain
    return message


def test_a_topic_that_is_no_text_and_a_full_inbox_raise_nothing(
    broker: Broker, inbox: Inbox, uplink: Uplink
) -> None:
    for topic in (b"\xff\xfe", b"pims/up/gate-1/state", b"too much"):
        broker.on_message(broker, None, _message(topic, b"x", retain=True))  # type: ignore[attr-defined]
    taken = inbox.take(10, 1000, 0)
    assert [(one.topic, one.retained, one.received_at) for one in taken] == [
        ("", True, NOON),
        ("pims/up/gate-1/state", True, NOON),
    ]
    assert inbox.turned_away() == 1


def test_a_refused_connection_or_subscription_is_not_ready(broker: Broker, uplink: Uplink) -> None:
    refused = _reason(PacketTypes.CONNACK, "Not authorized")
    broker.on_connect(broker, None, ConnectFlags(False), refused, None)  # type: ignore[attr-defined]
    assert broker.subscribed == []
    denied = _reason(PacketTypes.SUBACK, "Not authorized")
    broker.on_subscribe(broker, None, 1, [denied], None)  # type: ignore[attr-defined]
    assert not uplink.subscribed.is_set()


def test_it_subscribes_at_every_connection_and_is_ready_when_granted(broker: Broker, uplink: Uplink) -> None:
    success = _reason(PacketTypes.CONNACK, "Success")
    for _ in range(2):
        broker.on_connect(broker, None, ConnectFlags(False), success, None)  # type: ignore[attr-defined]
    assert broker.subscribed == [[(f"pims/up/+/{channel}", 1) for channel in sorted(UPWARD)]] * 2
    granted = _reason(PacketTypes.SUBACK, "Granted QoS 1")
    broker.on_subscribe(broker, None, 1, [granted, granted], None)  # type: ignore[attr-defined]
    assert uplink.subscribed.is_set()


def test_pauses_grow_by_chance_up_to_a_bound_and_start_again(broker: Broker, uplink: Uplink) -> None:
    for _ in range(200):
        broker.on_connect_fail(broker, None)  # type: ignore[attr-defined]
    assert broker.pauses[0] == 1
    assert set(broker.pauses) == set(range(1, LONGEST_PAUSE_S + 1))
    success = _reason(PacketTypes.CONNACK, "Success")
    broker.on_connect(broker, None, ConnectFlags(False), success, None)  # type: ignore[attr-defined]
    lost = _reason(PacketTypes.DISCONNECT, "Server shutting down")
    broker.on_disconnect(broker, None, DisconnectFlags(False), lost, None)  # type: ignore[attr-defined]
    assert broker.pauses[-1] == 1


def test_while_the_broker_is_away_nothing_is_queued_or_published(broker: Broker, uplink: Uplink) -> None:
    assert uplink.send("a", b"1")
    broker.connected = False
    assert not uplink.send("b", b"2")
    uplink.publish_waiting()
    assert broker.published == []


def test_what_waits_is_published_in_order_and_bounded(
    broker: Broker, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uplink_module, "MAX_OUTGOING", 2)
    uplink = Uplink(broker, BrokerSettings(), inbox, clock=lambda: NOON)  # type: ignore[arg-type]
    assert [uplink.send(name, b"") for name in "abc"] == [True, True, False]
    for _ in range(3):
        uplink.publish_waiting()
    assert broker.published == [("a", b"", 1), ("b", b"", 1)]


def test_before_it_is_started_it_is_not_alive(uplink: Uplink) -> None:
    assert not uplink.alive()
