"""A configured MQTT client for a hub process. It knows nothing of what is said."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.logs import log
from hub.terminals.key_files import CA_CERTIFICATE, certificate_path, key_path, read_private

SESSION_EXPIRY_S = 7 * 24 * 3600
"""How long the broker remembers our subscriptions. Without it a restart of ours would end the session."""
KEEPALIVE_S = 20
RECONNECT_MAX_S = 5
"""A broker that comes back is met within this time; hub processes are too few to crowd it."""


_log = logging.getLogger(__name__)


class Reachable(Protocol):
    """Where a broker is: `hub.settings.BrokerSettings` and `wire.provisioning.Broker` both say it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> bool: ...
    @property
    def mqtt5(self) -> bool: ...


class HubClient(Client):
    """Shows the certificate that lies in the folder of keys at each connection: it is renewed while we run."""

    _reread: Callable[[], None] | None = None

    def show(self, keys: Path, process: str) -> None:
        """Use the certificate of `process` from now on; KeysError when its files cannot be used."""
        context = tls_context(keys, process)
        self.tls_set_context(context)
        self._reread = partial(
            context.load_cert_chain, certificate_path(keys, process), key_path(keys, process)
        )

    def reconnect(self) -> MQTTErrorCode:
        if self._reread is not None:
            try:
                self._reread()
            except OSError as error:  # the pair read last is as good as ever
                log(_log, logging.WARNING, "the certificate cannot be read again", cause=type(error).__name__)
        return super().reconnect()


def make_client(broker: Reachable, keys: Path, process: str) -> Client:
    """Client of a hub process (`hub-ingest`, `hub-web`), named so to the broker; not connected yet.

    With `broker.tls` it shows the certificate of `process` from the folder `keys` and accepts only a broker
    certificate of the hub's authority. KeysError when these files cannot be used.
    An exception in one of the client's callbacks ends its thread silently: the caller wraps each of them.
    """
    client = (
        HubClient(CallbackAPIVersion.VERSION2, client_id=process, protocol=MQTTProtocolVersion.MQTTv5)
        if broker.mqtt5
        else HubClient(CallbackAPIVersion.VERSION2, client_id=process, clean_session=False)
    )
    if broker.tls:
        client.show(keys, process)
    client.reconnect_delay_set(min_delay=1, max_delay=RECONNECT_MAX_S)
    return client


def connect(client: Client, broker: Reachable) -> None:
    """Say where the broker is and keep the session there; the client's loop then connects, and again for ever.

    The broker need not be up yet. Subscribe in `on_connect`, each time: not every broker keeps a session.
    """
    if not broker.mqtt5:
        client.connect_async(broker.host, broker.port, KEEPALIVE_S)
        return
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    client.connect_async(broker.host, broker.port, KEEPALIVE_S, clean_start=False, properties=properties)


def tls_context(keys: Path, process: str) -> ssl.SSLContext:
    """Mutual TLS 1.3 with the certificate of `process`; KeysError when its files cannot be used."""
    read_private(key_path(keys, process))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(keys / CA_CERTIFICATE)
    context.load_cert_chain(certificate_path(keys, process), key_path(keys, process))
    return context
