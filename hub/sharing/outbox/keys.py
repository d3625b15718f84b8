"""Keys that sign what agencies are sent: secret ones as files of the hub, public ones published for whoever verifies.

A new key signs at once; the old one stays published for `OVERLAP`, so that what it signed can still be checked by a
receiver that asks late. The name of a key is the thumbprint of its public half (RFC 7638).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.errors import HubError
from hub.settings import write_durably
from hub.sharing.outbox.signing import Signer
from hub.terminals.key_files import read_private, write_private
from wire.keys import SigningKey, private_bytes, public_bytes, signing_key

PUBLIC: Final = "webhooks.json"
OVERLAP: Final = timedelta(days=30)


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kid: str
    x: str
    made_at: datetime
    retired_at: datetime | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: tuple[_Key, ...] = ()


def prepare(folder: Path, at: datetime) -> None:
    """Make the first key where there is none; safe to repeat."""
    if not any(one.retired_at is None for one in _read(folder).keys):
        rotate(folder, at)


def rotate(folder: Path, at: datetime) -> str:
    """A new key signs from now on; its name. The one before stays published for `OVERLAP`."""
    key = SigningKey.generate()
    x = _text(public_bytes(key.public_key()))
    name = thumbprint(x)
    write_private(folder / _file_of(name), private_bytes(key))
    held = [
        one if one.retired_at is not None else msgspec.structs.replace(one, retired_at=at)
        for one in _read(folder).keys
    ]
    kept = [one for one in held if _still(one, at)]
    _write(folder, _File((*kept, _Key(name, x, at.astimezone(UTC)))))
    for gone in {one.kid for one in held if one.kid != name}:
        # What it signed is checked by its public half; nothing is ever signed with it again.
        (folder / _file_of(gone)).unlink(missing_ok=True)
    return name


def signer(folder: Path) -> Signer:
    """What signs now; HubError where no key was made."""
    for one in reversed(_read(folder).keys):
        if one.retired_at is None:
            return Signer(one.kid, signing_key(read_private(folder / _file_of(one.kid))))
    raise HubError(
        "no_webhook_key", "No key signs messages yet. Start `pims-hub exchange` once: it makes one."
    )


def published(folder: Path, at: datetime) -> Mapping[str, Any]:
    """The public keys as a JWK set (RFC 7517, RFC 8037), newest first; no secret is read for it."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": one.x, "kid": one.kid, "use": "sig", "alg": "EdDSA"}
            for one in reversed(_read(folder).keys)
            if _still(one, at)
        ]
    }


def thumbprint(x: str) -> str:
    """RFC 7638 of an Ed25519 public key, given as in a JWK."""
    raw = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return _text(hashlib.sha256(raw.encode()).digest())


def _still(one: _Key, at: datetime) -> bool:
    return one.retired_at is None or at - one.retired_at < OVERLAP


def _read(folder: Path) -> _File:
    try:
        return msgspec.json.decode((folder / PUBLIC).read_bytes(), type=_File)
    except FileNotFoundError:
        return _File()
    except (OSError, msgspec.DecodeError):
        raise HubError(
            "webhook_keys", f"{folder / PUBLIC} cannot be read. Restore it from the backup of this hub."
        ) from None


def _write(folder: Path, file: _File) -> None:
    write_durably(folder / PUBLIC, msgspec.json.encode(file).decode())


def _file_of(name: str) -> str:
    return f"webhooks-{name}.key"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
