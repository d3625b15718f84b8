"""Nobody holds the site up by being slow: to say what they want, to send it, or to take it. Open screens stay open."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from hub.website.pacing import Paced
from hub.website.patience import SLOWEST_BYTES_S, Limits, Patience

from .site_world import World
from .test_web_server import Browser, hub, port

__all__ = ["hub", "port"]

HOST = "127.0.0.1"
IDLE = 60
SCREENS = 15
"""Together more than the site has threads."""
LIMITS = Limits(pressed=3, whole_s=30.0, pressed_whole_s=10.0)


@pytest.fixture
def lines() -> Iterator[list[socket.socket]]:
    held: list[socket.socket] = []
    yield held
    for one in held:
        one.close()


def secure(hub: World, port: int) -> ssl.SSLSocket:
    trust = ssl.create_default_context(cafile=str(hub.folder / "keys" / "ca.pem"))
    plain = socket.create_connection((HOST, port), timeout=30)
    return trust.wrap_socket(plain, server_hostname=HOST)


def closed_after(line: socket.socket, patience_s: float = 25.0) -> float:
    """Seconds until the other end closes the line."""
    begun = time.monotonic()
    line.settimeout(patience_s)
    try:
        while line.recv(65536):
            pass
    except (ConnectionError, ssl.SSLError):
        pass
    return time.monotonic() - begun


@pytest.mark.parametrize("first", [b"", b"\x16\x03\x01\x02\x00"])
def test_sixty_lines_that_begin_and_wait_hold_up_no_page_and_cut_no_screen(
    hub: World, port: int, lines: list[socket.socket], first: bytes
) -> None:
    browser = Browser(hub, port)
    browser.sign_in(hub)
    screens = [browser.stream() for _ in range(SCREENS)]
    for _ in range(IDLE):
        line = socket.create_connection((HOST, port), timeout=30)
        line.sendall(first)
        lines.append(line)
    begun = time.monotonic()
    assert browser.ask("GET", "/people")[0] == 200
    assert time.monotonic() - begun < 6
    if first:
        assert closed_after(lines[0]) < 8, "they are ended, the sooner the more of them there are"
    hub.now()
    hub.passage(hub.person())
    for screen in screens:
        assert any(line.startswith(b"event: feed") for line in iter(screen.readline, b"")), "screens go on"
        screen.close()


def test_headers_that_come_by_drops_and_a_body_that_does_not_come_end_the_call(
    hub: World, port: int, lines: list[socket.socket]
) -> None:
    drips, sends = secure(hub, port), secure(hub, port)
    lines += [drips, sends]
    head = "POST /login HTTP/1.1\r\nHost: hub\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    sends.sendall(f"{head}Content-Length: 4000\r\n\r\nlogin=".encode())
    drips.sendall(b"GET /login HTTP/1.1\r\n")
    begun, stop = time.monotonic(), threading.Event()

    def drip() -> None:
        while not stop.wait(0.5):
            try:
                drips.sendall(b"X-A: b\r\n")
            except OSError:
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        for line in (drips, sends):
            closed_after(line)
            assert 8 < time.monotonic() - begun < 18
    finally:
        stop.set()
        dripping.join()


def test_what_is_no_http_comes_back_to_nobody(
    hub: World, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with secure(hub, port) as line:
        line.sendall(b"GET /people?name=Novelo\xff HTTP/1.1\r\nCookie: secret\x00\r\n\r\n")
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Novelo" not in answer
    assert b"secret" not in answer
    with secure(hub, port) as line:
        line.sendall(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 414 ")


def test_what_the_hub_takes_is_no_waiting() -> None:
    """Pure: who is late when."""
    patience, one, two = Patience(LIMITS), object(), object()
    patience.begin(one, 0.0)
    assert (patience.late(9.9), patience.late(10.1)) == ([], [one])
    patience.works(one)
    assert (patience.late(29.9), patience.late(30.1)) == ([], [one]), (
        "a call as a whole, where it has a limit"
    )
    patience.waits(one, 12.0, 10 * SLOWEST_BYTES_S)
    assert (patience.late(29.0), patience.late(33.0)) == ([], [one])
    patience.end(one)
    own = Patience(Limits(pressed=2))
    own.begin(one, 0.0)
    own.works(one)
    assert own.late(9_999.0) == [], "an open screen"
    own.waits(one, 100.0, 40)
    own.begin(two, 100.0)
    assert own.late(101.5) == [two], "two wait: pressed"
    assert set(own.late(102.5)) == {one, two}
    own.end(two)
    assert (own.late(109.0), own.late(110.5)) == ([], [one])


def test_an_application_waits_where_it_reads_and_where_its_parts_are_taken() -> None:
    told: list[str] = []

    class Told(Patience):
        def waits(self, connection: object, at_s: float, size: int) -> None:
            told.append(f"waits {size}")

        def works(self, connection: object) -> None:
            told.append("works")

    class Body:
        def read(self, size: int = -1) -> bytes:
            told.append("read")
            return b"x" * 4

    def app(environ: dict[str, object], _start: object) -> Iterator[bytes]:
        environ["wsgi.input"].read(4)  # type: ignore[attr-defined]
        yield b"one"
        told.append("thinks")
        yield b"three"

    for part in Paced(app, Told(LIMITS), object)({"wsgi.input": Body()}, None):
        told.append(part.decode())
    assert told == [
        *("waits 4", "read", "works", "waits 3", "one", "works"),
        *("thinks", "waits 5", "three", "works", "waits 0"),
    ]
