"""The agencies' listener as a process: real TLS, certificates asked for by commands, calls as a partner makes them."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hub import settings
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.terminals.authority import open_authority
from hub.terminals.certificates import certificate_pem

from ..databases import chosen
from ..ports import free_port
from ..unit.hub.sharing_world import SharingWorld, sharing_world
from ..unit.hub.site_world import World, cheap_passwords

HUB = [sys.executable, "-m", "hub"]


@dataclass(frozen=True)
class Running:
    """A hub with a person and agreements, and the port of its listener."""

    data: Path
    port: int
    about: SharingWorld


def run(*words: str) -> str:
    done = subprocess.run([*HUB, *words], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def make_request(folder: Path, name: str) -> None:
    """What a partner does: a key of its own and a request, of which the key never leaves."""
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whatever they call it")])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(raw)
    (folder / f"{name}.csr").write_bytes(made.public_bytes(Encoding.PEM))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("hub")
    run("init", "--data", str(data), "--admin-password-file", str(data / "password"), *chosen(data))
    engine = make_engine(settings.load(data).database)
    world = World(data, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.now()
    about = sharing_world(world)
    for agency in ("courts", "police"):
        name = f"{agency}-records"
        make_request(data, name)
        run("partner", "add", name, "--agency", agency, "--data", str(data))
        run(
            *("partner", "issue", name, "--data", str(data), "--request", str(data / f"{name}.csr")),
            *("--out", str(data / f"{name}.pem"), "--authority-out", str(data / "agencies-ca.pem")),
        )
    port = free_port()
    command = [*HUB, "agencies", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Agencies ready on https://127.0.0.1:{port}\n"
        yield Running(data, port, about)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def trusting(hub: Running) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(hub.data / "agencies-ca.pem"))


def context_of(hub: Running, name: str) -> ssl.SSLContext:
    context = trusting(hub)
    context.load_cert_chain(hub.data / f"{name}.pem", hub.data / f"{name}.key")
    return context


def ask(
    hub: Running, context: ssl.SSLContext, method: str, address: str, body: str | None = None, **headers: str
) -> tuple[int, Any]:
    connection = http.client.HTTPSConnection("127.0.0.1", hub.port, timeout=30, context=context)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, address, body, named)
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    return answer.status, json.loads(raw) if raw else None


def token_of(hub: Running, name: str) -> str:
    form = urlencode({"grant_type": "client_credentials", "client_id": name})
    status, given = ask(
        hub,
        context_of(hub, name),
        "POST",
        "/v1/token",
        form,
        Content_Type="application/x-www-form-urlencoded",
    )
    assert status == 200, given
    return str(given["access_token"])


def refused(hub: Running, context: ssl.SSLContext) -> bool:
    """Whether the connection ends in the handshake. TLS 1.3 tells a client only when it reads."""
    try:
        with (
            socket.create_connection(("127.0.0.1", hub.port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        ):
            line.sendall(b"GET /v1/keys HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")
            return line.recv(100) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def test_a_first_call(hub: Running) -> None:
    courts = context_of(hub, "courts-records")
    bearer = f"Bearer {token_of(hub, 'courts-records')}"
    status, me = ask(hub, courts, "GET", "/v1/me", Authorization=bearer)
    assert (status, me["agency"]) == (200, "courts")
    status, found = ask(hub, courts, "GET", f"/v1/custody/{hub.about.number}", Authorization=bearer)
    assert (status, found["exchange"]) == (200, "custody_status")


def test_without_a_certificate_there_is_no_connection(hub: Running) -> None:
    assert refused(hub, trusting(hub))


def test_a_terminals_certificate_does_not_pass(hub: Running) -> None:
    """And an agency's does not pass where terminals go: neither authority signed the other's."""
    authority = open_authority(hub.data / "keys")
    make_request(hub.data, "gate-1")
    request = (hub.data / "gate-1.csr").read_text()
    from datetime import UTC, datetime

    made = authority.issue_terminal_certificate(request, "gate-1", datetime.now(UTC))
    (hub.data / "gate-1.pem").write_text(certificate_pem(made))
    assert refused(hub, context_of(hub, "gate-1"))
    agencys = x509.load_pem_x509_certificate((hub.data / "courts-records.pem").read_bytes())
    with pytest.raises((InvalidSignature, ValueError)):
        agencys.verify_directly_issued_by(authority.certificate)


def test_the_servers_certificate_makes_no_client(hub: Running) -> None:
    context = trusting(hub)
    context.load_cert_chain(hub.data / "keys" / "agencies.pem", hub.data / "keys" / "agencies.key")
    assert refused(hub, context)


def test_a_stolen_token_is_of_no_use_over_another_connection(hub: Running) -> None:
    stolen = f"Bearer {token_of(hub, 'courts-records')}"
    police = context_of(hub, "police-records")
    status, found = ask(hub, police, "GET", "/v1/me", Authorization=stolen)
    assert (status, found["type"]) == (401, "/problems/token")


def test_twenty_programs_at_once(hub: Running) -> None:
    from concurrent.futures import ThreadPoolExecutor

    courts = context_of(hub, "courts-records")
    bearer = f"Bearer {token_of(hub, 'courts-records')}"

    def once(_number: int) -> int:
        return ask(hub, courts, "GET", f"/v1/custody/{hub.about.number}", Authorization=bearer)[0]

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(once, range(60))) == {200}


def test_cutting_off_acts_at_the_next_call(hub: Running) -> None:
    """The last test of this module: the client stays cut off."""
    police = context_of(hub, "police-records")
    bearer = f"Bearer {token_of(hub, 'police-records')}"
    assert ask(hub, police, "GET", "/v1/me", Authorization=bearer)[0] == 200
    run("partner", "revoke", "police-records", "--reason", "machine lost", "--data", str(hub.data))
    status, found = ask(hub, police, "GET", "/v1/me", Authorization=bearer)
    assert (status, found["type"]) == (403, "/problems/certificate")
    assert "police-records  police  cut off" in run("partner", "list", "--data", str(hub.data))
