"""A partner's own keys: one to call with, of which only the request leaves, and one that its receiver shows."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

KEY, REQUEST, CERTIFICATE, AUTHORITY = "client.key", "client.csr", "client.pem", "agencies-ca.pem"
SERVER_KEY, SERVER = "receiver.key", "receiver.pem"


def prepare(folder: Path) -> None:
    """Make what is missing."""
    if (folder / SERVER).exists():
        return
    key = generate_private_key(SECP256R1())
    _keep(folder / KEY, key)
    request = x509.CertificateSigningRequestBuilder().subject_name(_name("sandbox")).sign(key, SHA256())
    (folder / REQUEST).write_bytes(request.public_bytes(Encoding.PEM))
    _make_server(folder)


def pin_of(folder: Path) -> str:
    """SHA-256 of the certificate that the receiver shows, in hex."""
    shown = x509.load_pem_x509_certificate((folder / SERVER).read_bytes())
    return hashlib.sha256(shown.public_bytes(Encoding.DER)).hexdigest()


def has_certificate(folder: Path) -> bool:
    """Whether the prison's answer to the request is here."""
    return (folder / CERTIFICATE).exists() and (folder / AUTHORITY).exists()


def _make_server(folder: Path) -> None:
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(_name("sandbox receiver"))
        .issuer_name(_name("sandbox receiver"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    _keep(folder / SERVER_KEY, key)
    (folder / SERVER).write_bytes(made.public_bytes(Encoding.PEM))


def _keep(path: Path, key: EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
