"""What the one process that may read the authority's key does beside running the broker.

It grants what was approved, certifies the new keys of terminals, and renews the certificates of the hub's own
processes long before they end, without anybody's doing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from hub.database import Sessions
from hub.settings import Settings
from hub.terminals.authority import prepare_authority
from hub.terminals.claims.issuing import Issuer
from hub.terminals.errors import KeysError
from hub.terminals.key_files import BROKER, certificate_path
from hub.terminals.renewal.issuing import Renewer

LOOK_EVERY = timedelta(hours=6)

_log = logging.getLogger(__name__)


class Upkeep:
    """`tick` is called by one thread, about twice a second."""

    def __init__(self, settings: Settings, sessions: Sessions, started_at: datetime) -> None:
        self._settings = settings
        self._issuer = Issuer(sessions, settings.keys, settings.broker)
        self._renewer = Renewer(sessions, settings.keys)
        self._looked_at = started_at

    def tick(self, now: datetime) -> bool:
        """True when the broker's own certificate was renewed, and it has to read it again."""
        self._issuer.tick(now)
        self._renewer.tick(now)
        if abs(now - self._looked_at) < LOOK_EVERY:
            return False
        self._looked_at = now
        return self._renew_own(now)

    def _renew_own(self, now: datetime) -> bool:
        path = certificate_path(self._settings.keys, BROKER)
        try:
            before = path.read_bytes()
            prepare_authority(self._settings.keys, hosts=[self._settings.broker.host], now=now)
            return path.read_bytes() != before
        except (KeysError, OSError) as error:
            _log.error("The certificates of the hub's processes cannot be looked after: %s", error)
            return False
