"""What a terminal says when the broker refuses it, tried with the very words that TLS uses."""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.connection_words import certificate_trouble, why_not
from hub.terminals import certificates as x

NOW = datetime.now(UTC)


class Hub:
    """An authority and what it signs, in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.key = x.new_key()
        self.certificate = x.self_signed(self.key, NOW - timedelta(days=1000))
        (folder / "ca.pem").write_text(x.certificate_pem(self.certificate))

    def leaf(self, name: str, *, server: bool, made_at: datetime = NOW) -> Path:
        key = x.new_key()
        purpose, hosts = (x.SERVER, ["hub.test"]) if server else (x.CLIENT, [])
        signed = x.leaf(self.certificate, self.key, key.public_key(), name, purpose, made_at, hosts)
        path = self.folder / f"{name}.pem"
        path.write_bytes(x.certificate_pem(signed).encode() + x.key_pem(key))
        return path


def server_context(certificate: Path, trusts: Hub) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate)
    context.load_verify_locations(trusts.folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(trusts: Hub, certificate: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(trusts.folder / "ca.pem")
    if certificate is not None:
        context.load_cert_chain(certificate)
    return context


def heard_by_client(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """What the client's TLS says when the two meet; empty when they agree."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(down, up, server_hostname="hub.test")
    theirs = server.wrap_bio(up, down, server_side=True)
    for _ in range(6):
        try:
            ours.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            return str(error)
        with suppress(ssl.SSLError):  # the broker's side: what counts is the alert that it sent
            theirs.do_handshake()
    try:
        ours.read(1)
    except ssl.SSLWantReadError:
        return ""
    except ssl.SSLError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    return Hub(tmp_path_factory.mktemp("one") / "hub")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    return Hub(tmp_path_factory.mktemp("other") / "hub")


def test_a_broker_of_another_hub(hub: Hub, other: Hub) -> None:
    server = server_context(other.leaf("broker", server=True), other)
    said = heard_by_client(server, client_context(hub, hub.leaf("gate-1", server=False)))
    assert "not of the hub that took this terminal in" in (why_not(said) or "")


def test_a_certificate_of_another_hub(hub: Hub, other: Hub) -> None:
    server = server_context(hub.leaf("broker", server=True), hub)
    said = heard_by_client(server, client_context(hub, other.leaf("gate-1", server=False)))
    assert "another hub than this terminal's certificate" in (why_not(said) or "")


def test_an_expired_certificate_of_ours(hub: Hub) -> None:
    old = hub.leaf("gate-old", server=False, made_at=NOW - timedelta(days=400))
    server = server_context(hub.leaf("broker", server=True), hub)
    said = heard_by_client(server, client_context(hub, old))
    assert (why_not(said) or "").startswith("This terminal's certificate has expired.")


def test_an_expired_certificate_of_the_broker(hub: Hub) -> None:
    server = server_context(hub.leaf("broker-old", server=True, made_at=NOW - timedelta(days=400)), hub)
    said = heard_by_client(server, client_context(hub, hub.leaf("gate-1", server=False)))
    assert "Look at the terminal's clock first" in (why_not(said) or "")


def test_no_certificate_at_all(hub: Hub) -> None:
    said = heard_by_client(server_context(hub.leaf("broker", server=True), hub), client_context(hub, None))
    assert "does not accept this terminal's certificate" in (why_not(said) or "")


def test_those_who_belong_together_agree(hub: Hub) -> None:
    server = server_context(hub.leaf("broker", server=True), hub)
    assert heard_by_client(server, client_context(hub, hub.leaf("gate-1", server=False))) == ""


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("Not authorized", "has cut this terminal off"),
        ("publish_refused Not authorized", "has cut this terminal off"),
        ("[SSL: SSLV3_ALERT_CERTIFICATE_REVOKED] sslv3 alert certificate revoked", "was revoked"),
        ("Session taken over", "Another device speaks under this terminal's name"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "does not speak TLS 1.3"),
    ],
)
def test_what_mqtt_and_older_brokers_say(said: str, part: str) -> None:
    assert part in (why_not(said) or "")


def test_what_is_not_known_is_left_to_others() -> None:
    assert why_not("Connection refused") is None


def test_a_certificate_out_of_its_time_is_told_with_the_clock(hub: Hub) -> None:
    path = hub.leaf("gate-2", server=False)
    assert certificate_trouble(path, NOW) is None
    assert "ended on" in (certificate_trouble(path, NOW.replace(year=2099)) or "")
    early = certificate_trouble(path, datetime(1970, 1, 1, tzinfo=UTC)) or ""
    assert "01 Jan 1970" in early
    assert "Set the clock right" in early


def test_a_damaged_certificate_is_said(tmp_path: Path) -> None:
    (tmp_path / "tls.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n")
    assert "cannot be read" in (certificate_trouble(tmp_path / "tls.pem", NOW) or "")
