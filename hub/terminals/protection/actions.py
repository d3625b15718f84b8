"""Noting what terminals say of their roll copies, and giving out the hub's half of a key. The caller commits."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.terminals.protection.records import KeyRelease, RollHalf, TerminalHolding
from wire.sealing import lock_at_rest, unlock_at_rest
from wire.state import State

HALF_BYTES: Final = 32
NONE: Final = "none"
HUB_RELEASED: Final = "hub_released"
TPM: Final = "tpm"

PROTECTION_WORDS: Final = {
    NONE: Sentence("not protected: whoever has the card can read its roll copy"),
    HUB_RELEASED: Sentence("locked until the hub gives its half of the key"),
    TPM: Sentence("locked to the chip of the device"),
}
"""How a roll copy is protected, for a page. A word that is not here is not known."""


def note_holding(session: Session, terminal_id: int, state: State, now: datetime) -> None:
    """Keep what a living terminal says of its roll copy; one that says nothing of it counts as not protected."""
    held = session.get(TerminalHolding, terminal_id)
    if held is None:
        held = TerminalHolding(terminal_id=terminal_id)
        session.add(held)
    held.protection = state.protection if state.protection in PROTECTION_WORDS else NONE
    held.officers_page, held.roll_scope = state.officers_page, state.roll_scope
    held.heard_at = now
    session.flush()


def holding_of(session: Session, terminal_id: int) -> TerminalHolding | None:
    """What the terminal last said of its roll copy; None when it was never heard."""
    return session.get(TerminalHolding, terminal_id)


def release_half(session: Session, terminal_id: int, boot_id: str, key: bytes, now: datetime) -> bytes | None:
    """The hub's half for an active terminal, made at the first asking; None once it was destroyed.

    `key` is the hub's 32-byte release key. WireError UNSEALABLE when it is not the one that locked the half.
    """
    row = session.get(RollHalf, terminal_id)
    if row is None:
        half = os.urandom(HALF_BYTES)
        locked = lock_at_rest(half, key, _context(terminal_id))
        session.add(RollHalf(terminal_id=terminal_id, locked=locked, made_at=now))
    else:
        half = b"" if row.locked is None else unlock_at_rest(row.locked, key, _context(terminal_id))
    session.add(KeyRelease(terminal_id=terminal_id, boot_id=boot_id, at=now, given=bool(half)))
    session.flush()
    return half or None


def destroy_half(session: Session, terminal_id: int, now: datetime) -> bool:
    """Make a roll copy that lies under the hub's half unreadable for good; False when there was none to destroy.

    Backups of the database that are older still hold it, locked with a key that lies elsewhere.
    """
    row = session.get(RollHalf, terminal_id)
    if row is None or row.locked is None:
        return False
    row.locked, row.destroyed_at = None, now
    session.flush()
    return True


def releases(session: Session, terminal_id: int, most: int = 20) -> list[KeyRelease]:
    """The last times that the terminal asked for its half, newest first."""
    wanted = select(KeyRelease).where(KeyRelease.terminal_id == terminal_id)
    return list(session.scalars(wanted.order_by(KeyRelease.id.desc()).limit(most)))


def _context(terminal_id: int) -> str:
    return f"roll half {terminal_id}"
