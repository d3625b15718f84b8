"""Certifying terminals' new keys: only the process that may read the authority's key does it."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from hub.database import Sessions, session_scope
from hub.terminals.authority import open_authority
from hub.terminals.errors import KeysError
from hub.terminals.renewal.actions import decide, waits_for_decision

_log = logging.getLogger(__name__)


class Renewer:
    """`tick` is called by one thread, about twice a second; two of them do no harm."""

    def __init__(self, sessions: Sessions, keys: Path) -> None:
        self._sessions = sessions
        self._keys = keys

    def tick(self, now: datetime) -> int:
        """How many wishes were decided. A database or key in trouble is logged, and tried again at the next tick."""
        try:
            with session_scope(self._sessions, writes=False) as session:
                if not waits_for_decision(session):
                    return 0
            authority = open_authority(self._keys)
            with session_scope(self._sessions) as session:
                return decide(session, authority, now)
        except (SQLAlchemyError, KeysError) as error:
            # The text of a database's error may quote rows; its kind is enough to find the cause.
            _log.warning("Certificates cannot be renewed now (%s).", type(error).__name__)
            return 0
