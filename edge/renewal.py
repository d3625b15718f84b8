"""A certificate renews itself before it ends: a new key is made here, the hub certifies it, both change together.

The new pair lies in one file, so a power cut leaves the old pair or the new one. The old certificate stays valid to
its end, whatever becomes of the new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from edge.certificate import common_name, key_pem, read_certificate, read_key
from edge.downlink import Downlink
from edge.log import Log
from edge.ports import Clock
from edge.provisioning import Folder
from edge.storage import sync_folder, write_durably
from wire.envelope import HUB, sign
from wire.keys import SigningKey
from wire.renewal import BACK, KIND, Renewal, Renewed
from wire.topics import Channel

FIRST_PATIENCE_S = 5.0
LONGEST_PATIENCE_S = 6 * 3600.0
"""A hub that does not answer is asked ever more rarely."""
AFTER_S = 24 * 3600.0
"""However a clock stands: a new certificate is asked for once a day at most."""


def due_at(certificate: x509.Certificate) -> datetime:
    """Somewhere in the last third of its life, but not at the end: other terminals' certificates fall elsewhere."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return start + (end - start) * (2 / 3 + share / 6)


class CertificateRenewal:
    """An errand: `next_word` says what to send now, `take` takes the answer. One thread calls both."""

    channel = Channel.RENEWAL
    answered = Channel.RENEWED

    def __init__(
        self, folder: Folder, terminal: str, key: SigningKey, downlink: Downlink, clock: Clock, log: Log
    ) -> None:
        self._folder = folder
        self._terminal = terminal
        self._key = key
        self._downlink = downlink
        self._clock = clock
        self._log = log
        self._held = read_certificate(folder.certificate)
        self._not_before_s = 0.0
        self._patience_s = FIRST_PATIENCE_S
        self.renewed: Callable[[], None] = _nothing
        """Called when a new pair is in place: the next connection shows it."""

    def until(self) -> datetime | None:
        """End of the certificate in use."""
        return None if self._held is None else self._held.not_valid_after_utc

    def next_word(self, now_s: float) -> bytes | None:
        """The signed request when one is due; a clock that is before the certificate's beginning asks for nothing."""
        if self._held is None or now_s < self._not_before_s:
            return None
        wall = self._clock.read().wall_time
        if wall < self._held.not_valid_before_utc or wall < due_at(self._held):
            return None
        self._not_before_s = now_s + self._patience_s
        self._patience_s = min(self._patience_s * 2, LONGEST_PATIENCE_S)
        asked = Renewal(certificate_request=self._request(self._next_key()))
        return sign(KIND, self._terminal, HUB, asked, self._key)

    def take(self, raw: bytes, now_s: float) -> None:
        """Checks the hub's answer and puts the new pair in place; anything that does not fit changes nothing."""
        answer = self._downlink.read(raw, BACK, Renewed)
        if answer is None:
            return
        if not answer.certificate:
            self._not_before_s = now_s + LONGEST_PATIENCE_S
            self._log.warning("certificate_not_renewed", why=answer.why)
            return
        key = self._waiting_key()
        fault = "nothing was asked for" if key is None else self._fault(answer, key)
        if key is None or fault:
            self._log.error("certificate_not_renewed", why=fault)
            return
        self._install(answer, key)
        self._not_before_s, self._patience_s = now_s + AFTER_S, FIRST_PATIENCE_S
        self._log.info("certificate_renewed", until=str(self.until()))
        self.renewed()

    def _install(self, answer: Renewed, key: ec.EllipticCurvePrivateKey) -> None:
        # The authority first: it holds the one before as well, so either pair is good beside it.
        if answer.authority.encode() != self._folder.authority.read_bytes():
            write_durably(self._folder.authority, answer.authority.encode())
        write_durably(self._folder.certificate, key_pem(key) + answer.certificate.encode())
        self._next_file.unlink()
        sync_folder(self._next_file.parent)
        self._held = read_certificate(self._folder.certificate)

    def _fault(self, answer: Renewed, key: ec.EllipticCurvePrivateKey) -> str:
        try:
            fresh = x509.load_pem_x509_certificate(answer.certificate.encode())
            trusted = x509.load_pem_x509_certificates(answer.authority.encode())
        except ValueError:
            return "the answer cannot be read"
        held = read_certificate(self._folder.authority)
        if held is None or held not in trusted:
            return "the answer is of another authority"
        if not any(_is_by(fresh, one) for one in trusted):
            return "the certificate is not of its authority"
        if fresh.public_key() != key.public_key() or common_name(fresh) != self._terminal:
            return "the certificate is for another key or name"
        if self._held is not None and fresh.not_valid_after_utc <= self._held.not_valid_after_utc:
            return "the certificate ends no later than the one in use"
        return ""

    @property
    def _next_file(self) -> Path:
        return self._folder.keys / "tls.key.next"

    def _waiting_key(self) -> ec.EllipticCurvePrivateKey | None:
        return read_key(self._next_file.read_bytes()) if self._next_file.exists() else None

    def _next_key(self) -> ec.EllipticCurvePrivateKey:
        """The key that waits for its certificate; one that a power cut left behind in use is not asked for again."""
        key = self._waiting_key()
        if key is None or (self._held is not None and key.public_key() == self._held.public_key()):
            key = ec.generate_private_key(ec.SECP256R1())
            write_durably(self._next_file, key_pem(key))
        return key

    def _request(self, key: ec.EllipticCurvePrivateKey) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._terminal)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        return request.public_bytes(Encoding.PEM).decode()


def _is_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _nothing() -> None:
    """Nobody waits for it before the line stands."""
