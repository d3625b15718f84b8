"""What speaks against taking a message as it stands: each in words, with a way on. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sentences import Sentence
from hub.sharing.inbox.doubts import Doubt, Flag
from hub.sharing.inbox.doubts_of_file import of_court, of_status, of_what_came_before, twice
from hub.sharing.inbox.doubts_of_paper import of_birth, of_date, of_itself, of_validity
from hub.sharing.inbox.doubts_of_person import of_person
from hub.sharing.inbox.matching import Match
from hub.sharing.inbox.messages import HearingMessage, Message, OrderMessage, SentenceMessage
from hub.sharing.inbox.proposing.parts import OnFile
from hub.sharing.inbox.records import DONE, InboundMessage, InboxItem, State


def flags(
    session: Session,
    row: InboundMessage,
    message: Message,
    match: Match | None,
    there: OnFile | None,
    at: datetime,
) -> list[Flag]:
    """Every doubt about a message, those about the person first."""
    found = list(of_person(match)) if match is not None else []
    found += _of_sequence(session, row)
    if isinstance(message, HearingMessage):
        found += of_date(message, at)
    if isinstance(message, OrderMessage):
        found += of_validity(message, at)
    if isinstance(message, SentenceMessage):
        found += of_itself(message)
    if match is not None and match.person is not None:
        found += of_birth(message, match.person.born_on)
    if there is not None:
        for look in (of_what_came_before, of_status, of_court, twice):
            found += look(message, there)
    if row.same_as_id is not None:
        first = session.get_one(InboundMessage, row.same_as_id)
        words = Sentence(
            "The same was sent before, as %(number)s: that one counts.", {"number": first.number}
        )
        found.append(Flag(Doubt.SENT_TWICE, words, number=first.number))
    return found


def _of_sequence(session: Session, row: InboundMessage) -> Iterator[Flag]:
    if row.sequence is not None and row.case_number:
        later = session.scalar(
            select(InboundMessage.number)
            .join(InboxItem, InboxItem.id == InboundMessage.id)
            .where(
                InboundMessage.agency == row.agency,
                InboundMessage.case_number == row.case_number,
                InboundMessage.sequence > row.sequence,
                InboundMessage.id != row.id,
                InboxItem.state.in_((*DONE, State.RECEIVED.value)),
            )
            .order_by(InboundMessage.sequence)
            .limit(1)
        )
        if later is not None:
            words = Sentence(
                "A later message of the same case, %(number)s, is here already. Look at that one first: this may be "
                "overtaken.",
                {"number": later},
            )
            yield Flag(Doubt.OUT_OF_ORDER, words, number=later)
