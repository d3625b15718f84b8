"""The terminal's certificate and its key as files. Renewed, both are one file: one rename cannot tear them apart."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

_KEY = b"PRIVATE KEY-----"


def read_certificate(path: Path) -> x509.Certificate | None:
    """The certificate of a file, None when there is none that can be read."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def key_file(certificate: Path, beside: Path) -> Path:
    """Where the key of a certificate lies: in its own file after a renewal, `beside` it before."""
    return certificate if _KEY in certificate.read_bytes() else beside


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS 8 without a password: the file's mode protects it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes) -> ec.EllipticCurvePrivateKey | None:
    """The P-256 key of a PEM, None when it is damaged or of another kind."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def common_name(certificate: x509.Certificate) -> str:
    """Whom it names, empty when nobody or several."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""
