"""The agencies' listener against slow, broken and ambiguous requests, over real TLS."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from hub.sharing.partners.authority import AUTHORITY_NAME, open_agencies
from hub.terminals.certificates import CLIENT, certificate_pem, leaf, new_key, self_signed

from .test_agency_api import Running, ask, context_of, hub, refused, token_of, trusting

__all__ = ["hub"]

HOST = "127.0.0.1"
JSON = "Content-Type: application/json"
MANY = 80
"""More than the listener has threads."""


def raw(port: int, context: ssl.SSLContext, request: bytes) -> tuple[int, str, Any]:
    """Status, media type and document of what is answered to these bytes, until the line is closed."""
    with (
        socket.create_connection((HOST, port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as line,
    ):
        line.sendall(request)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(one.split(": ", 1) for one in head.decode().split("\r\n")[1:])
    return int(head.split()[1]), headers["Content-Type"], json.loads(body)


def request(first: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join((first, "Host: hub", "Connection: close", *headers, "", "")).encode("latin-1") + body


def chunked(body: bytes) -> bytes:
    parts = (body[start : start + 5000] for start in range(0, len(body), 5000))
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (request(f"GET /v1/custody/{'A' * 9000} HTTP/1.1"), 414, "address_too_long"),
        (request("GET /v1/me HTTP/1.1", f"X-Much: {'a' * 20000}"), 431, "headers_too_large"),
        (request("GET /v1/me HTTP/1.1", *(f"X-{n}: a" for n in range(100))), 431, "headers_too_large"),
        (request("G(T /v1/me HTTP/1.1"), 400, "bad_request"),
        (request("GET /v1/events?after=\xe9 HTTP/1.1"), 400, "bad_request"),
        (
            request("POST /v1/orders HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
            400,
            "bad_request",
        ),
        (
            request("POST /v1/orders HTTP/1.1", "Content-Length: 5", "Content-Length: 6", body=b"abcdef"),
            400,
            "bad_request",
        ),
        (request("POST /v1/orders HTTP/1.1", "Transfer-Encoding : chunked", body=b"0\r\n\r\n"), 400, "bad_request"),
    ],
)  # fmt: skip
def test_what_is_no_http_gets_a_problem(hub: Running, sent: bytes, status: int, code: str) -> None:
    """And nothing of what was sent comes back in it."""
    found, kind, document = raw(hub.port, context_of(hub, "courts-records"), sent)
    assert (found, kind, document["code"]) == (status, "application/problem+json", code)
    assert set(document) == {"type", "title", "status", "detail", "code"}


def test_a_body_in_chunks_is_not_cut_at_its_limit(hub: Running) -> None:
    """What is too long is refused whole: its beginning could be a message that nobody sent."""
    bearer = f"Authorization: Bearer {token_of(hub, 'courts-records')}"
    headers = (bearer, JSON, "Idempotency-Key: too-long-0001", "Transfer-Encoding: chunked")
    sent = request("POST /v1/orders HTTP/1.1", *headers, body=chunked(b"{}" + b" " * 70_000))
    assert raw(hub.port, context_of(hub, "courts-records"), sent)[0] == 413


@pytest.mark.parametrize("said", ["X-Forwarded-Proto: http", "X-Forwarded-Ssl: off"])
def test_no_header_says_what_the_connection_is(hub: Running, said: str) -> None:
    sent = request("GET /.well-known/oauth-authorization-server HTTP/1.1", said, "Script-Name: /v1")
    status, _, document = raw(hub.port, context_of(hub, "courts-records"), sent)
    assert (status, document["issuer"]) == (200, f"https://127.0.0.1:{hub.port}"), (
        "nor does the one called Host"
    )


@pytest.fixture
def lines(hub: Running) -> Iterator[list[socket.socket]]:
    held: list[socket.socket] = []
    yield held
    for one in held:
        one.close()


@pytest.mark.parametrize("first", [b"", b"\x16", b"\x16\x03\x01\x02\x00"])
def test_strangers_who_begin_and_wait_hold_up_nobody(
    hub: Running, lines: list[socket.socket], first: bytes
) -> None:
    """Without any certificate: connections that say nothing, or the beginning of a handshake."""
    context, bearer = context_of(hub, "courts-records"), f"Bearer {token_of(hub, 'courts-records')}"
    for _ in range(MANY):
        line = socket.create_connection((HOST, hub.port), timeout=30)
        line.sendall(first)
        lines.append(line)
    begun = time.monotonic()
    assert ask(hub, context, "GET", "/v1/me", Authorization=bearer)[0] == 200
    assert time.monotonic() - begun < 8


def test_a_call_that_does_not_go_on_is_ended(hub: Running) -> None:
    """A stranger cannot stay in the handshake."""
    with closing(socket.create_connection((HOST, hub.port), timeout=30)) as line:
        line.sendall(b"\x16")
        assert line.recv(100) == b""


def forged(hub: Running) -> str:
    """A certificate that a stranger signs with a name of the authority's for the program's own key."""
    held = x509.load_pem_x509_certificate((hub.data / "courts-records.pem").read_bytes()).public_key()
    assert isinstance(held, EllipticCurvePublicKey)
    own, at = new_key(), datetime.now(UTC)
    authority = self_signed(own, at, AUTHORITY_NAME)
    return certificate_pem(leaf(authority, own, held, "courts-records", CLIENT, at))


def expired(hub: Running) -> str:
    """A certificate of the right authority whose year is over."""
    request = (hub.data / "courts-records.csr").read_text()
    at = datetime.now(UTC) - timedelta(days=800)
    return certificate_pem(open_agencies(hub.data / "keys").certify(request, "courts-records", at))


@pytest.mark.parametrize("make", [forged, expired])
def test_a_certificate_that_is_none_ends_in_the_handshake(
    hub: Running, make: Callable[[Running], str]
) -> None:
    (hub.data / "wrong.pem").write_text(make(hub))
    context = trusting(hub)
    context.load_cert_chain(hub.data / "wrong.pem", hub.data / "courts-records.key")
    assert refused(hub, context)
