"""What a terminal asks for and what the hub grants: two JSON documents without a secret in either.

The private keys are made on the terminal and never leave it. The grant is signed by nobody yet when it arrives by
hand; its fingerprint is read out and compared, as a technician does with any device.
"""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from wire.codec import Strict
from wire.envelope import Name
from wire.errors import Refusal, WireError

T = TypeVar("T")

Key = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Request(Strict, frozen=True):
    """A terminal asking to be taken in: a PEM certificate request (mTLS), and its signing and receiving keys.

    `model` is the terminal's model, "" from a version that did not say it.
    """

    terminal: Name
    certificate_request: str
    verifying_key: Key
    sealing_key: Key
    model: Annotated[str, Meta(max_length=64)] = ""


class CheckpointSettings(Strict, frozen=True):
    """Where the terminal stands: a point between two zones, with a direction."""

    checkpoint: Name
    from_zone: Name
    to_zone: Name


class Broker(Strict, frozen=True):
    """`tls` false is only for a broker on this machine's loopback; `mqtt5` false for a 3.1.1-only broker."""

    host: str
    port: Annotated[int, Meta(ge=1, le=65535)]
    tls: bool
    mqtt5: bool


class Grant(Strict, frozen=True):
    """The hub's answer: the terminal's certificate, the authority to check the broker by, the hub's key."""

    terminal: Name
    certificate: str
    authority: str
    hub_verifying_key: Key
    checkpoint: CheckpointSettings
    broker: Broker


def to_json(document: Request | Grant) -> bytes:
    """Indented JSON; byte strings as base64."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def read_request(raw: bytes) -> Request:
    """WireError MALFORMED when it is not a request."""
    return _read(raw, Request)


def read_grant(raw: bytes) -> Grant:
    """WireError MALFORMED when it is not a grant."""
    return _read(raw, Grant)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host: nothing else may be spoken to or listen without TLS."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def fingerprint(raw_key: bytes) -> str:
    """Short form of a public key to compare by eye: eight groups of four hex digits."""
    digest = hashlib.sha256(raw_key).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def _read(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WireError(
            Refusal.MALFORMED, "The file is not a provisioning document of this version."
        ) from None
