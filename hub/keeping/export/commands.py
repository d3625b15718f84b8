"""`pims-hub export everything`: the whole register in open formats, into a new folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hub import settings
from hub.accounts.audit import OPERATOR, write_down
from hub.biometrics.vault_key import open_vault
from hub.cli import say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.keeping.export.everything import export_everything


def export_register(data: Path, to: Path | None) -> int:
    """Write everything to the folder `to`; the exit status."""
    if to is None:
        raise HubError("export", "Say with --to into which new folder the register goes.")
    hub = settings.load(data)
    engine = make_engine(hub.database)
    sessions, at = make_sessions(engine), datetime.now(UTC)
    with session_scope(sessions) as session:
        # Written down before anything leaves: an export that breaks off has been begun all the same.
        write_down(session, at=at, actor=OPERATOR, act="register.export", detail="everything")
    with session_scope(sessions, writes=False) as session:
        written = export_everything(session, open_vault(hub.keys), to, at=at, told=say)
    engine.dispose()
    say(f"{len(written)} files in {to}. They hold names and health: keep them locked up.")
    return 0
