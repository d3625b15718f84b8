"""The certifier as a process: what was confirmed at a page is certified within seconds, and nobody else has the key."""

from __future__ import annotations

import http.client
import json
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient

from hub import settings
from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.errors import HubError
from hub.sharing.partners.waiting import await_certificate

from ..databases import chosen
from ..ports import free_port
from ..unit.hub import certificates_world as at_page
from ..unit.hub.sharing_world import sharing_world
from ..unit.hub.site_world import World, cheap_passwords, post
from ..waiting import until

HUB = [sys.executable, "-m", "hub"]
NAME = "hub.example"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("hub")
    made = [*HUB, "init", "--data", str(data), "--admin-password-file", str(data / "password"), *chosen(data)]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    engine = make_engine(settings.load(data).database)
    found = World(data, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    found.now()
    sharing_world(found)
    yield found
    found.close()


@contextmanager
def running(world: World, *words: str) -> Iterator[str]:
    """A command of the hub until the end; gives the line that it says when it is ready."""
    command = [*HUB, words[0], "--data", str(world.folder), *words[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_from_the_page_to_a_call_while_the_interface_has_no_key(world: World, tmp_path: Path) -> None:
    admin = world.browser("ada", Role.ADMINISTRATOR)
    post(admin, at_page.LIST, {"act": "add", "agency": "police", "client": "police-records"})
    port = free_port()
    key = world.folder / "keys" / "agencies-ca.key"
    serve = ("agencies", "--port", str(port), "--name", NAME, "--certified-apart")
    with running(world, "certifier") as ready:
        assert ready == "Certifier ready\n"
        with running(world, *serve) as up:
            assert up == f"Agencies ready on https://127.0.0.1:{port}\n"
        assert at_page.hand_in(admin, at_page.csr("rsa 2048")).status_code == 303
        number = at_page.number(admin)
        assert at_page.act(admin, "confirm", number=number, heard="1").status_code == 303
        assert until(lambda: "client.pem" in admin.get(f"{at_page.PAGE}/standing").text, 15)
    key.rename(tmp_path / "elsewhere")
    with running(world, *serve) as up:
        assert up.startswith("Agencies ready")
        assert status(admin, tmp_path, port) == 400
        serial = re.findall(r"certificates/(\w+)/client\.pem", admin.get(at_page.PAGE).text)[0]
        assert at_page.act(admin, "revoke", serial=serial, reason="Machine lost").status_code == 303
        assert status(admin, tmp_path, port) == 403
    with pytest.raises(HubError, match="systemctl start pims-certifier"):
        await_certificate(world.folder / "keys", ["other.example"], lambda: world.at, patience_s=0.1)


def status(admin: FlaskClient, folder: Path, port: int) -> int:
    """What asking for a token without naming what for is answered, over the certificate that the page gave out."""
    if not (folder / "client.key").exists():
        serial = re.findall(r"certificates/(\w+)/client\.pem", admin.get(at_page.PAGE).text)[0]
        for name in ("client.pem", "agencies-ca.pem"):
            (folder / name).write_bytes(admin.get(f"{at_page.PAGE}/certificates/{serial}/{name}").data)
        secret = at_page.key_of("rsa 2048")
        assert isinstance(secret, rsa.RSAPrivateKey)
        raw = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "client.key").write_bytes(raw)
    context = ssl.create_default_context(cafile=str(folder / "agencies-ca.pem"))
    context.load_cert_chain(folder / "client.pem", folder / "client.key")
    line = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    line.request(
        "POST", "/v1/token", "grant_type=none", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = line.getresponse()
    json.loads(answer.read())
    line.close()
    return answer.status
