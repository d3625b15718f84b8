"""From a confirmed request to a certificate. Only a process that may read the agencies' authority's key does this.

It speaks to nobody but the database: who takes over the pages or the interface that agencies call does not get the key.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.accounts.audit import COMMAND_LINE, Actor
from hub.database import Sessions, session_scope
from hub.pace import is_over
from hub.sentences import RefusedError
from hub.sharing.partners.actions import issue
from hub.sharing.partners.authority import AgenciesAuthority, open_agencies, prepare_agencies, wished_names
from hub.sharing.partners.records import CertificateRequest
from hub.sharing.partners.requests import CERTIFIED
from hub.terminals.errors import KeysError

OWN_EVERY: Final = timedelta(hours=6)
"""How often the interface's own certificate is looked at; it is renewed 60 days before its end."""

_CONFIRMED: Final = (
    select(CertificateRequest)
    .where(CertificateRequest.confirmed_at.is_not(None), CertificateRequest.ended_at.is_(None))
    .order_by(CertificateRequest.id)
)
_log: Final = logging.getLogger(__name__)


class Certifier:
    """`tick` is called by one thread, about once a second; two certifiers do no harm."""

    def __init__(self, sessions: Sessions, keys: Path) -> None:
        self._sessions = sessions
        self._keys = keys
        self._named: frozenset[str] | None = None
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """How many certificates were made. A database or key in trouble is logged, and tried again at the next tick."""
        try:
            self._look_after_server(now)
            with session_scope(self._sessions, writes=False) as session:
                waiting = session.scalars(_CONFIRMED).first() is not None
            if not waiting:
                return 0
            authority = open_agencies(self._keys)
            with session_scope(self._sessions) as session:
                return certify_confirmed(session, authority, now)
        except KeysError as error:
            _log.warning("Certificates of agencies cannot be made now: %s", error)
        except (SQLAlchemyError, OSError) as error:
            # The text of a database's error may quote rows; its kind is enough to find the cause.
            _log.warning("Certificates of agencies cannot be made now (%s).", type(error).__name__)
        return 0

    def _look_after_server(self, now: datetime) -> None:
        names = wished_names(self._keys)
        if names == self._named and not is_over(self._looked_at, OWN_EVERY, now):
            return
        prepare_agencies(self._keys, hosts=names, at=now)
        self._named, self._looked_at = names, now


def certify_confirmed(session: Session, authority: AgenciesAuthority, now: datetime) -> int:
    """Certify every confirmed request; one that cannot be any more ends with the reason's code. Gives how many were."""
    made = 0
    for row in list(session.scalars(_CONFIRMED.with_for_update())):
        try:
            with session.begin_nested():
                row.certificate_id = _certified(session, authority, row, now)
        except RefusedError as error:
            row.ended_at, row.ended_as = now, error.code[:32]
        else:
            row.ended_at, row.ended_as = now, CERTIFIED
            made += 1
    session.flush()
    return made


def _certified(session: Session, authority: AgenciesAuthority, row: CertificateRequest, now: datetime) -> int:
    # `issue` judges it anew: between a confirmation and now its key may have been shown or revoked.
    actor = Actor(row.confirmed_by, COMMAND_LINE)
    return issue(
        session, authority, client_id=row.client.client_id, request_pem=row.pem, actor=actor, at=now
    ).id
