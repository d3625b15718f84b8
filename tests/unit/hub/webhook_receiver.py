"""An agency's receiver: a real server with a certificate of its own, which checks signatures and answers as told."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from .webhook_verifier import Forged, check

Reply = tuple[int, bytes, dict[str, str]]


def certificate(folder: Path, name: str = "agency.test") -> tuple[Path, Path, str]:
    """Paths of a new self-signed certificate and its key, and the SHA-256 of the certificate in hex."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    shown, secret = folder / f"{name}.pem", folder / f"{name}.key"
    shown.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return shown, secret, made.fingerprint(hashes.SHA256()).hex()


def acknowledge(_events: list[dict[str, Any]]) -> Reply:
    return 204, b"", {}


@dataclass
class Receiver:
    """`answer` says what each request gets; `got` holds the events of every request whose signature was right."""

    folder: Path
    keys: dict[str, bytes]
    name: str = "agency.test"
    answer: Callable[[list[dict[str, Any]]], Reply] = acknowledge
    got: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    forged: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)

    def __enter__(self) -> Receiver:
        shown, secret, self.pin = certificate(self.folder, self.name)
        self.ca_pem = shown.read_text()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown, secret)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}/hooks/pims"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.got]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests += 1
            url = f"https://127.0.0.1:{receiver.port}{self.path}"
            try:
                params = check("POST", url, dict(self.headers), body, receiver.keys, time.time())
            except Forged as error:
                receiver.forged.append(str(error))
                return self._say(401, b"", {})
            receiver.nonces.append(params["nonce"])
            receiver.types.append(self.headers["Content-Type"])
            told = json.loads(body)
            events = told if isinstance(told, list) else [told]
            status, said, headers = receiver.answer(events)
            if status < 300:
                receiver.got.extend(events)
            return self._say(status, said, headers)

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
