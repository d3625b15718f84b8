"""Doubts about a paper by itself: its dates, and what it says twice or against itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from hub.sentences import Sentence
from hub.sharing.inbox.doubts import Doubt, Flag
from hub.sharing.inbox.messages import HearingMessage, Message, OrderMessage, SentenceMessage
from hub.sharing.inbox.proposing.courts import follows_unclearly
from hub.web.formats import SITE_ZONE


def of_date(message: HearingMessage, at: datetime) -> Iterator[Flag]:
    """A court date that has passed without an outcome."""
    day = message.hearing_at.astimezone(SITE_ZONE).date()
    today = at.astimezone(SITE_ZONE).date()
    if day < today and message.outcome is None:
        yield Flag(
            Doubt.DATE_PASSED,
            Sentence(
                "The court date, %(day)s, has passed. Ask the court for the outcome or the new date.",
                {"day": day},
            ),
        )


def of_validity(message: OrderMessage, at: datetime) -> Iterator[Flag]:
    """An order that had run out when it came: nobody is held on it."""
    until = message.valid_until
    if until is not None and message.issued_on <= until < at.astimezone(SITE_ZONE).date():
        yield Flag(
            Doubt.DATE_PASSED,
            Sentence(
                "This order ran out on %(day)s: nobody is held on it. Ask the court which order holds now.",
                {"day": until},
            ),
        )


def of_birth(message: Message, born_on: date | None) -> Iterator[Flag]:
    """A paper older than the person."""
    written_on = getattr(message, "imposed_on", None) or getattr(message, "issued_on", None)
    if born_on is not None and written_on is not None and written_on < born_on:
        yield Flag(
            Doubt.CONTRADICTS_ITSELF,
            Sentence(
                "The paper is of %(day)s, before the person was born. Check the date, and whom it is about.",
                {"day": written_on},
            ),
        )


def of_itself(message: SentenceMessage) -> Iterator[Flag]:
    """Sentences that follow each other unclearly, or credit more than they are."""
    counts = [part.count for part in message.parts]
    for part in message.parts:
        if follows_unclearly(part, message):
            yield Flag(
                Doubt.CONTRADICTS_ITSELF,
                Sentence(
                    "Sentence %(count)s does not say clearly which other one it follows. Ask the court, or correct it "
                    "from the order.",
                    {"count": part.count},
                ),
            )
        longest = part.term.years * 366 + part.term.months * 31 + part.term.weeks * 7 + part.term.days
        if part.type == "term" and part.credit_days > longest:
            words = Sentence(
                "Sentence %(count)s credits %(days)s days, more than it is long. Ask the court at once: if it is right "
                "nothing of it is left to serve.",
                {"count": part.count, "days": part.credit_days},
            )
            yield Flag(Doubt.CONTRADICTS_ITSELF, words)
    if len(set(counts)) < len(counts):
        yield Flag(
            Doubt.CONTRADICTS_ITSELF, Sentence("Two sentences of this message have the same reference.")
        )
