"""The hub's own certificate authority, and the keys of the hub's processes."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

from hub.settings import write_durably
from hub.terminals import certificates as x
from hub.terminals.errors import KeysError
from hub.terminals.key_files import (
    BROKER,
    CA_CERTIFICATE,
    CA_KEY,
    INGEST,
    RECEIVING_KEY,
    RELEASE_KEY,
    SIGNING_KEY,
    SIGNING_PUBLIC,
    WEB,
    WEB_SERVER,
    certificate_path,
    check_folder,
    key_path,
    prepare_folder,
    read_private,
    read_signing_key,
    write_private,
)
from wire.keys import OpeningKey, SigningKey, private_bytes, public_bytes

LOOPBACK = ("127.0.0.1", "::1", "localhost")
RENEW_BEFORE = timedelta(days=60)
"""A certificate of a hub process is made anew when less of its year is left."""

SERVERS = (BROKER, WEB_SERVER)
CLIENTS = (INGEST, WEB)


@dataclass(frozen=True)
class Authority:
    """What the hub certifies and signs with. `folder` also holds the keys of the hub's processes."""

    folder: Path
    certificate: x509.Certificate
    signing_key: SigningKey = field(repr=False)
    _key: EllipticCurvePrivateKey = field(repr=False)

    @property
    def certificate_pem(self) -> str:
        """What terminals check the broker by."""
        return x.certificate_pem(self.certificate)

    @property
    def verifying_key(self) -> bytes:
        """32 raw bytes: what terminals check the hub's messages by."""
        return public_bytes(self.signing_key.public_key())

    def certify_client(self, key: EllipticCurvePublicKey, name: str, now: datetime) -> x509.Certificate:
        """A year's certificate that only lets its holder be a client called `name`."""
        return x.leaf(self.certificate, self._key, key, name, x.CLIENT, now)

    def certify_server(
        self, key: EllipticCurvePublicKey, name: str, hosts: Collection[str], now: datetime
    ) -> x509.Certificate:
        """A year's certificate that only lets its holder be the server at `hosts`."""
        return x.leaf(self.certificate, self._key, key, name, x.SERVER, now, hosts)

    def issue_terminal_certificate(self, request_pem: str, name: str, now: datetime) -> x509.Certificate:
        """Certificate for the key of a PEM request, always in `name`; RequestError when it proves no key."""
        _, key = x.read_certificate_request(request_pem)
        return self.certify_client(key, name, now)


def prepare_authority(folder: Path, *, hosts: Collection[str] = (), now: datetime | None = None) -> Authority:
    """Make what is missing in the folder of keys, renew what runs out, and open it; safe to repeat.

    Keys are never replaced. The servers' certificates name loopback, `hosts`, and what they named before.
    KeysError when the folder or a key is open to others, damaged, or the authority's key is gone.
    """
    now = now or datetime.now(UTC)
    prepare_folder(folder)
    if not (folder / CA_KEY).exists():
        if (folder / CA_CERTIFICATE).exists():
            raise KeysError(f"{folder / CA_KEY} is missing. Restore it from the backup of this hub.")
        write_private(folder / CA_KEY, x.key_pem(x.new_key()))
    if not (folder / CA_CERTIFICATE).exists():
        write_durably(folder / CA_CERTIFICATE, x.certificate_pem(x.self_signed(_key(folder / CA_KEY), now)))
    if not (folder / SIGNING_KEY).exists():
        write_private(folder / SIGNING_KEY, private_bytes(SigningKey.generate()))
    if not (folder / RECEIVING_KEY).exists():
        write_private(folder / RECEIVING_KEY, private_bytes(OpeningKey.generate()))
    if not (folder / RELEASE_KEY).exists():
        write_private(folder / RELEASE_KEY, os.urandom(32))
    authority = open_authority(folder)
    _write_public(folder / SIGNING_PUBLIC, authority.verifying_key)
    for process in CLIENTS:
        _prepare_process(authority, process, (), now)
    for process in SERVERS:
        _prepare_process(authority, process, {*LOOPBACK, *hosts}, now)
    return authority


def open_authority(folder: Path) -> Authority:
    """The authority in a folder that `prepare_authority` made; KeysError when it cannot be used."""
    check_folder(folder)
    key = _key(folder / CA_KEY)
    certificate = _certificate(folder / CA_CERTIFICATE)
    if certificate.public_key() != key.public_key():
        raise KeysError(f"{CA_KEY} and {CA_CERTIFICATE} in {folder} do not belong together. Restore both.")
    return Authority(folder, certificate, read_signing_key(folder), key)


def _write_public(path: Path, raw: bytes) -> None:
    if not path.exists() or path.read_bytes() != raw:
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(raw)
        fresh.replace(path)


def _prepare_process(authority: Authority, process: str, hosts: Collection[str], now: datetime) -> None:
    folder = authority.folder
    if not key_path(folder, process).exists():
        write_private(key_path(folder, process), x.key_pem(x.new_key()))
    key = _key(key_path(folder, process)).public_key()
    path = certificate_path(folder, process)
    held = _certificate(path) if path.exists() else None
    if held is not None and _good(held, authority, key, hosts, now):
        return
    if hosts:
        fresh = authority.certify_server(key, process, {*hosts, *(x.hosts_of(held) if held else ())}, now)
    else:
        fresh = authority.certify_client(key, process, now)
    write_durably(path, x.certificate_pem(fresh))


def _good(
    held: x509.Certificate,
    authority: Authority,
    key: EllipticCurvePublicKey,
    hosts: Collection[str],
    now: datetime,
) -> bool:
    return (
        x.is_by(held, authority.certificate)
        and held.public_key() == key
        and set(hosts) <= set(x.hosts_of(held))
        and now + RENEW_BEFORE < held.not_valid_after_utc
    )


def _key(path: Path) -> EllipticCurvePrivateKey:
    try:
        return x.read_key(read_private(path))
    except ValueError:
        raise KeysError(f"The key {path} is damaged. Restore it from the backup of this hub.") from None


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise KeysError(f"The certificate {path} is damaged. Restore it from the backup.") from None
