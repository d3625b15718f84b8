"""A terminal asks for a new certificate before its own ends; the key may be new as well, and never leaves it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.codec import Strict

KIND = "renewal"
BACK = "renewed"

Pem = Annotated[str, Meta(max_length=8192)]


class Renewal(Strict, frozen=True):
    """A PEM certificate request in the terminal's own name."""

    certificate_request: Pem


class Renewed(Strict, frozen=True):
    """The new certificate, and the authority to check the broker by from now on; empty text: refused, `why` says so."""

    certificate: Pem
    authority: Pem
    why: Annotated[str, Meta(max_length=200)] = ""
