"""What happened to a message, with what officers wrote at it for as long as that may be kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sharing.inbox.records import InboxAct, InboxStep, InboxWords

HASHED: Final = "sha256 "


@dataclass(frozen=True)
class Happened:
    """A step as a page shows it. `hashed` is the SHA-256 of words that were deleted in time, else empty."""

    act: str
    at: datetime
    by: str
    said: str = ""
    hashed: str = ""

    def __repr__(self) -> str:
        return f"Happened({self.act})"


def hash_of(words: str) -> str:
    """What stays of words in the step: that these were the words can be shown by whoever has them still."""
    return HASHED + hashlib.sha256(words.encode()).hexdigest()


def add_step(
    session: Session,
    message_id: int,
    act: InboxAct,
    *,
    by: str,
    at: datetime,
    note: str = "",
    words: str = "",
) -> None:
    """One step; `words` stand apart from it, under their hash."""
    step = InboxStep(
        message_id=message_id, act=act.value, at=at, by=by[:64], note=hash_of(words) if words else note
    )
    session.add(step)
    if words:
        session.flush()
        session.add(InboxWords(step_id=step.id, message_id=message_id, words=words))


def history(session: Session, message_id: int) -> list[Happened]:
    """What happened to a message, oldest first."""
    found = session.execute(
        select(InboxStep, InboxWords.words)
        .outerjoin(InboxWords, InboxWords.step_id == InboxStep.id)
        .where(InboxStep.message_id == message_id)
        .order_by(InboxStep.id)
    )
    return [_happened(step, words) for step, words in found]


def _happened(step: InboxStep, words: str | None) -> Happened:
    if not step.note.startswith(HASHED):
        return Happened(step.act, step.at, step.by, step.note)
    hashed = "" if words is not None else step.note.removeprefix(HASHED)
    return Happened(step.act, step.at, step.by, words or "", hashed)
