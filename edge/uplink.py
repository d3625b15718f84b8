"""The line to the broker: connects, waits, connects again, for ever, and never in step with other terminals.

Each connection is a client of its own, so that nothing of the last one lingers: the journal, not the client's queue,
knows what has to go. The client's callbacks only put words into `post`, which cannot fail, because an exception in a
callback would end the client's thread while it still said it were connected.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from cryptography import x509
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.certificate import key_file
from edge.clock import Reading
from edge.connection_words import tls_alert, why_not
from edge.log import Log
from wire.journal import Clock as Confidence
from wire.settings import UplinkSettings

_POLL_S = 0.2
_LAST_WORDS_S = 2.0
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME, which Python gives no name


@dataclass(frozen=True)
class Connected:
    """A connection stands; `session` is the number its last will carries."""

    session: int


@dataclass(frozen=True)
class Disconnected:
    """The connection is gone."""


@dataclass(frozen=True)
class Arrived:
    """A message, not verified yet."""

    topic: str
    payload: bytes


News = Connected | Disconnected | Arrived


@dataclass(frozen=True)
class Identity:
    """Files of mutual TLS: our certificate and key, and the authority that the broker's must be of."""

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True)
class Line:
    """Where the broker is and who we are to it; without `identity` the connection is plain, for loopback alone."""

    host: str
    port: int
    mqtt5: bool
    terminal: str
    identity: Identity | None
    subscriptions: Sequence[str]
    will_topic: str


class Uplink:
    """`run` is the body of a thread; `publish` is called from one other thread."""

    def __init__(
        self,
        line: Line,
        settings: UplinkSettings,
        *,
        next_session: Callable[[], int],
        will: Callable[[int], bytes],
        post: Callable[[News], None],
        log: Log,
        random: Random,
        beat: Callable[[], None] = lambda: None,
        rest: Callable[[], None] = lambda: None,
        knows_time: Callable[[], bool] = lambda: True,
    ) -> None:
        self._line = line
        self._settings = settings
        self._next_session = next_session
        self._will = will
        self._post = post
        self._log = log
        self._random = random
        self._client: Client | None = None
        self._session: int | None = None
        self._stopping = threading.Event()
        self._taken_in = False
        self._last_failure = ""
        self._beat = beat
        self._rest = rest
        self._knows_time = knows_time
        self._dropped = threading.Event()

    def run(self) -> None:
        """Returns after `stop`; no broker's absence ends it."""
        pause_s = self._settings.retry_s
        while not self._stopping.is_set():
            connected = self._one_connection()
            pause_s = self._settings.retry_s if connected else min(pause_s * 2, self._settings.retry_most_s)
            self._rest()
            self._stopping.wait(pause_s * self._random.uniform(0.5, 1.5))
            self._beat()

    def stop(self) -> None:
        self._stopping.set()

    def drop(self) -> None:
        """Ends the present connection, and makes another one: for a way that is silent, or a new certificate."""
        self._dropped.set()

    def last_failure(self) -> str:
        """Why the broker was not reached the last time, empty when it was."""
        return self._last_failure

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, wait: bool = False) -> bool:
        """Hands a message to the broker at QoS 1. True says only that it was handed over, with `wait` accepted."""
        client = self._client
        if client is None:
            return False
        handed = client.publish(topic, payload, qos=1, retain=retain)
        if wait and handed.rc == MQTT_ERR_SUCCESS:
            handed.wait_for_publish(_LAST_WORDS_S)
            return handed.is_published()
        return handed.rc == MQTT_ERR_SUCCESS

    def _one_connection(self) -> bool:
        """Whether the broker took us in; returns when the connection has ended."""
        gone, welcome = threading.Event(), threading.Event()
        self._taken_in = False
        self._dropped.clear()
        try:
            client = self._make_client(gone, welcome)
            client.connect(self._line.host, self._line.port, self._settings.keepalive_s)
        except (OSError, ValueError) as error:  # ValueError: a certificate or address that no library takes
            self._note_failure(type(error).__name__, _why(error))
            return False
        client.loop_start()
        try:
            self._watch(client, gone, welcome)
        finally:
            self._client = None
            client.disconnect()
            client.loop_stop()
        if self._taken_in:
            self._session = None  # its will may have been spoken: the next one must be later
        if welcome.is_set():
            self._post(Disconnected())
            self._log.info("broker_lost" if not self._stopping.is_set() else "broker_left")
        return welcome.is_set()

    def _watch(self, client: Client, gone: threading.Event, welcome: threading.Event) -> None:
        announced = False
        while not gone.wait(_POLL_S) and not self._is_to_end() and self._loops():
            self._beat()
            if welcome.is_set() and not announced:
                announced = True
                self._last_failure = ""
                self._client = client
                self._log.info("broker_reached", session=self._session)
                self._post(Connected(self._session or 0))

    def _is_to_end(self) -> bool:
        return self._stopping.is_set() or self._dropped.is_set()

    def _make_client(self, gone: threading.Event, welcome: threading.Event) -> Client:
        line = self._line
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=line.terminal,
            protocol=MQTTProtocolVersion.MQTTv5 if line.mqtt5 else MQTTProtocolVersion.MQTTv311,
            clean_session=None if line.mqtt5 else True,
            reconnect_on_failure=False,
        )
        if line.identity is not None:
            timeless = not self._knows_time()
            client.tls_set_context(tls_context(line.identity, timeless=timeless))
        if self._session is None:
            self._session = self._next_session()
        client.will_set(line.will_topic, self._will(self._session), qos=1, retain=True)
        self._hang_callbacks(client, gone, welcome)
        return client

    def _hang_callbacks(self, client: Client, gone: threading.Event, welcome: threading.Event) -> None:
        def on_connect(client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if reason.is_failure:
                self._note_failure("broker_refused", str(reason))
                gone.set()
            else:
                self._taken_in = True
                client.subscribe([(topic, 1) for topic in self._line.subscriptions])

        def on_subscribe(_client: Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
            if any(reason.is_failure for reason in reasons):
                self._note_failure("subscription_refused", None)
                gone.set()
            else:
                welcome.set()

        def on_disconnect(*_facts: Any) -> None:
            gone.set()

        def on_message(_client: Client, _data: Any, message: Any) -> None:
            self._post(Arrived(str(message.topic), bytes(message.payload)))

        def on_publish(_client: Client, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:
            if reason is not None and reason.is_failure:
                self._note_failure("publish_refused", str(reason))

        def on_log(_client: Client, _data: Any, _level: int, words: str) -> None:
            # In TLS 1.3 the broker refuses our certificate after the handshake: the library tells only its log.
            if (alert := tls_alert(words)) is not None:
                self._note_failure("tls", alert)

        client.on_log = on_log
        client.on_connect, client.on_subscribe, client.on_disconnect = on_connect, on_subscribe, on_disconnect
        client.on_message, client.on_publish = on_message, on_publish

    def _loops(self) -> bool:
        """Whether the client's own thread lives: its `is_connected` stays True when it died."""
        name = f"paho-mqtt-client-{self._line.terminal}"
        return any(thread.name == name and thread.is_alive() for thread in threading.enumerate())

    def _note_failure(self, what: str, why: str | None) -> None:
        """One line for each change: a broker that is away for a week fills no log."""
        if (failure := f"{what} {why}") != self._last_failure:
            self._last_failure = failure
            self._log.warning("broker_not_reached", what=what, why=why, say=why_not(failure))


def _why(error: Exception) -> str | None:
    """The library's own word, without addresses: a certificate's fault is what a technician must read."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return error.reason
    return getattr(error, "strerror", None)


def can_judge_dates(now: Reading, certificate: Path) -> bool:
    """Whether our clock may say that a certificate has ended: not when nobody sets it and our own seems wrong too."""
    if now.confidence is Confidence.SYNCHRONISED:
        return True
    try:
        own = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return True  # the connection then fails, and says why
    return own.not_valid_before_utc <= now.wall_time <= own.not_valid_after_utc


def tls_context(identity: Identity, *, timeless: bool = False) -> ssl.SSLContext:
    """Mutual TLS 1.3: our certificate, and nobody but a broker of that authority.

    `timeless` is for a machine that cannot know the time: certificates are then checked but for their dates, since
    the alternative is a gate that can never learn the time from the hub. The broker still checks ours by its clock.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(identity.authority)
    context.load_cert_chain(identity.certificate, key_file(identity.certificate, identity.key))
    if timeless:
        context.verify_flags |= _NO_CHECK_TIME
    return context
