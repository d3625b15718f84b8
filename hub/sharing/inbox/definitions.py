"""The observatory's definitions as an officer accepted them: what statistics reads of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.sharing.inbox.messages import Definition, DefinitionsMessage, DueOn, read_message
from hub.sharing.inbox.records import DONE, InboundBody, InboundMessage, InboxItem


@dataclass(frozen=True)
class InForce:
    """What was accepted until a time. `smallest` is k, the smallest number of people that a cell may tell of.

    Each part is of the last message that spoke of it: one that only brings a calendar leaves k as it was. `smallest`
    is None where no message that was accepted names one. `number` is the message that k is from.
    """

    smallest: int | None = None
    number: str = ""
    definitions: tuple[Definition, ...] = ()
    calendar: tuple[DueOn, ...] = ()

    def due(self, on: date) -> tuple[DueOn, ...]:
        """Days of the calendar from `on`, the next one first."""
        return tuple(sorted((one for one in self.calendar if one.on >= on), key=lambda one: one.on))


def in_force(session: Session, at: datetime) -> InForce:
    """What the observatory's messages that were accepted by `at` say together, the last to be sent first.

    A message that was taken back counts as never accepted.
    """
    wanted = (
        select(InboundMessage.number, InboundBody.body)
        .join(InboxItem, InboxItem.id == InboundMessage.id)
        .join(InboundBody, InboundBody.id == InboundMessage.id)
        .where(
            InboundMessage.exchange == "definitions",
            InboxItem.state.in_(DONE),
            InboxItem.decided_at <= at,
        )
        .order_by(InboundMessage.issued_at, InboundMessage.id)
    )
    smallest, number = None, ""
    definitions: dict[str, Definition] = {}
    calendar: tuple[DueOn, ...] = ()
    for told, body in session.execute(wanted):
        message = read_message("definitions", body)
        assert isinstance(message, DefinitionsMessage)
        if message.smallest is not None:
            smallest, number = message.smallest, told
        definitions |= {one.code: one for one in message.definitions}
        calendar = message.calendar or calendar
    return InForce(smallest, number, tuple(definitions.values()), calendar)
