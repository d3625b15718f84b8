"""The vault's key as a file of the hub. Lost, every template and image is lost with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from hub.biometrics.vault import KEY_BYTES, Vault
from hub.terminals.errors import KeysError
from hub.terminals.key_files import read_private, write_private

FILE: Final = "vault.key"


def prepare_vault(keys: Path) -> None:
    """Make the key of a new hub; one that exists stays. Only for the making of a hub, never at a later start."""
    if not (keys / FILE).exists():
        write_private(keys / FILE, os.urandom(KEY_BYTES))


def open_vault(keys: Path) -> Vault:
    """The vault of a hub; KeysError when its key is missing, damaged or open to others."""
    try:
        return Vault(read_private(keys / FILE))
    except ValueError:
        raise KeysError(
            f"The key {keys / FILE} is damaged. Restore it from the backup of this hub."
        ) from None
