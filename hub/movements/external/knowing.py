"""What somebody who deals with a going out has to know of the person: orders, holds, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.custody.absence import Why
from hub.custody.actions import open_booking_of
from hub.custody.facts.reading import current
from hub.custody.legal import HOLD, RELEASE_ORDER
from hub.custody.stays import HOME
from hub.movements.external.reading import Trip
from hub.movements.external.rules import Going
from hub.movements.site.tree import Choice, choices, load
from hub.sentences import Sentence


@dataclass(frozen=True)
class ToKnow:
    """`orders` say that the person is to go, `holds` that somebody else asks for them.

    `needs_home` for whoever came to another site and has no place to live there yet.
    """

    in_custody: bool
    orders: tuple[Sentence, ...] = ()
    holds: tuple[Sentence, ...] = ()
    needs_home: bool = False


def what_to_know(session: Session, one: Trip) -> ToKnow:
    """What the file says today that bears on this going out."""
    booking = open_booking_of(session, one.person_id)
    if booking is None:
        return ToKnow(in_custody=False)
    orders = current(session, RELEASE_ORDER, person_id=one.person_id, booking_id=booking.id)
    holds = current(session, HOLD, person_id=one.person_id, booking_id=booking.id)
    return ToKnow(
        in_custody=True,
        orders=tuple(RELEASE_ORDER.say(held.value) for held in orders),
        holds=tuple(HOLD.say(held.value) for held in holds),
        needs_home=_needs_home(session, one, booking.id),
    )


def _needs_home(session: Session, one: Trip, booking_id: int) -> bool:
    if one.why is not Why.TRANSFER or one.state != Going.COMPLETED or one.back_at is None:
        return False
    homes = current(session, HOME, person_id=one.person_id, booking_id=booking_id)
    return not any(held.row.effective_at >= one.back_at for held in homes)


def arrival_places(session: Session, one: Trip) -> list[Choice]:
    """Where somebody may come in: anywhere, and after a transfer at the other sites than the one they live at."""
    found = choices(session)
    booking = open_booking_of(session, one.person_id)
    if one.why is not Why.TRANSFER or booking is None:
        return found
    tree = load(session)
    homes = current(session, HOME, person_id=one.person_id, booking_id=booking.id)
    here = {node.site_id for held in homes if (node := tree.by_code(held.value.zone)) is not None}
    return [each for each in found if (node := tree.by_code(each.code)) is None or node.site_id not in here]
