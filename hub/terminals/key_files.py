"""The hub's keys as files: who may read them is checked before any of them is used."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hub.settings import sync_folder
from hub.terminals.errors import KeysError
from wire.keys import OpeningKey, SigningKey, opening_key, signing_key, write_secret

CA_CERTIFICATE = "ca.pem"
CA_KEY = "ca.key"
SIGNING_KEY = "signing.key"
SIGNING_PUBLIC = "signing.pub"
"""32 raw bytes that are no secret: the pages say them to terminals, and may not read the key itself."""
RECEIVING_KEY = "receiving.key"
"""Opens what terminals seal to the hub, as fingers taken at a desk; only ingest reads it."""
RELEASE_KEY = "release.key"
"""Locks the hub's halves of keys of roll copies; only ingest reads it."""

BROKER = "broker"
WEB_SERVER = "web"
INGEST = "hub-ingest"
WEB = "hub-web"


def key_path(folder: Path, process: str) -> Path:
    """Private key (PEM) of a hub process or server."""
    return folder / f"{process}.key"


def certificate_path(folder: Path, process: str) -> Path:
    """Certificate (PEM) of a hub process or server."""
    return folder / f"{process}.pem"


def prepare_folder(folder: Path) -> None:
    """Make the folder for its owner alone; KeysError when it or a key in it is open to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """KeysError unless the folder and every key in it belong to their owner alone."""
    if not folder.is_dir():
        raise KeysError(f"The folder of keys {folder} does not exist. Make this hub first: pims-hub init")
    if _open_to_others(folder):
        raise KeysError(f"Others may look into the folder of keys. Close it: chmod 700 {folder}")
    for path in sorted(folder.glob("*.key")):
        if _open_to_others(path):
            raise KeysError(_too_open(path))


def read_private(path: Path) -> bytes:
    """Content of a key file; KeysError when it is missing or others may read it."""
    try:
        if _open_to_others(path):
            raise KeysError(_too_open(path))
        return path.read_bytes()
    except FileNotFoundError:
        raise KeysError(f"The key {path} is missing. Restore it from the backup of this hub.") from None
    except OSError as error:
        raise KeysError(f"The key {path} cannot be read: {error.strerror}.") from error


def read_signing_key(folder: Path) -> SigningKey:
    """The key that signs what the hub says to its terminals; KeysError when it cannot be used."""
    path = folder / SIGNING_KEY
    try:
        return signing_key(read_private(path))
    except ValueError:
        raise KeysError(f"The key {path} is damaged. Restore it from the backup of this hub.") from None


def read_receiving_key(folder: Path) -> OpeningKey:
    """The key that opens what terminals seal to the hub; KeysError when it cannot be used."""
    path = folder / RECEIVING_KEY
    try:
        return opening_key(read_private(path))
    except ValueError:
        raise KeysError(f"The key {path} is damaged. Restore it from the backup of this hub.") from None


def authority_pem(folder: Path) -> str:
    """The authority's certificate, which is no secret; KeysError when it cannot be read."""
    try:
        return (folder / CA_CERTIFICATE).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise KeysError(f"The certificate {folder / CA_CERTIFICATE} cannot be read. Restore it.") from None


def read_release_key(folder: Path) -> bytes:
    """The 32 bytes that the hub's halves are locked with; KeysError when they cannot be used."""
    raw = read_private(folder / RELEASE_KEY)
    if len(raw) != 32:
        raise KeysError(f"The key {folder / RELEASE_KEY} is damaged. Restore it from the backup of this hub.")
    return raw


def write_private(path: Path, raw: bytes) -> None:
    """Write a new key whole or not at all; a key that exists is never replaced."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)  # left by a crash: the key in it was never used
    write_secret(fresh, raw)
    os.link(fresh, path)
    fresh.unlink()
    sync_folder(path.parent)


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _too_open(path: Path) -> str:
    return f"Others may read the key {path.name}. Close it: chmod 600 {path}"
