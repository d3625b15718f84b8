"""Whether a request comes from the prison and is whole: RFC 9421 with Ed25519, and a digest by RFC 9530."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

COVERED: Final = frozenset({"@method", "@target-uri", "content-digest", "content-type"})
_SLACK_S: Final = 30
_PARAMETERS: Final = re.compile(r"pims=(\(([^()]*)\)(;[^,]*))")
_NAME: Final = re.compile(r'"([^"]+)"')


class Forged(ValueError):  # noqa: N818 - says what it is
    """The request is not what it seems; the text says why."""


def keys_of(jwks: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """The prison's keys by their names."""
    return {
        one["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(one["x"] + "=="))
        for one in jwks["keys"]
        if one.get("kty") == "OKP" and one.get("crv") == "Ed25519"
    }


def check(url: str, headers: Mapping[str, str], body: bytes, keys: Mapping[str, Ed25519PublicKey]) -> None:
    """Forged unless a POST to `url` is signed by one of the keys; names of headers are in lower case."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest(headers.get("content-digest", ""), f"sha-256=:{digest}:"):
        raise Forged("the body has another digest")
    found = _PARAMETERS.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise Forged("there is no signature of that form")
    whole, covered, parameters = found.groups()
    names = _NAME.findall(covered)
    if not set(names) >= COVERED:
        raise Forged("the signature does not cover what it must")
    if not _number(parameters, "created") - _SLACK_S <= time.time() <= _number(parameters, "expires"):
        raise Forged("the signature is not of this time")
    key = keys.get(_text(parameters, "keyid"))
    if key is None:
        raise UnknownKey("the key is not one of the published ones")
    known = {"@method": "POST", "@target-uri": url, **headers}
    if any(name not in known for name in names):
        raise Forged("something that is signed is not there")
    lines = [f'"{name}": {known[name]}' for name in names]
    base = "\n".join([*lines, f'"@signature-params": {whole}'])
    try:
        key.verify(_signature(headers), base.encode())
    except InvalidSignature:
        raise Forged("the signature is wrong") from None


class UnknownKey(Forged):
    """Signed with a key that is not known: it may be a new one, so look once more before refusing."""


def _signature(headers: Mapping[str, str]) -> bytes:
    text = headers.get("signature", "")
    try:
        return base64.b64decode(text.removeprefix("pims=:").removesuffix(":"), validate=True)
    except binascii.Error:
        raise Forged("the signature cannot be read") from None


def _number(parameters: str, name: str) -> int:
    found = re.search(rf";{name}=(\d{{1,12}})", parameters)
    if found is None:
        raise Forged(f"the signature says no {name}")
    return int(found[1])


def _text(parameters: str, name: str) -> str:
    found = re.search(rf';{name}="([^"]+)"', parameters)
    if found is None:
        raise Forged(f"the signature says no {name}")
    return found[1]
