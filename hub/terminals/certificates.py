"""X.509 of the hub's own authority: an ECDSA P-256 root and the leaves it signs, for one purpose each."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.terminals.errors import RequestError

AUTHORITY_DAYS = 3652
LEAF_DAYS = 366
BACKDATED = timedelta(days=1)
"""A terminal without a real-time clock may boot somewhat in the past and must still trust the broker."""

LeafKey = EllipticCurvePublicKey | RSAPublicKey
"""Terminals have P-256 keys; programs of other agencies bring what they have."""

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH

_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def new_key() -> EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return generate_private_key(SECP256R1())


def key_pem(key: EllipticCurvePrivateKey) -> bytes:
    """PKCS 8 without a password: the file's mode protects it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes) -> EllipticCurvePrivateKey:
    """The private key of a PEM; ValueError when it is not a P-256 key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("not a private key without a password") from error
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def certificate_pem(certificate: x509.Certificate) -> str:
    """PEM text of a certificate."""
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def self_signed(
    key: EllipticCurvePrivateKey, now: datetime, common_name: str = "PIMS hub authority"
) -> x509.Certificate:
    """An authority's certificate: ten years, signs leaves only."""
    name = _name(common_name)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(key, SHA256())
    )


def leaf(
    issuer: x509.Certificate,
    issuer_key: EllipticCurvePrivateKey,
    public_key: LeafKey,
    common_name: str,
    purpose: x509.ObjectIdentifier,
    now: datetime,
    hosts: Collection[str] = (),
) -> x509.Certificate:
    """A certificate for one purpose, CLIENT or SERVER, for a year. `hosts` are names or IP addresses."""
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _builder(_name(common_name), issuer.subject, public_key, now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
    )
    if hosts:
        names = [_general_name(host) for host in sorted(hosts)]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, SHA256())


def hosts_of(certificate: x509.Certificate) -> list[str]:
    """Names and addresses that a server certificate was made for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def is_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True when `issuer` signed the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def read_certificate_request(pem: str) -> tuple[str, EllipticCurvePublicKey]:
    """Common name and key of a request whose sender proved to hold the key; RequestError otherwise."""
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        proven = request.is_signature_valid
        key = request.public_key()
        names = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        raise RequestError("bad_request", _BAD) from None
    if not proven:
        raise RequestError(
            "not_proven",
            "The certificate request is not signed by its own key. Make it again: pims-edge init",
        )
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise RequestError(
            "bad_key", "The certificate request must hold a P-256 key. Make it: pims-edge init"
        )
    if len(names) != 1:
        raise RequestError("bad_request", _BAD)
    return str(names[0].value), key


_BAD = "The certificate request in the file cannot be read. Make it again on the terminal: pims-edge init"


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: LeafKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in _KEY_USAGES})
