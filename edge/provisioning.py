"""Taking a terminal in: keys made here and kept here, a request to the hub, and the hub's grant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.connection_words import validity_trouble
from edge.errors import ProvisioningError, StartError
from edge.settings import Settings, load, save
from edge.storage import read_secret, write_durably
from wire.envelope import HUB
from wire.errors import WireError
from wire.keys import (
    OpeningKey,
    SigningKey,
    opening_key,
    private_bytes,
    public_bytes,
    signing_key,
    write_secret,
)
from wire.provisioning import Grant, Request, fingerprint, is_loopback, read_grant, to_json
from wire.topics import is_terminal_name


@dataclass(frozen=True)
class Folder:
    """Where everything of one terminal lies."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def counters(self) -> Path:
        return self.root / "counters.json"

    @property
    def configuration(self) -> Path:
        return self.root / "configuration.json"

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite"

    @property
    def mark(self) -> Path:
        return self.root / "journal.mark"

    @property
    def condition(self) -> Path:
        return self.root / "condition.json"

    @property
    def desk(self) -> Path:
        """Socket that the officer's page asks at, where the machine gives the agent no run folder."""
        return self.root / "run" / "desk.sock"

    @property
    def orders(self) -> Path:
        return self.root / "orders.signed"

    @property
    def roll(self) -> Path:
        return self.root / "roll.sealed"

    @property
    def request(self) -> Path:
        return self.root / "request.json"

    @property
    def grant(self) -> Path:
        return self.root / "grant.json"

    @property
    def lock(self) -> Path:
        return self.root / "agent.lock"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def tls_key(self) -> Path:
        return self.keys / "tls.key"

    @property
    def certificate(self) -> Path:
        return self.keys / "tls.pem"

    @property
    def authority(self) -> Path:
        return self.keys / "authority.pem"


@dataclass(frozen=True)
class Keys:
    """The terminal's secrets: it signs, and it opens what is sealed to it."""

    signing: SigningKey
    opening: OpeningKey


def check_name(terminal: str) -> None:
    """ProvisioningError when it cannot be a terminal's name."""
    if not is_terminal_name(terminal) or terminal == HUB:
        raise ProvisioningError(
            f"«{terminal}» cannot name a terminal. Use 1 to 40 lower-case letters, digits and hyphens, not «{HUB}»."
        )


def prepare(folder: Folder) -> None:
    """The data folder, which nobody else may look into."""
    for path in (folder.root, folder.keys):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)


def make_terminal(folder: Folder, settings: Settings) -> str:
    """Keys as far as they do not exist yet, settings, and the request to the hub: may be repeated until taken in.

    Returns the fingerprint of the terminal's signing key, to compare by eye. ProvisioningError when the folder
    holds another terminal, or one that the hub has taken in already.
    """
    check_name(settings.terminal)
    if folder.settings.exists() and (held := load(folder.settings).terminal) != settings.terminal:
        raise ProvisioningError(
            f"{folder.root} already holds terminal {held}. Use a folder for each terminal."
        )
    if folder.grant.exists():
        raise ProvisioningError(
            f"Terminal {settings.terminal} in {folder.root} was taken in already. To start anew, use a new folder."
        )
    make_keys(folder)
    save(folder.settings, settings)
    return write_request(folder, settings)


def make_keys(folder: Folder) -> None:
    """Makes the keys that do not exist yet, or that a power cut left torn: before a grant nobody knows them."""
    made = {
        "sign.key": lambda: private_bytes(SigningKey.generate()),
        "open.key": lambda: private_bytes(OpeningKey.generate()),
        "tls.key": _new_tls_key,
    }
    for name, make in made.items():
        path = folder.keys / name
        if path.exists() and not path.read_bytes():
            path.unlink()
        if not path.exists():
            write_secret(path, make())


def load_keys(folder: Folder) -> Keys:
    """The keys on disk; StartError when one is missing, damaged, or open to other users."""
    raw = {name: read_secret(folder.keys / f"{name}.key") for name in ("sign", "open")}
    read_secret(folder.tls_key)
    for name, value in raw.items():
        if len(value) != 32:
            raise StartError(f"The key file {name}.key is damaged. Provision the terminal again.")
    return Keys(signing_key(raw["sign"]), opening_key(raw["open"]))


def write_request(folder: Folder, settings: Settings) -> str:
    """Writes `request.json` and returns the fingerprint of the terminal's signing key, to compare by eye."""
    keys = load_keys(folder)
    signing = public_bytes(keys.signing.public_key())
    request = Request(
        terminal=settings.terminal,
        certificate_request=_certificate_request(folder, settings.terminal),
        verifying_key=signing,
        sealing_key=public_bytes(keys.opening.public_key()),
        model=settings.model,
    )
    write_durably(folder.request, to_json(request))
    return fingerprint(signing)


def install_grant(folder: Folder, settings: Settings, raw: bytes, now: datetime | None = None) -> str:
    """Checks a grant and puts it in place; returns the fingerprint of the hub's key.

    ProvisioningError when it is for another terminal or key, does not hold together, or, with `now`, is not valid at
    this time; nothing is changed then.
    """
    grant = _read(raw)
    if grant.terminal != settings.terminal:
        raise ProvisioningError(
            f"This grant is for terminal {grant.terminal}, and this is {settings.terminal}. Bring the right file."
        )
    if not grant.broker.tls and not is_loopback(grant.broker.host):
        raise ProvisioningError(
            f"The grant asks for an open connection to {grant.broker.host}. That is only allowed on this machine: "
            "have the hub grant one with TLS."
        )
    certificate = _check_certificates(folder, grant)
    if now is not None and (trouble := validity_trouble(certificate, now)) is not None:
        raise ProvisioningError(trouble)
    write_durably(folder.authority, grant.authority.encode())
    write_durably(folder.certificate, grant.certificate.encode())
    write_durably(folder.grant, raw)  # last: a grant in place is one that is whole
    return fingerprint(grant.hub_verifying_key)


def load_grant(folder: Folder, settings: Settings) -> Grant | None:
    """The installed grant, None when there is none yet."""
    if not folder.grant.exists():
        return None
    grant = _read(folder.grant.read_bytes())
    if grant.terminal != settings.terminal:
        raise ProvisioningError(f"{folder.grant} is for terminal {grant.terminal}. Install the right grant.")
    return grant


def _read(raw: bytes) -> Grant:
    try:
        return read_grant(raw)
    except WireError as error:
        raise ProvisioningError(
            f"{error.sentence} Give the grant.json that the hub made for this terminal."
        ) from error


def _new_tls_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _tls_key(folder: Folder) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(read_secret(folder.tls_key), password=None)
    except (ValueError, TypeError) as error:
        raise StartError("The key file tls.key is damaged. Provision the terminal again.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise StartError("The key file tls.key holds another kind of key. Provision the terminal again.")
    return key


def _certificate_request(folder: Folder, terminal: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, terminal)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = request.sign(_tls_key(folder), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def _check_certificates(folder: Folder, grant: Grant) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(grant.certificate.encode())
        authority = x509.load_pem_x509_certificate(grant.authority.encode())
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise ProvisioningError(
            "The grant's certificate is not one of its authority. Have the hub make the grant again."
        ) from error
    if certificate.public_key() != _tls_key(folder).public_key():
        raise ProvisioningError(
            "The grant's certificate is for another key: the request is older than this terminal's keys. "
            "Take the present request.json to the hub."
        )
    return certificate
