"""Release dates that a second officer signed, as events. A signature is no fact, so it is read from its own table.

Signatures of the last days are looked at again and again, and each makes its event once, for the id of the event is
made of the signature and the agency: no cursor can skip one that commits late, and two processes make no two.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import joined_stays, leads
from hub.custody.records import Booking
from hub.custody.sentencing.records import ReckoningRow, Signature, SignatureAct
from hub.sharing.outbox.events import EventType
from hub.sharing.outbox.listeners import Listener, listeners
from hub.sharing.outbox.records import SharingEvent
from hub.sharing.outbox.retrying import GIVE_UP
from hub.sharing.outbox.spreading import enqueue

_SPACE: Final = uuid.UUID("5b0c7e0e-4a51-5d0e-9c53-3d6f5c5ad0a1")


@dataclass(frozen=True)
class Due:
    """A signature that an agency has not been told of."""

    uid: str
    hearer: Listener
    booking: int
    signed_at: datetime


def due(session: Session, at: datetime) -> list[Due]:
    """Signatures since an agency's agreement began, and no older than what is tried at all."""
    hearers = listeners(session, at).get(EventType.DATE_VERIFIED.value, ())
    if not hearers:
        return []
    wanted = (
        select(Signature.id, Signature.at, ReckoningRow.booking_id)
        .join(ReckoningRow, ReckoningRow.id == Signature.reckoning_id)
        .where(Signature.act == SignatureAct.VERIFIED.value, Signature.at > at - GIVE_UP)
        .order_by(Signature.id)
    )
    one_each = {one.agency: one for one in hearers}.values()
    found = [
        Due(str(uuid.uuid5(_SPACE, f"{number} {hearer.agency}")), hearer, booking, signed_at)
        for number, signed_at, booking in session.execute(wanted)
        for hearer in one_each
        if signed_at >= hearer.since_at
    ]
    return _untold(session, found)


def tell(session: Session, at: datetime) -> int:
    """Write their events; how many. In the caller's transaction."""
    found = due(session, at)
    joined, leading = joined_stays(session), leads(session)
    for one in found:
        stay = session.get_one(Booking, joined.get(one.booking, one.booking))
        enqueue(
            session,
            agency=one.hearer.agency,
            type=EventType.DATE_VERIFIED,
            exchange=one.hearer.exchange,
            purpose=one.hearer.purpose,
            reference=stay.number,
            person=leading.get(stay.person_id, stay.person_id),
            booking=stay.id,
            at=at,
            occurred_at=one.signed_at,
            uid=one.uid,
        )
    return len(found)


def _untold(session: Session, found: Sequence[Due]) -> list[Due]:
    told: set[str] = set()
    ids = [one.uid for one in found]
    for start in range(0, len(ids), 500):
        told.update(
            session.scalars(select(SharingEvent.uid).where(SharingEvent.uid.in_(ids[start : start + 500])))
        )
    return [one for one in found if one.uid not in told]
