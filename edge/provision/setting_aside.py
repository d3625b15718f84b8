"""Beginning anew without losing anything."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from edge.errors import ProvisioningError
from edge.locking import held
from edge.provisioning import Folder
from edge.storage import sync_folder

BEGUN = "begun"
"""Apart from `set-aside`, whose journals the agent still sends: what was begun here may be another terminal's."""
_STAY = ("set-aside", BEGUN, "provision.lock", "agent.lock")


def set_aside(folder: Folder, now: datetime) -> Path | None:
    """Moves what was begun into `begun/`; gives the place, None when there was nothing.

    ProvisioningError for a terminal that the hub took in: its keys and its journal are evidence.
    """
    if folder.grant.exists():
        raise ProvisioningError(
            f"The terminal in {folder.root} was taken in, so its keys and journal stay. To begin anew, cut it off at "
            "the hub, and use a new folder and a new name."
        )
    begun = [path for path in sorted(folder.root.iterdir()) if path.name not in _STAY]
    if not begun:
        return None
    with held(folder.root / "provision.lock"):
        place = folder.root / BEGUN / f"{now:%Y%m%dT%H%M%S%fZ}"
        place.mkdir(parents=True, mode=0o700)
        # Settings last: until they are gone, whoever looks finds one terminal and not two halves.
        for path in sorted(begun, key=lambda path: path == folder.settings):
            path.replace(place / path.name)
        sync_folder(place)
        sync_folder(folder.root)
    return place
