"""Where a partner is told: a TLS server that believes nothing unsigned, stores, and only then acknowledges."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Protocol

from simulation.partners.identity import SERVER, SERVER_KEY, pin_of
from simulation.partners.signatures import Forged

_MOST_BYTES: Final = 2 * 1024 * 1024
_PATH: Final = "/events"
_PORT: Final = "receiver.port"
"""Where we are told stays the same from one start to the next: the prison knows no other place."""


@dataclass(frozen=True)
class Address:
    """Where the prison tells this partner, and the SHA-256 of the certificate it will see there."""

    url: str
    pin: str


class Hearer(Protocol):
    """Whoever is told."""

    def may_hear(self) -> bool:
        """False until the prison's keys can be fetched."""

    def check(self, url: str, headers: dict[str, str], body: bytes) -> None:
        """Forged for what the prison did not send; OSError while that cannot be known."""

    def hear(self, events: list[dict[str, Any]]) -> None:
        """Store them; those that are known already are left out."""

    def turn_away(self, why: str) -> None:
        """Note that something forged came."""


@contextmanager
def listen(folder: Path, hearer: Hearer) -> Iterator[Address]:
    """A server on this machine, until the end of the block: on a free port, from then on on the same."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    kept = folder / _PORT
    server = ThreadingHTTPServer(
        ("127.0.0.1", int(kept.read_text()) if kept.exists() else 0), _handler(hearer)
    )
    if not kept.exists():
        kept.with_suffix(".new").write_text(str(server.server_address[1]))
        kept.with_suffix(".new").replace(kept)
    server.daemon_threads = True
    # The handshake belongs to the thread of the connection: a client that stalls in it must hold up nobody else.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, name="receiver", daemon=True)
    thread.start()
    try:
        yield Address(f"https://127.0.0.1:{server.server_address[1]}{_PATH}", pin_of(folder))
    finally:
        server.shutdown()
        server.server_close()


def _handler(hearer: Hearer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > _MOST_BYTES:
                self.close_connection = True
                self._answer(413)
                return
            body = self.rfile.read(int(length))
            if not hearer.may_hear():
                self._answer(503, {"Retry-After": "1"})
                return
            self._answer(*_judged(hearer, f"https://{self.headers['Host']}{self.path}", self, body))

        def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what came is in the log of the truth."""

    return Handler


def _judged(
    hearer: Hearer, url: str, request: BaseHTTPRequestHandler, body: bytes
) -> tuple[int, dict[str, str]]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        hearer.check(url, headers, body)
        told = json.loads(body)
        events = told if isinstance(told, list) else [told]
        hearer.hear([{**one, "id": str(one["id"]), "type": str(one["type"])} for one in events])
    except Forged as error:
        hearer.turn_away(str(error))
        return 401, {}
    except (ValueError, KeyError, TypeError):
        return 400, {}
    except OSError:
        return 503, {"Retry-After": "2"}
    return 204, {}
