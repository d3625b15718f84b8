"""The enrolment channel: what a desk says goes to `hub.reception.desk`, and its answers back to the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.ingest.answers import Reply
from hub.ingest.doorkeeper import VerifiedWord
from hub.reception.desk.receiving import take_word
from wire.enrolment import DOWN
from wire.topics import Channel


def answer_enrolment(session: Session, word: VerifiedWord, now: datetime) -> Sequence[Reply]:
    """Receipts for fingers, and for what a desk still has on its card."""
    answers = take_word(session, word.keys.terminal_id, word.keys.name, word.body, now)
    return [Reply(Channel.DESK, DOWN, answer) for answer in answers]
