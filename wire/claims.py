"""How a terminal asks to be taken in over a network that nobody vouches for yet.

Neither side knows the other's keys. What binds them is a short code that both derive from all keys and from a nonce
of each, and that a person compares. The order makes grinding useless: the terminal commits to its nonce, the hub
shows its own, and only then does the terminal reveal. Whoever stands between must fix what he says to each side
before he can know either code, so he has one chance in 2^40 a claim, and each further one needs another claim.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from wire.codec import Strict
from wire.envelope import Signature, preimage
from wire.errors import Refusal, WireError
from wire.provisioning import Key

T = TypeVar("T")

GRANT_KIND = "grant"
MOST_BYTES = 32 * 1024
"""Of one message of a claim, either way."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O or U: whatever is typed for a 0 or a 1 is understood."""
CODE_LETTERS = 8

Nonce = Annotated[bytes, Meta(min_length=32, max_length=32)]
Digest = Annotated[bytes, Meta(min_length=32, max_length=32)]
ClaimId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]


class ClaimState(StrEnum):
    """Where a claim stands, as the terminal hears it."""

    OPENED = "opened"
    WAITING = "waiting"
    APPROVED = "approved"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"


class Opening(Strict, frozen=True):
    """`request` is the terminal's request as JSON; `signature` over it and the commitment proves the signing key."""

    request: Annotated[bytes, Meta(max_length=8 * 1024)]
    commitment: Digest
    signature: Signature


class Offer(Strict, frozen=True):
    """What the hub says it is, and its nonce. A grant must later come from exactly this hub."""

    claim: ClaimId
    hub_verifying_key: Key
    authority: Annotated[str, Meta(max_length=8 * 1024)]
    nonce: Nonce


class Reveal(Strict, frozen=True):
    """The nonce that the terminal committed to."""

    nonce: Nonce


class Answer(Strict, frozen=True):
    """`grant` is an envelope of kind GRANT_KIND, there only when granted; `why` is a sentence for the technician."""

    state: ClaimState
    why: Annotated[str, Meta(max_length=400)] = ""
    grant: bytes = b""


def commitment_of(request: bytes, nonce: bytes) -> bytes:
    """32 bytes that fix the nonce without telling it."""
    return hashlib.sha256(preimage("claim commitment", request, nonce)).digest()


def signed_part(request: bytes, commitment: bytes) -> bytes:
    """What the terminal's signature of its opening covers."""
    return preimage("claim opening", request, commitment)


def claim_code(request: bytes, offer: Offer, nonce: bytes) -> str:
    """The code to compare, as ABCD-EFGH: 40 bits over both sides' keys and nonces, and the claim."""
    covered = preimage(
        "claim code",
        request,
        nonce,
        offer.claim,
        offer.hub_verifying_key,
        offer.authority,
        offer.nonce,
    )
    number = int.from_bytes(hashlib.sha256(covered).digest()[:5], "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def typed_code(text: str) -> str | None:
    """The code that somebody meant, as ABCD-EFGH: any case, any spaces, O for 0, I or L for 1; None when it is none."""
    letters = "".join(text.upper().replace("-", " ").split())
    letters = letters.translate(str.maketrans("OIL", "011"))
    if len(letters) != CODE_LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    return f"{letters[:4]}-{letters[4:]}"


def to_bytes(message: Opening | Offer | Reveal | Answer) -> bytes:
    """JSON; byte strings as base64."""
    return msgspec.json.encode(message)


def read(raw: bytes, kind: type[T]) -> T:
    """A message of a claim; WireError OVERSIZE or MALFORMED otherwise. The error repeats nothing of `raw`."""
    if len(raw) > MOST_BYTES:
        raise WireError(Refusal.OVERSIZE, f"The message has {len(raw)} bytes; {MOST_BYTES} are allowed.")
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError(Refusal.MALFORMED, "The message is not one of a claim of this version.") from None
