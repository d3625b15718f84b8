"""A signed message: kind, sender, receiver and form version are all under the signature.

The signature binds a message to its purpose and its way, so one captured in one place is refused in any other.
"""

from __future__ import annotations

from typing import Annotated

from cryptography.exceptions import InvalidSignature
from msgspec import Meta

from wire.codec import Strict, decode, encode
from wire.errors import Refusal, WireError
from wire.keys import SigningKey, VerifyingKey

FORM = 1
"""Version of the forms in this package. A receiver refuses others; entries inside a batch are more lenient."""

HUB = "hub"
"""The hub's name as sender and receiver; no terminal may be called so."""

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]


class Envelope(Strict, frozen=True):
    """`body` is the encoded message of the named kind."""

    form: int
    kind: Name
    sender: Name
    receiver: Name
    body: bytes
    signature: Signature


def preimage(*parts: str | bytes | int) -> bytes:
    """What a signature covers: each part with its length before it, so no two lists of parts look alike."""
    out = bytearray(b"pims")
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        out += len(raw).to_bytes(4, "big") + raw
    return bytes(out)


def sign(kind: str, sender: str, receiver: str, body: Strict, key: SigningKey) -> bytes:
    """Encoded envelope around `body`."""
    raw = encode(body)
    signature = key.sign(preimage(kind, FORM, sender, receiver, raw))
    return encode(
        Envelope(form=FORM, kind=kind, sender=sender, receiver=receiver, body=raw, signature=signature)
    )


def check_signature(key: VerifyingKey, signature: bytes, covered: bytes) -> None:
    """WireError FORGED unless `signature` over `covered` is by `key`."""
    try:
        key.verify(signature, covered)
    except InvalidSignature:
        raise WireError(Refusal.FORGED, "The signature is not by the sender's key.") from None


def open_envelope(raw: bytes, *, kind: str, sender: str, receiver: str, key: VerifyingKey) -> bytes:
    """Body of an envelope that is of this kind, on this way and signed by `key`; WireError otherwise."""
    envelope = decode(raw, Envelope)
    if envelope.form != FORM:
        raise WireError(
            Refusal.WRONG_VERSION, f"The message has form {envelope.form}; this side reads {FORM}."
        )
    if envelope.kind != kind:
        raise WireError(Refusal.WRONG_KIND, "The message is of another kind than its topic.")
    if envelope.sender != sender:
        raise WireError(Refusal.WRONG_SENDER, "The message names another sender than its topic.")
    if envelope.receiver != receiver:
        raise WireError(Refusal.WRONG_RECEIVER, "The message is meant for another receiver.")
    check_signature(key, envelope.signature, preimage(kind, FORM, sender, receiver, envelope.body))
    return envelope.body
