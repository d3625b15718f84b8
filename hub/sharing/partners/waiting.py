"""The interface without the authority's key: it says by which names it is reached, and waits for its certificate."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Final

from hub.errors import HubError
from hub.sharing.partners.authority import server_certificate_serves, wish_names
from hub.terminals.key_files import check_folder

PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.5


def await_certificate(
    folder: Path,
    hosts: Collection[str],
    clock: Callable[[], datetime],
    *,
    patience_s: float = PATIENCE_S,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once the server's certificate names `hosts`; HubError when nobody made it within `patience_s`."""
    check_folder(folder)
    wish_names(folder, hosts)
    until = time.monotonic() + patience_s
    while not server_certificate_serves(folder, hosts, clock()):
        if time.monotonic() > until:
            raise HubError(
                "no_certificate",
                "Nobody makes the certificate of this interface. Start what does: systemctl start pims-certifier",
            )
        sleep(_LOOK_S)
