"""`pims-hub web` as a process: TLS by the hub's own authority, many screens at once, a clean end."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from hub import settings
from hub.accounts.permissions import Role
from hub.biometrics.vault import Vault
from hub.database import make_engine, make_sessions
from hub.errors import HubError
from hub.website.commands import register
from hub.website.server import Address, PortTakenError, check_free

from ...databases import chosen
from ...ports import free_port
from .site_world import _TOKEN, PASSWORD, World, cheap_passwords

SCREENS = 20


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> World:
    data = tmp_path_factory.mktemp("hub")
    made = [sys.executable, "-m", "hub", "init", "--data", str(data), "--admin-password-file"]
    subprocess.run([*made, str(data / "password"), *chosen(data)], check=True, stdout=subprocess.DEVNULL)
    engine = make_engine(settings.load(data).database)
    world = World(data, engine, make_sessions(engine), cheap_passwords(), Vault(b"v" * 32))
    world.now()
    world.site()
    world.account("carl", Role.CONTROL_ROOM)
    return world


def run_web(hub: World, *more: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    args = parser.parse_args(["web", "--data", str(hub.folder), *more])
    status = args.run(args)
    assert isinstance(status, int)
    return status


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "hub.example", "::"])
def test_without_tls_only_loopback(hub: World, host: str) -> None:
    with pytest.raises(HubError, match="Leave --plain-http out"):
        run_web(hub, "--plain-http", "--host", host)


def test_a_port_that_is_taken_is_said_at_once(hub: World) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port}: Address already in use"):
            run_web(hub, "--plain-http", "--port", str(port))
    check_free(Address("127.0.0.1", port))


class Browser:
    """A client that trusts the hub's authority and nobody else."""

    def __init__(self, hub: World, port: int) -> None:
        self._port = port
        self._trust = ssl.create_default_context(cafile=str(hub.folder / "keys" / "ca.pem"))
        self.cookies: dict[str, str] = {}

    def open(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self._port, timeout=60, context=self._trust)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        connection = self.open()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Referer": f"https://127.0.0.1:{self._port}{path}"}
        connection.request(method, path, None if form is None else urlencode(form), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, text

    def sign_in(self, hub: World) -> None:
        token = _TOKEN.search(self.ask("GET", "/login")[1])
        assert token is not None
        form = {"csrf_token": token[1], "login": "carl", "password": PASSWORD}
        assert self.ask("POST", "/login", form)[0] == 303

    def stream(self) -> http.client.HTTPResponse:
        connection = self.open()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request("GET", "/control-room/events", headers={"Cookie": cookies})
        answer = connection.getresponse()
        assert answer.status == 200
        return answer


@pytest.fixture(scope="module")
def port(hub: World) -> Iterator[int]:
    number = free_port()
    command = [sys.executable, "-m", "hub", "web", "--data", str(hub.folder), "--port", str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Web ready on https://127.0.0.1:{number}\n"
        (hub.folder / "pid").write_text(str(process.pid))
        yield number
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_certificate_is_the_hubs_own_and_cookies_are_secure(hub: World, port: int) -> None:
    browser = Browser(hub, port)
    browser.sign_in(hub)
    assert all(name.startswith("__Host-") for name in browser.cookies)
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection("127.0.0.1", port, context=ssl.create_default_context()).request(
            "GET", "/"
        )


def test_twenty_screens_hear_and_pages_still_answer(hub: World, port: int) -> None:
    browser = Browser(hub, port)
    browser.sign_in(hub)
    streams = [browser.stream() for _ in range(SCREENS)]
    heard: list[int] = []

    def listen(number: int, answer: http.client.HTTPResponse) -> None:
        while line := answer.readline():
            if line.startswith(b"event: feed"):
                heard.append(number)
                return

    listeners = [threading.Thread(target=listen, args=pair) for pair in enumerate(streams)]
    for listener in listeners:
        listener.start()
    assert browser.ask("GET", "/people")[0] == 200
    hub.now()
    hub.passage(hub.person())
    for listener in listeners:
        listener.join(60)
    assert sorted(heard) == list(range(SCREENS))
    for stream in streams:
        stream.close()


def test_an_open_screen_does_not_hold_up_the_end(hub: World, port: int) -> None:
    browser = Browser(hub, port)
    browser.sign_in(hub)
    stream = browser.stream()
    assert stream.readline() == b"retry: 1000\n"
    start = time.monotonic()
    os.kill(int((hub.folder / "pid").read_text()), signal.SIGTERM)
    while stream.readline():
        pass
    assert time.monotonic() - start < 8
