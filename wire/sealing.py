"""Sealing to one receiver: ephemeral X25519, HKDF-SHA256, ChaCha20-Poly1305.

The sender's half of the key pair is thrown away, so only the receiver can open; the broker sees neither
template nor image. Who sealed it is said by the signature around it, not by the seal.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wire.envelope import preimage
from wire.errors import Refusal, WireError
from wire.keys import OpeningKey, SealingKey, public_bytes, sealing_key

_KEY_BYTES = 32
_NONCE = bytes(12)  # each key is used for one message only, so the nonce need not vary


def _derive(shared: bytes, ephemeral: bytes, receiver: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=ephemeral + receiver, info=b"pims-seal-1").derive(shared)


def seal(plain: bytes, receiver: SealingKey, context: str) -> bytes:
    """32 bytes of ephemeral key, then the ciphertext. `context` must be given again to open it."""
    ephemeral = OpeningKey.generate()
    public = public_bytes(ephemeral.public_key())
    key = _derive(ephemeral.exchange(receiver), public, public_bytes(receiver))
    return public + ChaCha20Poly1305(key).encrypt(_NONCE, plain, preimage("seal", context))


def unseal(sealed: bytes, key: OpeningKey, context: str) -> bytes:
    """The plain bytes; WireError UNSEALABLE when it is not ours, was changed, or the context differs."""
    try:
        shared = key.exchange(sealing_key(sealed[:_KEY_BYTES]))
        secret = _derive(shared, sealed[:_KEY_BYTES], public_bytes(key.public_key()))
        return ChaCha20Poly1305(secret).decrypt(_NONCE, sealed[_KEY_BYTES:], preimage("seal", context))
    except (InvalidTag, ValueError):
        raise WireError(
            Refusal.UNSEALABLE, "The content is not sealed to this receiver, or was changed."
        ) from None


def lock_at_rest(plain: bytes, key: bytes, context: str) -> bytes:
    """Encrypt with a 32-byte key of our own for storage on this machine: 12 bytes of nonce, then ciphertext."""
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, preimage("rest", context))


def unlock_at_rest(locked: bytes, key: bytes, context: str) -> bytes:
    """Reverse of `lock_at_rest`; WireError UNSEALABLE when the file was changed or the key is another."""
    try:
        return ChaCha20Poly1305(key).decrypt(locked[:12], locked[12:], preimage("rest", context))
    except (InvalidTag, ValueError):
        raise WireError(
            Refusal.UNSEALABLE, "The stored content was changed, or the key is another."
        ) from None
