"""The hub's seal under a frozen review: what it says, and whether it holds."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.biometrics.vault import Vault
from hub.statistics.review.content import digest_of
from hub.statistics.review.records import ReviewSeal
from wire.keys import SigningKey, public_bytes, signing_key, verifying_key

PURPOSE: Final = "data policy reviews"
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class Signer(msgspec.Struct, frozen=True):
    """Who signed, and when."""

    login: str
    name: str
    at: datetime


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub signs: which revision, the SHA-256 of its content, and the two people."""

    what: str = "data policy review"
    year: int
    revision: int
    digest: str
    writer: Signer
    director: Signer
    papers: dict[str, str] = {}
    """SHA-256 of each file that was handed out, by its kind and language, as "pdf/en"."""


def seal(vault: Vault, review_id: int, content: str, sealed: Sealed) -> ReviewSeal:
    """The row of a frozen review."""
    raw, key = _ENCODER.encode(sealed), _key(vault)
    return ReviewSeal(
        review_id=review_id,
        year=sealed.year,
        revision=sealed.revision,
        content=content,
        sealed=raw.decode(),
        signature=key.sign(raw),
        public_key=public_bytes(key.public_key()),
        sealed_at=sealed.director.at,
    )


def read_sealed(row: ReviewSeal) -> Sealed:
    """What the seal says."""
    return msgspec.json.decode(row.sealed, type=Sealed)


def is_genuine(vault: Vault, row: ReviewSeal) -> bool:
    """Whether this hub sealed exactly this content."""
    if row.public_key != public_bytes(_key(vault).public_key()):
        return False
    try:
        verifying_key(row.public_key).verify(row.signature, row.sealed.encode())
    except InvalidSignature:
        return False
    sealed = read_sealed(row)
    here = (row.year, row.revision, digest_of(row.content))
    return (sealed.year, sealed.revision, sealed.digest) == here


def fingerprint_of(vault: Vault) -> str:
    """SHA-256 of the key with which this hub seals, in hex."""
    return hashlib.sha256(public_bytes(_key(vault).public_key())).hexdigest()


def pem_of(row: ReviewSeal) -> bytes:
    """The key under a seal, as other programs read it."""
    return verifying_key(row.public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _key(vault: Vault) -> SigningKey:
    return signing_key(vault.derive(PURPOSE))
