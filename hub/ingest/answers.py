"""Channels beside journal and state: who answers what a terminal says there, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.ingest.doorkeeper import VerifiedWord
from wire.codec import Strict
from wire.errors import Refusal, WireError
from wire.topics import Channel


@dataclass(frozen=True)
class Reply:
    """What goes back to the terminal once the transaction is committed; `kind` is the envelope's."""

    channel: Channel
    kind: str
    body: Strict


Answer = Callable[[Session, VerifiedWord, datetime], Sequence[Reply]]
"""Takes a word in and says what goes back. WireError refuses it: it is kept aside and advances nothing."""

Answers = Mapping[Channel, Answer]


def answer(session: Session, word: VerifiedWord, answers: Answers, now: datetime) -> Sequence[Reply]:
    """The replies to one word; WireError WRONG_KIND when nobody answers that channel here."""
    who = answers.get(word.channel)
    if who is None:
        raise WireError(Refusal.WRONG_KIND, "Nobody answers that channel here.")
    return who(session, word, now)
