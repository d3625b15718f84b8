"""What hangs on a message, and by when it is to be looked at. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from hub.sentences import Sentence
from hub.sharing.inbox.messages import (
    AppealMessage,
    AppealState,
    BailMessage,
    BailOutcome,
    HearingMessage,
    Message,
    OrderMessage,
    SentenceMessage,
)


class Liberty(IntEnum):
    """How much of somebody's liberty hangs on a message: what is sorted by, and what sets the clock."""

    GOES = 0
    """Somebody may have to be let go now."""
    HELD = 1
    """It says how long, or whether, somebody is held."""
    COURT = 2
    """A date that must not be missed, or a hold."""
    FILE = 3
    """It makes the file complete."""
    FIGURES = 4


LIBERTY_WORDS: Final = {
    Liberty.GOES: Sentence("somebody may have to go now"),
    Liberty.HELD: Sentence("how long somebody is held hangs on it"),
    Liberty.COURT: Sentence("a date or a hold hangs on it"),
    Liberty.FILE: Sentence("it makes the file complete"),
    Liberty.FIGURES: Sentence("about figures, not about a person"),
}

WITHIN: Final = {
    Liberty.GOES: timedelta(hours=1),
    Liberty.HELD: timedelta(hours=8),
    Liberty.COURT: timedelta(hours=24),
    Liberty.FILE: timedelta(hours=72),
    Liberty.FIGURES: timedelta(days=14),
}
"""How long a message may lie: an hour where somebody may have to go, a shift where it says how long they stay."""


def liberty_of(exchange: str, message: Message) -> Liberty:
    """What hangs on a message."""
    match message:
        case (
            BailMessage(outcome=BailOutcome.GRANTED | BailOutcome.MET)
            | AppealMessage(state=AppealState.ALLOWED)
        ):
            return Liberty.GOES
        case OrderMessage(kind=kind) if kind.lets_go:
            return Liberty.GOES
        case OrderMessage() | SentenceMessage() | BailMessage() | AppealMessage():
            return Liberty.HELD
        case HearingMessage(outcome=outcome):
            return Liberty.COURT if outcome is None else Liberty.HELD
    if exchange in ("hold", "want"):
        return Liberty.COURT
    return Liberty.FIGURES if exchange == "definitions" else Liberty.FILE


def due_at(liberty: Liberty, received_at: datetime) -> datetime:
    """By when somebody has to have decided."""
    return received_at + WITHIN[liberty]
