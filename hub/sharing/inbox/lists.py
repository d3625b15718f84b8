"""The work list: what waits, whose liberty hangs on it first; and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.custody.records import Booking, Person
from hub.sentences import Sentence
from hub.sharing.inbox.clocks import Liberty
from hub.sharing.inbox.doubts import Flag
from hub.sharing.inbox.flags import flags
from hub.sharing.inbox.matching import Match, match
from hub.sharing.inbox.messages import AboutSomebody, Message, read_message
from hub.sharing.inbox.proposing.parts import OnFile, Proposal
from hub.sharing.inbox.proposing.proposals import file_of, proposals
from hub.sharing.inbox.receiving import name_key
from hub.sharing.inbox.records import OPEN, InboundBody, InboundMessage, InboxItem, State

PAGE: Final = 40


class Part(StrEnum):
    """Which messages."""

    OPEN = "open"
    KEPT = "kept"
    DONE = "done"


PARTS: Final = {
    Part.OPEN: Sentence("To decide"),
    Part.KEPT: Sentence("Kept until somebody comes"),
    Part.DONE: Sentence("Decided"),
}


@dataclass(frozen=True)
class Read:
    """A message with whom it may be about, what speaks against it, and what it would change.

    `message` is None once what it said was deleted.
    """

    row: InboundMessage
    item: InboxItem
    message: Message | None
    match: Match | None
    there: OnFile | None
    flags: tuple[Flag, ...]
    proposals: tuple[Proposal, ...]

    @property
    def liberty(self) -> Liberty:
        return Liberty(self.row.liberty)

    @property
    def about(self) -> AboutSomebody | None:
        return self.message if isinstance(self.message, AboutSomebody) else None

    @property
    def arrived(self) -> bool:
        """Kept for somebody who is in custody now."""
        kept = self.item.state == State.KEPT.value
        return kept and self.match is not None and self.match.booking is not None

    def __repr__(self) -> str:
        return f"Read({self.row.number})"


@dataclass(frozen=True)
class Listed:
    """A page of the list and how many there are in all. `page` is the one that was asked for, or the last.

    `agencies` are those that something of this part is from, with how many: one that floods the list can be put aside.
    """

    lines: Sequence[Read]
    total: int
    overdue: int
    arrived: int
    page: int = 1
    agencies: Sequence[tuple[str, int]] = ()


def listed(
    session: Session, part: Part, at: datetime, *, page: int = 1, owner: str = "", agency: str = ""
) -> Listed:
    """Messages of a part, of one owner or of all, of one agency or of all."""
    wanted = select(InboundMessage, InboxItem).join(InboxItem, InboxItem.id == InboundMessage.id)
    wanted = wanted.where(_of(part))
    if owner:
        wanted = wanted.where(InboxItem.owner == owner)
    agencies = _agencies(session, part)
    if agency:
        wanted = wanted.where(InboundMessage.agency == agency)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = max(1, min(page, -(-total // PAGE)))
    here = arrived_ids(session)
    order: tuple[Any, ...] = (InboxItem.liberty, InboundMessage.id)
    if part is Part.DONE:
        order = (InboundMessage.id.desc(),)
    elif part is Part.KEPT:
        order = (InboxItem.id.not_in(here), *order)
    rows = session.execute(wanted.order_by(*order).limit(PAGE).offset((page - 1) * PAGE)).all()
    lines = [read(session, row, item, at) for row, item in rows]
    return Listed(lines, total, count_overdue(session, at), len(here), page, agencies)


def _agencies(session: Session, part: Part) -> list[tuple[str, int]]:
    found = (
        select(InboundMessage.agency, func.count())
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(_of(part))
        .group_by(InboundMessage.agency)
        .order_by(InboundMessage.agency)
    )
    return [(code, count) for code, count in session.execute(found)]


def read(session: Session, row: InboundMessage, item: InboxItem, at: datetime) -> Read:
    """Everything about a message as it is now."""
    held = session.get(InboundBody, row.id)
    if held is None:
        return Read(row, item, None, None, None, (), ())
    message = read_message(row.exchange, held.body)
    if not isinstance(message, AboutSomebody):
        return Read(row, item, message, None, None, tuple(flags(session, row, message, None, None, at)), ())
    found = match(session, message.subject, item.person_id)
    there = None if found.person is None else file_of(session, found.person, found.booking, at)
    doubts = flags(session, row, message, found, there, at)
    would = () if there is None or found.booking is None else tuple(proposals(message, there))
    return Read(row, item, message, found, there, tuple(doubts), would)


def by_number(session: Session, number: str) -> tuple[InboundMessage, InboxItem] | None:
    """The message with this number."""
    found = session.execute(
        select(InboundMessage, InboxItem)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(InboundMessage.number == number.strip().upper())
    ).first()
    return None if found is None else (found[0], found[1])


def count_open(session: Session) -> int:
    """How many messages nobody has decided on."""
    return session.scalar(select(func.count()).select_from(InboxItem).where(_of(Part.OPEN))) or 0


def count_overdue(session: Session, at: datetime) -> int:
    """How many of them lie longer than what hangs on them allows."""
    late = select(func.count()).select_from(InboxItem).where(_of(Part.OPEN), InboxItem.due_at < at)
    return session.scalar(late) or 0


def count_arrived(session: Session) -> int:
    """How many kept messages may be about somebody who is in custody by now."""
    return len(arrived_ids(session))


def arrived_ids(session: Session) -> set[int]:
    """Kept messages that may be about somebody who is in custody by now."""
    inside = (
        select(
            InboxItem.id,
            InboxItem.subject_name,
            InboxItem.person_id,
            InboxItem.subject_number,
            Person,
        )
        .join(
            Person,
            or_(
                Person.id == InboxItem.person_id,
                Person.number == InboxItem.subject_number,
                Person.born_on == InboxItem.subject_born_on,
            ),
        )
        .join(Booking, and_(Booking.person_id == Person.id, Booking.released_at.is_(None)))
        .where(InboxItem.state == State.KEPT.value)
    )
    return {
        number
        for number, name, chosen, numbered, person in session.execute(inside)
        if chosen == person.id
        or numbered == person.number
        or (chosen is None and name == name_key(person.surname, person.given))
    }


def waiting_for(
    session: Session, person: Person, family: Sequence[int]
) -> list[tuple[InboundMessage, InboxItem]]:
    """Messages that wait and may be about this person: chosen, by our number, by name and birth."""
    named = and_(
        InboxItem.person_id.is_(None),
        InboxItem.subject_name == name_key(person.surname, person.given),
        or_(InboxItem.subject_born_on.is_(None), InboxItem.subject_born_on == person.born_on),
    )
    mine = or_(InboxItem.person_id.in_(family), InboxItem.subject_number == person.number, named)
    rows = session.execute(
        select(InboundMessage, InboxItem)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .where(InboxItem.state.in_((*OPEN, State.KEPT.value)), mine)
        .order_by(InboxItem.liberty, InboundMessage.id)
    )
    return [(row, item) for row, item in rows]


def _of(part: Part) -> ColumnElement[bool]:
    if part is Part.OPEN:
        return InboxItem.state.in_(OPEN)
    if part is Part.KEPT:
        return InboxItem.state == State.KEPT.value
    return InboxItem.state.not_in((*OPEN, State.KEPT.value))
