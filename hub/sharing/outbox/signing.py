"""Signing a request to a receiver: HTTP Message Signatures (RFC 9421, Ed25519) over a digest of the body (RFC 9530)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519

COVERED: Final = ("@method", "@target-uri", "content-digest", "content-type")
LABEL: Final = "pims"
VALID: Final = timedelta(minutes=5)
"""A receiver refuses what is older: a request that was overheard is of no use later. Each try is signed anew."""


@dataclass
class SignedRequest:
    """A POST with the headers that prove who sent it and that nobody changed it."""

    url: str
    body: bytes = field(repr=False)
    headers: dict[str, str]
    method: str = "POST"


@dataclass(frozen=True)
class Signer(HTTPSignatureKeyResolver):
    """Signs with one key, that receivers find under `key_id` among the hub's published ones."""

    key_id: str
    key: Ed25519PrivateKey = field(repr=False)

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self.key

    def resolve_public_key(self, key_id: str) -> Ed25519PrivateKey:
        raise NotImplementedError  # it only signs

    def sign(self, url: str, body: bytes, content_type: str, at: datetime, nonce: str = "") -> SignedRequest:
        """The request, ready to be sent within `VALID`."""
        request = SignedRequest(url, body, {"Content-Type": content_type})
        HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=self).sign(
            request,
            key_id=self.key_id,
            created=at,
            expires=at + VALID,
            nonce=nonce or secrets.token_urlsafe(16),
            label=LABEL,
            covered_component_ids=COVERED,
            body=body,
        )
        return request
