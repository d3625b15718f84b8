"""Keys and certificate requests as agencies make them, good and bad, and the steps of a program's page."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.sharing.partners.certifier import Certifier

from .site_world import World, post

LIST = "/sharing/partners"
PAGE = f"{LIST}/police-records"
Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@cache
def key_of(kind: str) -> Private:
    match kind.split():
        case ["rsa", bits]:
            return rsa.generate_private_key(65537, int(bits))
        case ["ed25519"]:
            return ed25519.Ed25519PrivateKey.generate()
        case [curve, *_]:
            return ec.generate_private_key(getattr(ec, curve.upper())())
    raise AssertionError(kind)


def csr(kind: str = "secp256r1", name: str = "police-records", encoding: Encoding = Encoding.PEM) -> bytes:
    key = key_of(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    hashed = None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashed)
    return made.public_bytes(encoding)


def private(kind: str, password: bytes | None = None, *, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    locked = NoEncryption() if password is None else BestAvailableEncryption(password)
    return key_of(kind).private_bytes(Encoding.PEM, form, locked)


def changed(pem: bytes) -> bytes:
    """The same request with another name put in: its signature does not fit any more."""
    der = x509.load_pem_x509_csr(pem).public_bytes(Encoding.DER).replace(b"police-records", b"police-secrets")
    return x509.load_der_x509_csr(der).public_bytes(Encoding.PEM)


def hand_in(browser: FlaskClient, raw: bytes, *, file: bool = False, page: str = PAGE) -> TestResponse:
    form = {"file": (io.BytesIO(raw), "client.csr")} if file else {"pem": raw.decode(errors="replace")}
    return post(browser, f"{page}/request", form, page=page)


def number(browser: FlaskClient, page: str = PAGE) -> str:
    found = re.search(r'name="number" value="(\d+)"', browser.get(page).text)
    return found[1] if found else "0"


def act(browser: FlaskClient, what: str, page: str = PAGE, **form: str) -> TestResponse:
    return post(browser, page, {"act": what, **form}, page=page)


def certify(world: World, admin: FlaskClient, keys: Path, raw: bytes, page: str = PAGE) -> x509.Certificate:
    assert hand_in(admin, raw, page=page).status_code == 303
    assert act(admin, "confirm", page, number=number(admin, page), heard="1").status_code == 303
    assert Certifier(world.sessions, keys).tick(world.at) == 1
    shown = re.findall(rf'href="({page}/certificates/\w+/client\.pem)"', admin.get(page).text)
    return x509.load_pem_x509_certificate(admin.get(shown[0]).data)
