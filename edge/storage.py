"""Small files that are whole after a power cut: the old content or the new one, never a mixture."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from edge.errors import SettingsError, StartError


def sync_folder(folder: Path) -> None:
    """Makes renames and new names inside `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, raw: bytes) -> None:
    """Replaces `path` with `raw`, readable by the owner alone, durable when it returns.

    One writer at a time: the new content is prepared beside the file under one fixed name, so that what a cut
    leaves behind is overwritten the next time. Raises OSError, and then the old content still stands.
    """
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def read_secret(path: Path) -> bytes:
    """Content of a key file; StartError when it is missing or anybody but its owner could read or change it."""
    try:
        mode = path.stat().st_mode
        raw = path.read_bytes()
    except OSError as error:
        raise StartError(
            f"The key file {path} cannot be read ({error.strerror}). Provision the terminal again."
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise StartError(
            f"The key file {path} is open to other users of this machine. Run «chmod 600 {path}», "
            "and provision the terminal again if others had access."
        )
    return raw


class AtomicStorage(Storage):
    """TinyDB storage over `write_durably`. Reading a file that is no JSON object raises SettingsError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        try:
            content = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            raise SettingsError(
                f"{self._path} is damaged. Restore it from the support copy, or provision the terminal again."
            ) from error
        if not isinstance(content, dict):
            raise SettingsError(f"{self._path} does not hold settings. Provision the terminal again.")
        return content

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        write_durably(self._path, json.dumps(data, indent=2, sort_keys=True).encode() + b"\n")
