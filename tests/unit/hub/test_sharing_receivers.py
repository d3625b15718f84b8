"""Receivers that misbehave below and above HTTP: each try ends by its deadline, with an outcome that says what was."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from hub.database import session_scope
from hub.sharing.outbox.answers import Answer, Outcome
from hub.sharing.outbox.calling import Line, Target
from hub.sharing.outbox.lease import LEASE
from hub.sharing.outbox.records import DeliverySender
from hub.sharing.outbox.signing import Signer
from hub.sharing.partners.records import Webhook

from .outbox_world import Outbox
from .site_world import World
from .webhook_receiver import Receiver, Reply, certificate

SIGNER = Signer("k1", Ed25519PrivateKey.generate())
DEADLINE_S = 0.4


@contextmanager
def server(folder: Path, talk: Callable[[socket.socket, ssl.SSLContext], None]) -> Iterator[Target]:
    """One that takes a connection and does with it what `talk` says."""
    shown, secret, pin = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            taken, _ = listening.accept()
            with taken:
                talk(taken, context)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Target(f"https://127.0.0.1:{listening.getsockname()[1]}/hook", pin=pin)
    listening.close()
    thread.join(3)


def answering(raw: bytes, *, then: Callable[[ssl.SSLSocket], None] | None = None) -> Any:
    """Read a request, say these bytes, and go on as `then` says."""

    def talk(taken: socket.socket, context: ssl.SSLContext) -> None:
        with context.wrap_socket(taken, server_side=True) as held:
            asked = held.recv(65_536)
            while not asked.endswith(b"{}"):
                asked += held.recv(65_536)
            held.sendall(raw)
            if then is not None:
                then(held)

    return talk


def silent(taken: socket.socket, _context: ssl.SSLContext) -> None:
    taken.settimeout(2)
    while taken.recv(65_536):
        pass


def dripping_greeting(taken: socket.socket, _context: ssl.SSLContext) -> None:
    # A TLS record that announces 16 kB and comes a byte at a time: each resets a timeout of the socket.
    taken.recv(65_536)
    taken.sendall(b"\x16\x03\x03\x40\x00")
    for _ in range(60):
        taken.sendall(b"\x02")
        time.sleep(0.05)


def dripping_body(held: ssl.SSLSocket) -> None:
    for _ in range(60):
        held.sendall(b" ")
        time.sleep(0.05)


def tried(target: Target, deadline_s: float = DEADLINE_S) -> tuple[Answer, float]:
    request = SIGNER.sign(target.url, b"{}", "application/json", datetime.now(UTC))
    line = Line(target, deadline_s=deadline_s)
    begun = time.monotonic()
    answer = line.send(request, ["x"])
    line.close()
    return answer, time.monotonic() - begun


SLOW = {
    "accepts and never greets": silent,
    "greets by drops": dripping_greeting,
    "answers by drops": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", then=dripping_body),
    "chunks by drops": answering(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n", then=dripping_body
    ),
}


@pytest.mark.parametrize("talk", SLOW.values(), ids=list(SLOW))
def test_whatever_drips_is_cut_at_the_one_deadline(tmp_path: Path, talk: Any) -> None:
    with server(tmp_path, talk) as target:
        answer, took_s = tried(target)
    assert answer.outcome is Outcome.TOO_SLOW
    assert took_s < DEADLINE_S * 3


ODD = {
    "a head without end": (answering(b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 200), Outcome.TOO_LARGE),
    "a line without end": (
        answering(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 70_000 + b"\r\n\r\n"),
        Outcome.TOO_LARGE,
    ),
    "no web server": (answering(b"220 mail.agency.test ESMTP\r\n"), Outcome.DOUBTFUL),
    "breaks off": (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"), Outcome.DOUBTFUL),
    "an older protocol": (answering(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), Outcome.REFUSED),
}


@pytest.mark.parametrize(("talk", "outcome"), ODD.values(), ids=list(ODD))
def test_an_odd_answer_never_counts_as_received(tmp_path: Path, talk: Any, outcome: Outcome) -> None:
    with server(tmp_path, talk) as target:
        answer, _ = tried(target, 5)
    assert answer.outcome is outcome


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    yield made.begin()
    made.close()


def test_it_fails_at_500_and_takes_it_at_the_next_try(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        answers: list[Reply] = [(500, b"", {}), (200, b"", {})]
        receiver.answer = lambda _events: answers.pop(0)
        outbox.admit(outbox.world.person())
        exchange = outbox.exchange()
        exchange.once()
        assert outbox.deliveries() == [("waiting", "failed", "admitted", 1)]
        outbox.later(minutes=2)
        exchange.once()
        assert outbox.deliveries() == [("sent", "received", "admitted", 2)]


def test_a_certificate_swapped_behind_the_address_gets_nothing(outbox: Outbox, tmp_path: Path) -> None:
    with (
        Receiver(tmp_path / "agency", outbox.keys) as right,
        Receiver(tmp_path / "other", outbox.keys) as wrong,
    ):
        outbox.hook("police", right, pinned=True)
        move(outbox, wrong.url)
        outbox.admit(outbox.world.person())
        exchange = outbox.exchange()
        exchange.once()
        assert outbox.deliveries() == [("waiting", "not_the_one", "admitted", 1)]
        assert wrong.requests == 0
        move(outbox, right.url)
        outbox.later(minutes=20)
        exchange.once()
        assert outbox.deliveries() == [("sent", "received", "admitted", 2)]


def test_the_turn_of_one_that_was_killed_is_free_after_two_minutes(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
        outbox.admit(outbox.world.person())
        exchange = outbox.exchange()
        exchange.gather()
        with session_scope(outbox.world.sessions) as session:
            held = update(DeliverySender).where(DeliverySender.agency == "police")
            session.execute(held.values(token="killed", until_at=outbox.world.at + LEASE))
        exchange.deliver()
        assert receiver.requests == 0
        outbox.later(minutes=2, seconds=1)
        exchange.deliver()
        assert [one[0] for one in outbox.deliveries()] == ["sent"]


def move(outbox: Outbox, url: str) -> None:
    """Another machine answers at the agency's address."""
    with session_scope(outbox.world.sessions) as session:
        session.execute(update(Webhook).values(url=url))
