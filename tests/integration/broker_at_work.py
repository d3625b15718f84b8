"""A hub of its own with a running broker, and clients that speak to it, for the broker's tests."""

from __future__ import annotations

import os
import queue
import signal
import socket
import ssl
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub import settings
from hub.database import make_engine, make_sessions, session_scope
from hub.migrations import upgrade
from hub.terminals import actions
from hub.terminals.authority import Authority, prepare_authority
from hub.terminals.certificates import certificate_pem, key_pem, new_key
from wire.keys import OpeningKey, SigningKey, public_bytes
from wire.provisioning import Broker, CheckpointSettings, Grant, Request

from ..ports import free_port
from ..waiting import PATIENCE_S, until

NOW = datetime.now(UTC)

_RUN = """
import argparse, sys
from hub.errors import HubError
from hub.terminals.commands import register

parser = argparse.ArgumentParser()
register(parser.add_subparsers(), lambda session, code: None)
args = parser.parse_args()
try:
    sys.exit(args.run(args))
except HubError as error:
    print(error.sentence, file=sys.stderr)
    sys.exit(2)
"""


def pims_hub(*words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )


def make_hub(folder: Path, kind: str, host: str = "127.0.0.1") -> settings.Settings:
    folder.mkdir(exist_ok=True)
    made = settings.write_first(
        folder,
        broker=settings.BrokerSettings(kind=kind, host=host, port=free_port()),  # type: ignore[arg-type]
    )
    prepare_authority(made.keys)
    engine = make_engine(made.database)
    upgrade(engine)
    engine.dispose()
    return made


def certificate_request(name: str, folder: Path) -> str:
    """A PEM request in `name`; its key is left in the folder."""
    key = new_key()
    (folder / f"{name}.key").write_bytes(key_pem(key))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def make_request(name: str, folder: Path) -> Request:
    return Request(
        terminal=name,
        certificate_request=certificate_request(name, folder),
        verifying_key=public_bytes(SigningKey.generate().public_key()),
        sealing_key=public_bytes(OpeningKey.generate().public_key()),
    )


def grant_terminal(hub: settings.Settings, authority: Authority, name: str, folder: Path) -> Grant:
    folder.mkdir(exist_ok=True)
    engine = make_engine(hub.database)
    broker = Broker(host=hub.broker.host, port=hub.broker.port, tls=True, mqtt5=True)
    place = CheckpointSettings(checkpoint="gate-in", from_zone="yard", to_zone="gate-hall")
    with session_scope(make_sessions(engine)) as session:
        granted = actions.grant(session, authority, make_request(name, folder), place, broker, NOW)
    engine.dispose()
    (folder / f"{name}.pem").write_text(granted.certificate)
    (folder / "ca.pem").write_text(granted.authority)
    return granted


def foreign_certificate(name: str, folder: Path) -> None:
    """A certificate in `name` by an authority that the hub does not know."""
    other = prepare_authority(folder / "other-keys")
    key = new_key()
    (folder / f"{name}.key").write_bytes(key_pem(key))
    (folder / f"{name}.pem").write_text(certificate_pem(other.certify_client(key.public_key(), name, NOW)))


class RunningBroker:
    """`pims-hub broker` as a process."""

    def __init__(self, hub: settings.Settings) -> None:
        self.hub = hub
        self.process: subprocess.Popen[str] | None = None
        self.ready_line = ""

    def start(self) -> Self:
        self.process = pims_hub("broker", "--data", str(self.hub.data))
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.ready_line = self.process.stdout.readline().strip()
        assert self.ready_line.startswith("Broker ready"), self.process.stderr.read()
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        return self

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        self._close()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        self._close()
        return status

    def _close(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.stdout.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()


@dataclass
class Heard:
    topic: str
    payload: bytes
    retained: bool


class Speaker:
    """A client that notes what it hears; TLS with the certificate `user` of `folder`, else plain MQTT 3.1.1."""

    def __init__(
        self,
        port: int,
        client_id: str,
        *,
        folder: Path | None = None,
        user: str = "",
        authority: Path | None = None,
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.connected = threading.Event()
        self.disconnected = threading.Event()
        self.acked: dict[int, bool] = {}
        self.subscribed = threading.Event()
        self.port = port
        self.mqtt5 = folder is not None
        self.client = (
            Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
            if self.mqtt5
            else Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)
        )
        if folder is not None:
            context = ssl.create_default_context(cafile=str(authority or folder / "ca.pem"))
            if user:
                context.load_cert_chain(folder / f"{user}.pem", folder / f"{user}.key")
            self.client.tls_set_context(context)
        if will is not None:
            self.client.will_set(will[0], will[1], qos=1, retain=True)
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.on_publish = self._on_publish
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_disconnect = self._on_disconnect
        self.client.on_connect_fail = self._on_disconnect
        self.client.reconnect_delay_set(1, 1)

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            self.connected.set()

    def _on_disconnect(self, *_: Any) -> None:
        self.connected.clear()
        self.disconnected.set()

    def was_turned_away(self) -> bool:
        """True when the broker ended the first connection without ever letting the client in."""
        return self.disconnected.wait(PATIENCE_S) and not self.connected.is_set()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.put(Heard(message.topic, message.payload, message.retain))

    def _on_publish(self, _client: Client, _data: Any, number: int, reason: Any, _properties: Any) -> None:
        self.acked[number] = not reason.is_failure

    def start(self) -> Self:
        properties = None
        if self.mqtt5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 3600
        options = {"clean_start": False, "properties": properties} if self.mqtt5 else {}
        self.client.connect_async("127.0.0.1", self.port, 20, **options)
        self.client.loop_start()
        return self

    def ready(self) -> Self:
        assert self.connected.wait(PATIENCE_S), "the broker did not let the client in"
        return self

    def subscribe(self, topic: str) -> None:
        self.subscribed.clear()
        self.client.subscribe(topic, qos=1)
        assert self.subscribed.wait(PATIENCE_S)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """True when the broker took the message, False when it said that nobody may say this."""
        number = self.client.publish(topic, payload, qos=1, retain=retain).mid
        assert until(lambda: number in self.acked), "the broker acknowledged nothing"
        return self.acked[number]

    def next(self, patience_s: float = PATIENCE_S) -> Heard | None:
        try:
            return self.heard.get(timeout=patience_s)
        except queue.Empty:
            return None

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self) -> None:
        """Gone without a word, as when the power fails."""
        sock = self.client.socket()
        assert sock is not None
        self.client.reconnect_delay_set(600, 600)
        sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
