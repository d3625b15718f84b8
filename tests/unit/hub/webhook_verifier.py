"""A receiver's own check of a signed request, written from RFC 9421 and RFC 9530, sharing no code with the sender."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_MEMBER = re.compile(r"(?P<label>[a-z*][a-z0-9_.*-]*)=(?P<params>\((?P<names>[^)]*)\)(?P<rest>.*))", re.S)


class Forged(Exception):
    """The request does not prove what it says."""


def base_of(method: str, url: str, headers: Mapping[str, str], names: list[str], params: str) -> str:
    """The signature base of section 2.5, for the components that this receiver knows."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    lines = []
    for name in names:
        if name == "@method":
            value = method
        elif name == "@target-uri":
            value = url
        elif name == "@authority":
            value = re.sub(r"^https?://([^/]+).*$", r"\1", url)
        elif name in lower:
            value = lower[name]
        else:
            raise Forged(f"covers {name}, which is not there")
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {params}')
    return "\n".join(lines)


def check(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    keys: Mapping[str, bytes],
    now: float,
    need: tuple[str, ...] = ("@method", "@target-uri", "content-digest", "content-type"),
) -> dict[str, str]:
    """The parameters of the signature when all is well; Forged otherwise. `keys` are raw public keys by their id."""
    lower = {name.lower(): value for name, value in headers.items()}
    member = _MEMBER.fullmatch(lower.get("signature-input", ""))
    if member is None:
        raise Forged("no signature")
    names = re.findall(r'"([^"]+)"', member["names"])
    if set(need) - set(names):
        raise Forged("does not cover enough")
    params = dict(re.findall(r';([a-z]+)="?([^";]*)"?', member["rest"]))
    if not int(params["created"]) - 30 <= now <= int(params["expires"]):
        raise Forged("too old, or from the future")
    found = re.fullmatch(re.escape(member["label"]) + r"=:([A-Za-z0-9+/=]+):", lower.get("signature", ""))
    if found is None or params["keyid"] not in keys:
        raise Forged("unknown key")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if lower.get("content-digest") != f"sha-256=:{digest}:":
        raise Forged("another body")
    signed = base_of(method, url, headers, names, member["params"])
    try:
        Ed25519PublicKey.from_public_bytes(keys[params["keyid"]]).verify(
            base64.b64decode(found[1]), signed.encode()
        )
    except InvalidSignature:
        raise Forged("another signature") from None
    return params
