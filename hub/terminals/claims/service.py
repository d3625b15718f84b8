"""What the pages of claims need from start-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from hub.terminals.claims.identity import HubIdentity, read_identity
from hub.terminals.claims.limits import KnockLimit
from hub.terminals.errors import KeysError
from wire.provisioning import CheckpointSettings


@dataclass(frozen=True)
class TakingIn:
    """Checkpoints belong to a capability above this one, so finding them is handed in.

    `checkpoints` gives (code, name) of all; `find_checkpoint` raises HubError for a code that does not exist.
    """

    keys: Path | None
    find_checkpoint: Callable[[Session, str], CheckpointSettings]
    checkpoints: Callable[[Session], Sequence[tuple[str, str]]]
    second_person: bool = False
    limit: KnockLimit = field(default_factory=KnockLimit)

    def identity(self) -> HubIdentity:
        """KeysError when the hub's public keys cannot be read."""
        if self.keys is None:
            raise KeysError("This hub has no keys yet. Make it first: pims-hub init")
        return read_identity(self.keys)
