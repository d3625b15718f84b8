"""The hub's own certificates change while it runs: broker, ingest and pages show the new ones by themselves."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from hub.settings import Settings
from hub.terminals.authority import LOOPBACK, Authority, prepare_authority
from hub.terminals.certificates import certificate_pem, read_key
from hub.terminals.key_files import BROKER, INGEST, WEB_SERVER, certificate_path, key_path
from hub.terminals.mqtt import connect, make_client, tls_context
from hub.website.server import Address, Server

from ..waiting import until
from .broker_at_work import RunningBroker, make_hub

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin") is None,
    reason="mosquitto is not installed: apt-get install mosquitto",
)


def _renew(authority: Authority, process: str, now: datetime) -> x509.Certificate:
    """Another certificate of a process, for the same key."""
    key = read_key(key_path(authority.folder, process).read_bytes()).public_key()
    client = process == INGEST
    fresh = (
        authority.certify_client(key, process, now)
        if client
        else authority.certify_server(key, process, LOOPBACK, now)
    )
    certificate_path(authority.folder, process).write_text(certificate_pem(fresh))
    return fresh


def _shown_by_broker(hub: Settings) -> x509.Certificate:
    context = tls_context(hub.keys, INGEST)
    with (
        socket.create_connection((hub.broker.host, hub.broker.port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=hub.broker.host) as secure,
    ):
        shown = secure.getpeercert(binary_form=True)
        assert shown is not None
        return x509.load_der_x509_certificate(shown)


def _child_of(broker: RunningBroker) -> int:
    assert broker.process is not None
    number = broker.process.pid
    return int(Path(f"/proc/{number}/task/{number}/children").read_text().split()[0])


def test_broker_and_ingest_go_over_to_new_certificates(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", "mosquitto")
    authority = prepare_authority(hub.keys)
    now = datetime.now(UTC)
    _renew(authority, INGEST, now - timedelta(days=400))  # it ended a month ago
    with RunningBroker(hub) as broker:
        renewed_at_start = x509.load_pem_x509_certificate(certificate_path(hub.keys, INGEST).read_bytes())
        assert renewed_at_start.not_valid_after_utc > now, "whoever starts the broker renews what ended"
        _renew(authority, INGEST, now - timedelta(days=400))
        client = make_client(hub.broker, hub.keys, INGEST)
        client.reconnect_delay_set(1, 1)
        connect(client, hub.broker)
        client.loop_start()
        assert not until(client.is_connected, 2.0), "the broker takes no certificate that ended"
        _renew(authority, INGEST, now)
        assert until(client.is_connected), "the client reads its certificate at each connection"
        fresh = _renew(authority, BROKER, now)
        assert _shown_by_broker(hub) != fresh
        os.kill(_child_of(broker), signal.SIGHUP)
        assert until(lambda: _shown_by_broker(hub) == fresh)
        assert client.is_connected(), "who is connected stays"
        client.disconnect()
        client.loop_stop()


def test_the_pages_read_their_certificate_at_each_connection(tmp_path: Path) -> None:
    """gunicorn asks for a context for each connection; this is how a new certificate gets into it."""
    from gunicorn.sock import ssl_context

    authority = prepare_authority(tmp_path / "keys")
    certificate, key = certificate_path(authority.folder, WEB_SERVER), key_path(authority.folder, WEB_SERVER)

    class NeverRun(Server):
        def __init__(self) -> None:
            super().__init__(lambda: None, Address("127.0.0.1", 1, certificate, key), print, print)  # type: ignore[arg-type,return-value]

    configuration = NeverRun().cfg
    fresh = _renew(authority, WEB_SERVER, datetime.now(UTC))
    assert _shown_by(ssl_context(configuration), authority) == fresh


def _shown_by(server: ssl.SSLContext, authority: Authority) -> x509.Certificate:
    """The certificate that a context shows, over a line in memory."""
    client = ssl.create_default_context(cafile=str(authority.folder / "ca.pem"))
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(back, there, server_hostname="localhost")
    other = server.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (one, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    shown = one.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown)
