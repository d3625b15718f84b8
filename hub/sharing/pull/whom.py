"""Whom a number of ours means to a program, and whether that person was held lately enough to be answered for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import family_of, joined_stays
from hub.custody.records import Booking, Person
from hub.database import UtcDateTime


@dataclass(frozen=True)
class Found:
    """Who is meant; `booking` where the number is that of a stay."""

    person: int
    booking: int | None


# Asked at every call: writing them anew each time costs more than asking.
_SINCE: Final = bindparam("since", type_=UtcDateTime())
_STAY: Final = select(Booking.id, Booking.person_id).where(Booking.number == bindparam("reference"))
_PERSON: Final = select(Person.id).where(Person.number == bindparam("reference"))
_LATE: Final = or_(Booking.released_at.is_(None), Booking.released_at >= _SINCE)
_OF_PEOPLE: Final = (
    select(Booking.id).where(Booking.person_id.in_(bindparam("ids", expanding=True)), _LATE).limit(1)
)
_OF_STAYS: Final = select(Booking.id).where(Booking.id.in_(bindparam("ids", expanding=True)), _LATE).limit(1)


def whom(session: Session, reference: str, since: datetime) -> Found | None:
    """Whom a number of a stay or a person means; None where nobody has it, or held it since then.

    A number that is led by another since files were joined means the one person whom both mean; a stay that was
    recorded twice ended when the other one does.
    """
    stay = session.execute(_STAY, {"reference": reference}).one_or_none()
    if stay is not None:
        goes_on = joined_stays(session).get(stay.id, stay.id)
        return Found(stay.person_id, stay.id) if _lately(session, _OF_STAYS, [goes_on], since) else None
    person = session.scalar(_PERSON, {"reference": reference})
    if person is None or not _lately(session, _OF_PEOPLE, family_of(session, person), since):
        return None
    return Found(person, None)


def _lately(session: Session, wanted: Select[int], ids: Collection[int], since: datetime) -> bool:
    return session.scalar(wanted, {"ids": list(ids), "since": since}) is not None
