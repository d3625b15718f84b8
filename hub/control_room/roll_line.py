"""The roll as the screen adds it up, from stays on one side and from places and absences on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.control_room.lines import Part, Roll
from hub.custody.records import Booking
from hub.movements.records import ZoneKind
from hub.web.formats import SITE_ZONE, start_of

IN, OUTSIDE, NOT_PLACED = "in", "outside", "not_placed"
_BEYOND: Final = frozenset({ZoneKind.OUTSIDE.value, ZoneKind.COURT.value})
_ALWAYS: Final = (IN, "court", "hospital", "temporary")
"""Parts that are shown even where they are none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The kind of zone where somebody was last proven to be, and when."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Out:
    """What somebody is out for, and since when."""

    why: str
    left_at: datetime


HIDDEN: Final = Roll(None, (), None, None, None, None, None)


def roll(
    session: Session,
    now: datetime,
    inside: Collection[int],
    seen: Mapping[int, Seen],
    away: Mapping[int, Out],
) -> Roll:
    """The roll as of now. `inside` are people with an open stay, `seen` those with a place, `away` who is outside."""
    parts = parts_of(inside, seen, away)
    midnight = start_of(now.astimezone(SITE_ZONE).date())
    unlock, came, went = _unlock(session, midnight), _came(session, midnight), _went(session, midnight)
    return Roll(
        in_custody=len(inside),
        parts=parts,
        difference=sum(part.count for part in parts) - len(inside),
        unlock=unlock,
        came=came,
        went=went,
        unlock_difference=unlock + came - went - len(inside),
    )


def parts_of(inside: Collection[int], seen: Mapping[int, Seen], away: Mapping[int, Out]) -> list[Part]:
    """Each person once: where the proofs put them, else what they are away for. Nobody with a place is left out.

    Somebody recorded as away and proven inside after they left stands in both: that is a difference to look into.
    """
    found: Counter[str] = Counter()
    for person, place in seen.items():
        out = away.get(person)
        if place.kind in _BEYOND:
            found[OUTSIDE if out is None else out.why] += 1
        elif out is None:
            found[IN] += 1
        else:
            found[out.why] += 1
            found[IN] += place.at > out.left_at
    for person in {*inside, *away} - seen.keys():
        found[away[person].why if person in away else NOT_PLACED] += 1
    others = sorted(code for code in found if code not in _ALWAYS and found[code])
    return [Part(code, found[code]) for code in (*_ALWAYS, *others)]


def _unlock(session: Session, midnight: datetime) -> int:
    still = or_(Booking.released_at.is_(None), Booking.released_at >= midnight)
    wanted = select(func.count()).select_from(Booking).where(Booking.admitted_at < midnight, still)
    return session.scalar(wanted) or 0


def _came(session: Session, midnight: datetime) -> int:
    wanted = select(func.count()).select_from(Booking).where(Booking.admitted_at >= midnight)
    return session.scalar(wanted) or 0


def _went(session: Session, midnight: datetime) -> int:
    wanted = select(func.count()).select_from(Booking).where(Booking.released_at >= midnight)
    return session.scalar(wanted) or 0
