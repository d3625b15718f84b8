"""Where the public keys of webhooks lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class KeysPlace:
    """The folder of the hub's keys, None where it has none."""

    folder: Path | None
