"""From the cookie of a request to the visitor that the guard asks for."""

from __future__ import annotations

from datetime import datetime

from hub.accounts.permissions import permissions_of
from hub.accounts.records import LoginSession
from hub.accounts.sessions import SEEN_EVERY, recognise, touch
from hub.database import Sessions, session_scope
from hub.web.door import Recognise, Visitor


def recogniser(sessions: Sessions) -> Recognise:
    """A reader of session tokens on this database."""

    def read(token: str, address: str, watching: bool, now: datetime) -> Visitor | None:
        with session_scope(sessions, writes=False) as session:
            row = recognise(session, token, now=now, watching=watching)
            if row is None:
                return None
            found, seen_at = _visitor(row, address), row.seen_at
        # A screen that only watches must not keep the rest of the session awake.
        if not watching and now - seen_at > SEEN_EVERY:
            with session_scope(sessions) as session:
                touch(session, found.session_id, now=now)
        return found

    return read


def _visitor(row: LoginSession, address: str) -> Visitor:
    return Visitor(
        session_id=row.id,
        login=row.account.login,
        role=row.account.role,
        permissions=permissions_of(row.account.role),
        address=address,
        must_change=row.account.must_change,
    )
