"""What an agency hands in to have a key certified: read, judged, and refused with a sentence. Pure; keeps nothing.

Keys that are certified: EC on P-256, P-384 or P-521, and RSA of 2,048 to 8,192 bits (NIST SP 800-57 part 1: 112 bits of
strength at least). The name in a request is shown and never used: a certificate is always in the client's name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from hub.sentences import RefusedError, Sentence

MAX_BYTES: Final = 16 * 1024
"""A request for an RSA key of 8,192 bits with a long name has 3 KB."""
LEAST_RSA, MOST_RSA, LEAST_EXPONENT = 2048, 8192, 65537
CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

_REQUEST: Final = re.compile(
    r"-----BEGIN (NEW )?CERTIFICATE REQUEST-----.*?-----END (NEW )?CERTIFICATE REQUEST-----", re.DOTALL
)
_SECRET: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_SECRET_BLOCK: Final = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL
)
_UNREADABLE: Final = re.compile("[^\x20-\x7e\u00a0-\u024f]")

Key = EllipticCurvePublicKey | RSAPublicKey


@dataclass(frozen=True)
class Asked:
    """A request whose sender proved to hold the key. `subject` and `key` are for eyes."""

    pem: str
    subject: str
    key: str
    """As "EC P-256" or "RSA 3072"."""
    fingerprint: str
    """SHA-256 of the public key (DER of its SubjectPublicKeyInfo), 64 hexadecimal digits."""
    public_key: Key


class BurntKeyError(RefusedError):
    """A private key was handed in. `fingerprint` is that of its public half, "" where it cannot be opened."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(
            "private_key",
            Sentence(
                "This is a private key. It must never leave the agency: it is burnt now and must not be used any more. "
                "Nothing of it was kept. Tell the agency to delete it and to make a new key, and a request for that."
            ),
        )
        self.fingerprint = fingerprint


def read_asked(raw: bytes) -> Asked:
    """A request in PEM or DER, with text around it; RefusedError with the reason, BurntKeyError for a private key."""
    if len(raw) > MAX_BYTES:
        raise RefusedError(
            "too_large",
            Sentence(
                "A certificate request is smaller than 16 KB. This is something else: send the file that ends in .csr."
            ),
        )
    text = _text(raw)
    _refuse_secrets(raw, text)
    request = _loaded(raw, text)
    try:
        proven, key = request.is_signature_valid, request.public_key()
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        raise RefusedError("bad_request", _BAD) from None
    words = _judged(key)
    if not proven:
        raise RefusedError(
            "not_proven",
            Sentence(
                "The certificate request is not signed by its own key: it was changed on the way. Have it made again."
            ),
        )
    assert isinstance(key, Key)
    pem = request.public_bytes(Encoding.PEM).decode("ascii")
    return Asked(pem, _subject(request), words, fingerprint_of(key), key)


def fingerprint_of(key: Key) -> str:
    """SHA-256 of a public key as `openssl pkey -pubin -outform DER | openssl dgst -sha256` says it."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _text(raw: bytes) -> str:
    """Windows writes requests as UTF-16 at times."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def _loaded(raw: bytes, text: str) -> x509.CertificateSigningRequest:
    found = [one[0] for one in _REQUEST.finditer(text)]
    if len(found) > 1:
        raise RefusedError(
            "several", Sentence("There are several requests in it. Hand in one at a time: each is compared.")
        )
    try:
        if found:
            return x509.load_pem_x509_csr(found[0].encode())
        if raw[:1] == b"\x30":
            return x509.load_der_x509_csr(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise RefusedError("bad_request", _BAD) from None
    if "-----BEGIN CERTIFICATE-----" in text:
        raise RefusedError(
            "certificate",
            Sentence(
                "This is a certificate, not a request for one. Ask the agency for the file that ends in .csr."
            ),
        )
    raise RefusedError("bad_request", _BAD)


def _judged(key: object) -> str:
    """What kind of key it is; RefusedError for one that is not certified."""
    if isinstance(key, EllipticCurvePublicKey):
        if (curve := CURVES.get(key.curve.name)) is not None:
            return f"EC {curve}"
        raise RefusedError("bad_key", _OTHER)
    if isinstance(key, RSAPublicKey):
        if key.key_size < LEAST_RSA:
            raise RefusedError(
                "weak_key",
                Sentence(
                    "An RSA key of %(bits)s bits can be broken: it takes 2048 at least. Have a new key made, "
                    "best P-256 (prime256v1).",
                    {"bits": key.key_size},
                ),
            )
        if key.key_size > MOST_RSA or key.public_numbers().e < LEAST_EXPONENT:
            raise RefusedError(
                "bad_key", Sentence("This RSA key is none that is in use. Have a new key made as usual.")
            )
        return f"RSA {key.key_size}"
    raise RefusedError("bad_key", _OTHER)


def _subject(request: x509.CertificateSigningRequest) -> str:
    """As RFC 4514 writes it, without signs that turn text around, and short enough for a line or two."""
    return _UNREADABLE.sub("?", request.subject.rfc4514_string())[:300]


def _refuse_secrets(raw: bytes, text: str) -> None:
    if _SECRET.search(text) is not None:
        block = _SECRET_BLOCK.search(text)
        raise BurntKeyError((_public_half(block[0].encode(), pem=True) if block is not None else None) or "")
    if raw[:1] != b"\x30":
        return
    try:
        load_pkcs12(raw, None)
    except ValueError as error:
        # A box of keys with a password says so; anything else is no such box.
        if "password" in str(error).lower():
            raise BurntKeyError("") from None
    else:
        raise BurntKeyError("")
    if (half := _public_half(raw, pem=False)) is not None:
        raise BurntKeyError(half)


def _public_half(raw: bytes, *, pem: bool) -> str | None:
    """Fingerprint of a private key's public half, "" for a kind that is never certified, None where it is locked."""
    load = load_pem_private_key if pem else load_der_private_key
    try:
        key = load(raw, password=None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return fingerprint_of(key) if isinstance(key, Key) else ""


_OTHER: Final = Sentence(
    "The request must hold an EC key on P-256 (prime256v1), P-384 or P-521, or an RSA key of 2048 bits or more."
)
_BAD: Final = Sentence(
    "This is no certificate request that can be read. The agency makes one with: "
    "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout client.key -out client.csr"
)
