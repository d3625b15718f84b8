"""One transaction on a hub's database, for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from hub.database import make_engine, make_sessions, session_scope
from hub.settings import Settings


@contextmanager
def transaction(hub: Settings, *, writes: bool) -> Iterator[Session]:
    """Committed at the end, rolled back when anything is raised; the connection is closed either way."""
    engine = make_engine(hub.database)
    try:
        with session_scope(make_sessions(engine), writes=writes) as session:
            yield session
    finally:
        engine.dispose()
