"""How the roll copy is protected on the card, and where its key comes from.

`none`: the key lies beside it, so whoever has the card can read it. `hub_released`: half of the key lies there, and
the hub gives the other half at each boot, into memory. `tpm`: systemd unseals the key with this machine's chip.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.errors import StartError
from edge.provisioning import Folder
from edge.settings import load, save
from edge.storage import read_secret, sync_folder, write_durably
from wire.settings import ProtectionChoice

KEY_BYTES = 32
CREDENTIAL = "roll.key"
"""Name of the systemd credential."""
CREDENTIALS = "CREDENTIALS_DIRECTORY"
_CREDS = "systemd-creds"
_COMMAND_S = 60.0
_MAKING = threading.Lock()
"""Roll and plans are written by threads of their own: of two that find no key, one makes it and both write under it."""


class AtRest(StrEnum):
    """The word of `wire.state.State.protection`."""

    NONE = "none"
    HUB_RELEASED = "hub_released"
    TPM = "tpm"


class RollKeys:
    """The keys that a roll copy may lie under. `chosen` is what it shall lie under from the next writing on.

    Safe to use from several threads: a half once released only ever appears.
    """

    def __init__(self, folder: Folder, chosen: AtRest, environment: Mapping[str, str]) -> None:
        self._key_file = folder.keys / "roll.key"
        self._half_file = folder.keys / "roll.half"
        self._chosen = chosen
        self._credentials = environment.get(CREDENTIALS)
        self._hub_half: bytes | None = None

    @property
    def chosen(self) -> AtRest:
        return self._chosen

    def release(self, hub_half: bytes) -> None:
        """The hub gave its half; it stays in memory."""
        self._hub_half = hub_half

    def key(self, kind: AtRest) -> bytes | None:
        """The key of a copy that lies under `kind`, None while it is not to be had.

        StartError when others may read a key file.
        """
        if kind is AtRest.NONE:
            return _held(self._key_file)
        if kind is AtRest.TPM:
            return self._unsealed()
        return None if self._hub_half is None else self._joined(self._hub_half)

    def for_writing(self) -> tuple[AtRest, bytes] | None:
        """What a copy is written under now: as chosen, else without protection while that was not left yet.

        None when there is no key: then the copy is held in memory alone.
        """
        if self._chosen is AtRest.NONE:
            _made(self._key_file)
        for kind in (self._chosen, AtRest.NONE):
            if (key := self.key(kind)) is not None:
                return kind, key
        return None

    def written(self, kind: AtRest) -> None:
        """A copy lies under `kind` now: a key beside it that opened an earlier one is of no more use.

        What a card once held may be found on it by its maker; the earlier copy was overwritten as well.
        """
        if kind is not AtRest.NONE and self._key_file.exists():
            self._key_file.unlink()
            sync_folder(self._key_file.parent)

    def _unsealed(self) -> bytes | None:
        if self._credentials is None:
            return None
        path = Path(self._credentials) / CREDENTIAL
        raw = path.read_bytes() if path.exists() else b""
        return raw if len(raw) == KEY_BYTES else None

    def _joined(self, hub_half: bytes) -> bytes:
        half = _made(self._half_file)
        return HKDF(SHA256(), KEY_BYTES, salt=half, info=b"pims-roll-at-rest-1").derive(hub_half)


def _made(path: Path) -> bytes:
    """The key in that file, made when it is missing."""
    with _MAKING:
        held = _held(path)
        if held is None:
            held = os.urandom(KEY_BYTES)
            write_durably(path, held)
        return held


def choose(folder: Folder, chosen: AtRest) -> None:
    """Writes the choice into the settings; the copy is written anew under it when the agent next can.

    StartError when this machine cannot keep it: `tpm` is not claimed where there is none.
    """
    if chosen is AtRest.TPM:
        _seal_to_tpm(folder)
    settings = load(folder.settings)
    choice = ProtectionChoice(at_rest=chosen.value)
    save(folder.settings, msgspec.structs.replace(settings, protection=choice))


def _seal_to_tpm(folder: Folder) -> None:
    """Makes a key that only this machine's TPM opens again; one that was made before is kept."""
    sealed = credential_file(folder)
    if sealed.exists():
        return
    try:
        made = subprocess.run(
            [_CREDS, "encrypt", "--with-key=tpm2", f"--name={CREDENTIAL}", "-", "-"],
            input=os.urandom(KEY_BYTES),
            capture_output=True,
            timeout=_COMMAND_S,
            check=True,
        )
    except FileNotFoundError:
        raise StartError(
            f"{_CREDS} is not installed, so nothing can be sealed to a TPM. {_INSTEAD}"
        ) from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise StartError(
            f"This machine has no TPM that seals a key, so `tpm` is not claimed. {_INSTEAD}"
        ) from None
    write_durably(sealed, made.stdout)


def credential_file(folder: Folder) -> Path:
    """What the unit loads: LoadCredentialEncrypted=roll.key:<this>."""
    return folder.root / "roll.cred"


def _held(path: Path) -> bytes | None:
    """A damaged key is as good as none: the hub sends the roll anew, and it is kept under a new key."""
    if not path.exists():
        return None
    raw = read_secret(path)
    return raw if len(raw) == KEY_BYTES else None


_INSTEAD = (
    "Choose hub_released, which needs the hub at each boot, or none: pims-edge protect --at-rest hub_released"
)
