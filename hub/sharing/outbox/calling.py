"""Reaching a receiver: TLS with a certificate that was agreed on, one absolute deadline, an answer of limited size.

No proxy of the environment and no redirect is ever followed, and nothing is sent before the other end has shown the
agreed certificate. An address may lie on this machine or in a private network, where agencies' servers often are; it
is typed in by an administrator, and whoever answers there has to prove themselves first.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from hub.sharing.outbox.answers import Answer, Outcome, judge
from hub.sharing.outbox.signing import SignedRequest

DEADLINE_S: Final = 30.0
CONNECT_S: Final = 10.0
MOST_ANSWER_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class Target:
    """Where an agency listens. `ca_pem` is the authority of its server's certificate, `pin` the SHA-256 of that
    certificate itself in hex; at least one of them, and both count where both are set."""

    url: str
    ca_pem: str = ""
    pin: str = ""
    batch: bool = False


class Line:
    """A connection to one target, kept open between requests. One thread uses it."""

    def __init__(self, target: Target, *, deadline_s: float = DEADLINE_S) -> None:
        self.target = target
        self._deadline_s = deadline_s
        self._open: http.client.HTTPSConnection | None = None
        self._sock: socket.socket | None = None

    def send(self, request: SignedRequest, ids: Sequence[str]) -> Answer:
        """Send one request and judge its answer; never raises for what the other end does."""
        kept = self._open is not None
        answer = self._send(request, ids)
        if answer.outcome is Outcome.UNREACHABLE and kept:
            return self._send(request, ids)  # the other end had closed the kept connection
        return answer

    def close(self) -> None:
        """End the connection."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.close()
            self._open = self._sock = None

    def _send(self, request: SignedRequest, ids: Sequence[str]) -> Answer:
        late = threading.Event()
        watch = threading.Timer(self._deadline_s, self._cut, [late])
        watch.daemon = True
        watch.start()
        answer = Answer(Outcome.UNREACHABLE)
        try:
            answer = self._exchange(request, ids)
        except _NotTheOneError:
            answer = Answer(Outcome.NOT_THE_ONE)
        except ssl.SSLCertVerificationError:
            answer = Answer(Outcome.NOT_THE_ONE)
        except TimeoutError:
            answer = Answer(Outcome.TOO_SLOW)
        except (OSError, ValueError):
            answer = Answer(Outcome.UNREACHABLE)
        except http.client.HTTPException as error:
            answer = Answer(_no_answer(error))
        finally:
            watch.cancel()
        if late.is_set():
            answer = Answer(Outcome.TOO_SLOW)  # what came before the cut may look like a whole answer
        if answer.status is None or answer.outcome is Outcome.TOO_LARGE:
            self.close()
        return answer

    def _cut(self, late: threading.Event) -> None:
        late.set()
        held = self._sock
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def _exchange(self, request: SignedRequest, ids: Sequence[str]) -> Answer:
        parts = urlsplit(request.url)
        if self._open is None:
            self._open = _connect(self.target, parts, self._hold)
        held = self._open
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        held.request(request.method, path, request.body, {**request.headers, "User-Agent": "PIMS"})
        response = held.getresponse()
        body = response.read(MOST_ANSWER_BYTES + 1)
        if len(body) > MOST_ANSWER_BYTES:
            return Answer(Outcome.TOO_LARGE, response.status)
        if response.length:
            self.close()
            return Answer(Outcome.DOUBTFUL, response.status)  # it broke off
        answer = judge(response.status, body, ids, response.getheader("Retry-After"))
        if response.will_close:
            self.close()
        return answer

    def _hold(self, sock: socket.socket) -> None:
        self._sock = sock


class _NotTheOneError(Exception):
    """Whoever answered has another certificate than the agreed one."""


def _no_answer(error: http.client.HTTPException) -> Outcome:
    """A head without end, or something that is no answer of a web server, or one that breaks off."""
    endless = isinstance(error, http.client.LineTooLong) or "headers" in str(error)
    return Outcome.TOO_LARGE if endless else Outcome.DOUBTFUL


def _connect(
    target: Target, parts: SplitResult, hold: Callable[[socket.socket], None]
) -> http.client.HTTPSConnection:
    """`hold` gets the socket before the first byte, so that a greeting by drops can be cut as well."""
    if parts.scheme != "https" or not parts.hostname or not (target.ca_pem or target.pin):
        raise ValueError("no address that may be used")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if target.ca_pem:
        context.load_verify_locations(cadata=target.ca_pem)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the one certificate itself is compared below
    made = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=CONNECT_S, context=context)
    plain = socket.create_connection((parts.hostname, made.port), CONNECT_S)
    try:
        made.sock = context.wrap_socket(plain, server_hostname=parts.hostname, do_handshake_on_connect=False)
        hold(made.sock)
        _check_address(made.sock)
        made.sock.do_handshake()
        if target.pin:
            _check_pin(made.sock, target.pin)
    except BaseException:
        plain.close()
        made.close()
        raise
    # Nagle's algorithm would hold the body back until the head was acknowledged.
    made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _check_address(sock: socket.socket) -> None:
    reached = ip_address(str(sock.getpeername()[0]).partition("%")[0])
    if reached.is_link_local or reached.is_multicast or reached.is_unspecified:
        raise _NotTheOneError  # where clouds keep their machines' secrets, and where no agency is


def _check_pin(sock: socket.socket, pin: str) -> None:
    assert isinstance(sock, ssl.SSLSocket)
    shown = sock.getpeercert(binary_form=True) or b""
    wanted = pin.replace(":", "").lower()
    if not hmac.compare_digest(hashlib.sha256(shown).hexdigest(), wanted):
        raise _NotTheOneError
