"""The key of second factors as a file of the hub. Lost, every app and printed code is lost with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sqlalchemy import select

from hub.accounts.factors.records import Factor
from hub.accounts.factors.sealing import KEY_BYTES, FactorSeal
from hub.database import Sessions, session_scope
from hub.terminals.errors import KeysError
from hub.terminals.key_files import read_private, write_private

FILE: Final = "factors.key"


def open_factor_seal(keys: Path, sessions: Sessions) -> FactorSeal:
    """The seal of this hub; KeysError when its key is missing although factors are sealed with it, or damaged.

    A hub without factors gets its key here, so that one made before there were any needs nothing done by hand.
    """
    path = keys / FILE
    if not path.exists() and not _in_use(sessions):
        write_private(path, os.urandom(KEY_BYTES))
    try:
        return FactorSeal(read_private(path))
    except ValueError:
        raise KeysError(f"The key {path} is damaged. Restore it from the backup of this hub.") from None


def _in_use(sessions: Sessions) -> bool:
    with session_scope(sessions, writes=False) as session:
        return session.scalar(select(Factor.id).where(Factor.sealed.is_not(None)).limit(1)) is not None
