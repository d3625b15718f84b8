"""`python -m simulation.bench.sharing_receiver FOLDER KEYS.json`: one agency's receiver, in a process of its own.

A real TLS server that checks each signature and digest by code of its own, acknowledges, and writes a line for each
event it got: its number, its subject and its id. Prints its address, and the SHA-256 of its certificate.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

GOT: Final = "got.txt"
FORGED: Final = "forged.txt"
_INPUT: Final = re.compile(r'pims=(\(([^)]*)\);created=(\d+);keyid="([^"]+)"[^,]*)')


def main(words: list[str]) -> int:
    folder, keys = Path(words[0]), _keys(Path(words[1]))
    folder.mkdir(parents=True, exist_ok=True)
    shown, secret, pin = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder, keys))
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"https://127.0.0.1:{server.server_address[1]}/hook {pin}", flush=True)
    server.serve_forever()
    return 0


def _keys(path: Path) -> dict[str, Ed25519PublicKey]:
    found = json.loads(path.read_bytes())["keys"]
    return {
        one["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(one["x"] + "="))
        for one in found
    }


def genuine(url: str, headers: dict[str, str], body: bytes, keys: dict[str, Ed25519PublicKey]) -> bool:
    """Whether a request is signed by one of these keys and its body is the one that was signed."""
    lower = {name.lower(): value for name, value in headers.items()}
    found = _INPUT.fullmatch(lower.get("signature-input", ""))
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if found is None or lower.get("content-digest") != f"sha-256=:{digest}:" or found[4] not in keys:
        return False
    values = {"@method": "POST", "@target-uri": url}
    lines = [f'"{name}": {values.get(name) or lower[name]}' for name in re.findall(r'"([^"]+)"', found[2])]
    base = "\n".join([*lines, f'"@signature-params": {found[1]}'])
    signature = base64.b64decode(lower["signature"].removeprefix("pims=:").removesuffix(":"))
    try:
        keys[found[4]].verify(signature, base.encode())
    except InvalidSignature:
        return False
    return '"content-digest"' in found[2] and '"@target-uri"' in found[2]


def _handler(folder: Path, keys: dict[str, Ed25519PublicKey]) -> type[BaseHTTPRequestHandler]:
    lock, log, bad = threading.Lock(), (folder / GOT).open("a"), folder / FORGED

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            url = f"https://{self.headers['Host']}{self.path}"
            if not genuine(url, dict(self.headers.items()), body, keys):
                bad.write_text("x")
                self.send_response(401)
            else:
                told: Any = json.loads(body)
                events = told if isinstance(told, list) else [told]
                with lock:
                    log.writelines(f"{one['sequence']} {one['subject']} {one['id']}\n" for one in events)
                    log.flush()
                self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what came is in the file."""

    return Handler


def _certificate(folder: Path) -> tuple[Path, Path, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / "server.pem", folder / "server.key"
    shown.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return shown, secret, made.fingerprint(hashes.SHA256()).hex()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
