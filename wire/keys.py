"""Keys of the two signatures and seals: Ed25519 signs, X25519 receives what is sealed."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SigningKey = Ed25519PrivateKey
VerifyingKey = Ed25519PublicKey
OpeningKey = X25519PrivateKey
SealingKey = X25519PublicKey


def public_bytes(key: Ed25519PublicKey | X25519PublicKey) -> bytes:
    """The 32 raw bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def private_bytes(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    """The 32 raw bytes of a private key; only ever for a file written by `write_secret`."""
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def verifying_key(raw: bytes) -> VerifyingKey:
    """Ed25519 public key of 32 raw bytes; ValueError otherwise."""
    return Ed25519PublicKey.from_public_bytes(raw)


def sealing_key(raw: bytes) -> SealingKey:
    """X25519 public key of 32 raw bytes; ValueError otherwise."""
    return X25519PublicKey.from_public_bytes(raw)


def signing_key(raw: bytes) -> SigningKey:
    """Ed25519 private key of 32 raw bytes; ValueError otherwise."""
    return Ed25519PrivateKey.from_private_bytes(raw)


def opening_key(raw: bytes) -> OpeningKey:
    """X25519 private key of 32 raw bytes; ValueError otherwise."""
    return X25519PrivateKey.from_private_bytes(raw)


def write_secret(path: Path, raw: bytes) -> None:
    """Write `raw` durably, readable by the owner alone; FileExistsError rather than replace a key."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
