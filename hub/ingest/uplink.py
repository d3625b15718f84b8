"""The connection to the broker: what comes goes into the inbox, what goes out is published by one thread."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from hub.ingest.doorkeeper import Delivery
from hub.ingest.inbox import Inbox
from hub.logs import log
from hub.terminals.mqtt import Reachable, connect
from wire.topics import UPWARD, everything_up

QOS: Final = 1
MAX_OUTGOING = 20_000
"""Messages waiting to be published. Beyond it they are dropped: acknowledgements and rolls are said again."""
MAX_IN_FLIGHT = 200
LONGEST_PAUSE_S = 5
PUBLISH_WAIT_S = 0.1

_log = logging.getLogger("hub.ingest.uplink")


class Uplink:
    """Ingest's side of the broker. `start`, then `publish_waiting` again and again from one thread, then `stop`.

    The callbacks only hand over, so that nothing in them can end the library's thread.
    """

    def __init__(
        self, client: Client, broker: Reachable, inbox: Inbox, *, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._broker = broker
        self._inbox = inbox
        self._clock = clock
        self._outgoing: queue.Queue[tuple[str, bytes]] = queue.Queue(MAX_OUTGOING)
        self._pause_s = 1
        self._loop: threading.Thread | None = None
        self.subscribed = threading.Event()
        client.max_inflight_messages_set(MAX_IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message

    def start(self) -> None:
        """Connect, now and whenever the connection is lost."""
        before = set(threading.enumerate())
        connect(self._client, self._broker)
        self._client.loop_start()
        self._loop = next(iter(set(threading.enumerate()) - before), None)

    def stop(self) -> None:
        """Say goodbye and end the library's thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def alive(self) -> bool:
        """False when the library's thread has ended although nobody stopped it."""
        return self._loop is not None and self._loop.is_alive()

    def send(self, topic: str, payload: bytes) -> bool:
        """Hand a message to the publishing thread; False when it would not leave soon. From any thread."""
        if not self._client.is_connected():
            return False
        try:
            self._outgoing.put_nowait((topic, payload))
        except queue.Full:
            return False
        return True

    def publish_waiting(self) -> None:
        """Publish what waits, waiting a moment for the first. Without a connection it is dropped."""
        try:
            topic, payload = self._outgoing.get(timeout=PUBLISH_WAIT_S)
        except queue.Empty:
            return
        # Queued for a broker that is away, old answers would pile up in the library for nothing.
        if self._client.is_connected():
            self._client.publish(topic, payload, qos=QOS)

    def _on_connect(
        self,
        client: Client,
        _data: Any,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log(_log, logging.WARNING, "broker refused the connection", reason=str(reason))
            return
        self._pause_s = 1
        client.subscribe([(everything_up(channel), QOS) for channel in sorted(UPWARD)])

    def _on_subscribe(
        self, _client: Client, _data: Any, _id: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            log(_log, logging.ERROR, "broker refused the subscription", reasons=refused)
            return
        log(_log, logging.INFO, "subscribed")
        self.subscribed.set()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            name = message.topic
        except UnicodeDecodeError:
            name = ""  # no topic of ours; it will be kept aside as such
        self._inbox.put(Delivery(name, bytes(message.payload), self._clock(), message.retain))

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        self._pause("broker not reached")

    def _on_disconnect(
        self,
        _client: Client,
        _data: Any,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._pause("connection to the broker lost", reason=str(reason))

    def _pause(self, event: str, **fields: object) -> None:
        """Wait some whole seconds by chance, of ever more, so that nobody comes back in step."""
        pause_s = 1 + secrets.randbelow(self._pause_s)
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        self._client.reconnect_delay_set(min_delay=pause_s, max_delay=pause_s)
        log(_log, logging.WARNING, event, again_in_s=pause_s, **fields)
