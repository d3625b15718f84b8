"""What the hub says it is, read from files that hold no secret: the pages may not read the keys themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.terminals.errors import KeysError
from hub.terminals.key_files import CA_CERTIFICATE, SIGNING_PUBLIC
from wire.provisioning import fingerprint


@dataclass(frozen=True)
class HubIdentity:
    """`verifying_key` is what terminals check the hub's words by, `authority` the PEM they check its servers by."""

    verifying_key: bytes
    authority: str

    @property
    def fingerprint(self) -> str:
        """Of the verifying key, to compare by eye."""
        return fingerprint(self.verifying_key)


def read_identity(keys: Path) -> HubIdentity:
    """KeysError when a file is missing: it is made again when the broker starts."""
    try:
        verifying_key = (keys / SIGNING_PUBLIC).read_bytes()
        authority = (keys / CA_CERTIFICATE).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise KeysError(
            f"The hub's public keys in {keys} cannot be read. Start the broker once: pims-hub broker"
        ) from error
    if len(verifying_key) != 32:
        raise KeysError(f"{keys / SIGNING_PUBLIC} is damaged. Delete it, and start the broker once.")
    return HubIdentity(verifying_key, authority)
