"""All that one message would change, in the order in which it is stated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from hub.custody.facts.reading import rows_of
from hub.custody.merging.reading import family_of, stays_with
from hub.custody.records import Booking, Person
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort, plain_number
from hub.sharing.inbox.messages import (
    AboutSomebody,
    AppealMessage,
    ArrestMessage,
    BailMessage,
    ChargeMessage,
    FromCourt,
    HearingMessage,
    HoldMessage,
    Message,
    OrderMessage,
    SentenceMessage,
    WantMessage,
)
from hub.sharing.inbox.proposing import courts, police
from hub.sharing.inbox.proposing.parts import OnFile, Proposal


def file_of(session: Session, person: Person, booking: Booking | None, at: datetime) -> OnFile:
    """What is on the file of somebody, of the stay that is open."""
    rows = rows_of(session, family_of(session, person.id))
    stays = () if booking is None else stays_with(session, booking.id)
    mine = [row for row in rows if row.booking_id is None or row.booking_id in stays]
    return OnFile(None if booking is None else booking.id, mine, at)


def proposals(message: Message, there: OnFile) -> list[Proposal]:
    """What would be stated; nothing for a message that is about nobody."""
    return [*_of_the_law(message, there), *_their_number(message, there)]


def _of_the_law(message: Message, there: OnFile) -> Iterator[Proposal]:
    match message:
        case OrderMessage():
            yield from courts.of_order(message, there)
        case SentenceMessage():
            yield from courts.of_sentence(message, there)
        case HearingMessage():
            yield from courts.of_hearing(message, there)
        case BailMessage():
            yield from courts.of_bail(message, there)
        case AppealMessage():
            yield from courts.of_appeal(message, there)
        case ArrestMessage():
            yield from police.of_arrest(message, there)
        case ChargeMessage():
            yield from police.of_charge(message, there)
        case HoldMessage() | WantMessage():
            yield from police.of_hold(message, there)


def _their_number(message: Message, there: OnFile) -> Iterator[Proposal]:
    """The number that the sender knows the person by, where it is not on file: next time it says who is meant."""
    if not isinstance(message, AboutSomebody) or len(message.subject.reference.strip()) < 3:
        return
    number = message.subject.reference.strip()
    if any(plain_number(one.value.number) == plain_number(number) for one in there.held(IDENTIFIER)):
        return
    court = isinstance(message, FromCourt | HearingMessage)
    sort = IdentifierSort.COURT if court else IdentifierSort.POLICE
    value = Identifier(sort=sort, number=number[:60])
    yield Proposal("identifier", IDENTIFIER, value, message.issued_at)
