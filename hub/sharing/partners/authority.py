"""The authority of the agencies' interface: apart from the terminals', so that no terminal's certificate opens it."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from hub.settings import write_durably
from hub.sharing.partners.asking import read_asked
from hub.terminals import certificates as x
from hub.terminals.errors import KeysError
from hub.terminals.key_files import certificate_path, check_folder, key_path, read_private, write_private

CA: Final = "agencies-ca"
SERVER: Final = "agencies"
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
RENEW_BEFORE: Final = timedelta(days=60)
NAMES: Final = "agencies.names"
"""Names that the server wants in its certificate, one in each line; no secret."""
AUTHORITY_NAME: Final = "PIMS agencies authority"


@dataclass(frozen=True)
class AgenciesAuthority:
    """Certifies agencies' programs and the one server that they speak to."""

    folder: Path
    certificate: x509.Certificate
    _key: EllipticCurvePrivateKey = field(repr=False)

    @property
    def pem(self) -> str:
        """What agencies' programs check the server by; no secret."""
        return x.certificate_pem(self.certificate)

    def certify(self, request_pem: str, client_id: str, at: datetime) -> x509.Certificate:
        """A year's certificate for the key of a request, in the client's name; RefusedError when it proves none."""
        key = read_asked(request_pem.encode()).public_key
        return x.leaf(self.certificate, self._key, key, client_id, x.CLIENT, at)


def prepare_agencies(folder: Path, *, hosts: Collection[str] = (), at: datetime) -> AgenciesAuthority:
    """Make what is missing in the folder of keys and renew the server's certificate; safe to repeat.

    The server's certificate names loopback, `hosts`, and what it named before.
    """
    check_folder(folder)
    if not key_path(folder, CA).exists():
        if certificate_path(folder, CA).exists():
            raise KeysError(f"{key_path(folder, CA)} is missing. Restore it from the backup of this hub.")
        write_private(key_path(folder, CA), x.key_pem(x.new_key()))
    if not certificate_path(folder, CA).exists():
        own = x.self_signed(_key(key_path(folder, CA)), at, AUTHORITY_NAME)
        write_durably(certificate_path(folder, CA), x.certificate_pem(own))
    authority = open_agencies(folder)
    _prepare_server(authority, hosts, at)
    return authority


def open_agencies(folder: Path) -> AgenciesAuthority:
    """The authority that `prepare_agencies` made; KeysError when it cannot be used."""
    check_folder(folder)
    return AgenciesAuthority(folder, _certificate(certificate_path(folder, CA)), _key(key_path(folder, CA)))


def thumbprint(der: bytes) -> str:
    """The SHA-256 of a certificate as `x5t#S256` writes it (RFC 8705)."""
    digest = x509.load_der_x509_certificate(der).fingerprint(SHA256())
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def wish_names(folder: Path, hosts: Collection[str]) -> None:
    """Leave word by which names the server is reached, for the process that makes its certificate."""
    wanted = sorted({*hosts, *wished_names(folder)})
    if set(wanted) != wished_names(folder):
        write_durably(folder / NAMES, "".join(f"{one}\n" for one in wanted))


def wished_names(folder: Path) -> frozenset[str]:
    """What `wish_names` left."""
    try:
        return frozenset((folder / NAMES).read_text(encoding="utf-8").split())
    except FileNotFoundError:
        return frozenset()


def server_certificate_serves(folder: Path, hosts: Collection[str], at: datetime) -> bool:
    """Whether the server's certificate is there, of this authority and this key, names `hosts`, and has not ended."""
    paths = certificate_path(folder, CA), certificate_path(folder, SERVER), key_path(folder, SERVER)
    if not all(path.exists() for path in paths):
        return False
    held, key = _certificate(paths[1]), _key(paths[2]).public_key()
    return _holds(held, _certificate(paths[0]), key, hosts) and at < held.not_valid_after_utc


def _holds(
    held: x509.Certificate,
    authority: x509.Certificate,
    key: EllipticCurvePublicKey,
    hosts: Collection[str],
) -> bool:
    named = {*LOOPBACK, *hosts} <= set(x.hosts_of(held))
    return x.is_by(held, authority) and held.public_key() == key and named


def _prepare_server(authority: AgenciesAuthority, hosts: Collection[str], at: datetime) -> None:
    folder = authority.folder
    if not key_path(folder, SERVER).exists():
        write_private(key_path(folder, SERVER), x.key_pem(x.new_key()))
    key = _key(key_path(folder, SERVER)).public_key()
    path = certificate_path(folder, SERVER)
    held = _certificate(path) if path.exists() else None
    wanted = {*LOOPBACK, *hosts}
    if (
        held is not None
        and _holds(held, authority.certificate, key, hosts)
        and at + RENEW_BEFORE < held.not_valid_after_utc
    ):
        return
    wanted |= set(x.hosts_of(held)) if held else set()
    fresh = x.leaf(authority.certificate, authority._key, key, SERVER, x.SERVER, at, wanted)
    write_durably(path, x.certificate_pem(fresh))


def _key(path: Path) -> EllipticCurvePrivateKey:
    try:
        return x.read_key(read_private(path))
    except ValueError:
        raise KeysError(f"The key {path} is damaged. Restore it from the backup of this hub.") from None


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        raise KeysError(
            "This hub has no authority for agencies yet. Add the first client: pims-hub partner add"
        ) from None
    except (OSError, ValueError):
        raise KeysError(f"The certificate {path} is damaged. Restore it from the backup.") from None
