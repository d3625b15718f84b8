"""Whoever went out: seen inside since, or let go perhaps in error. Few people, found by questions to the database."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from hub.custody.records import Booking
from hub.docket.judging import Found, Key, rule_of
from hub.docket.limits import SEEN_AFTER_HOURS
from hub.docket.rules import CHECKS
from hub.docket.rules.base import Doubt
from hub.docket.rules.released import CHECKS as AFTER_RELEASE
from hub.docket.surroundings import Surroundings
from hub.movements.records import Position, Zone, ZoneKind
from hub.reception.releasing.watching import DOUBTS, open_doubts
from hub.sentences import Sentence

CODES: Final = frozenset(check.code for check in AFTER_RELEASE)
_GONE: Final = (ZoneKind.OUTSIDE.value, ZoneKind.COURT.value)

_SEEN: Final = "seen"
"""A doubt that this docket has a check of its own for."""
_SOMETHING: Final = Sentence("Something speaks against the release.")


def found_after_release(session: Session, around: Surroundings) -> dict[Key, Found]:
    """Everything that is in doubt about people who were released."""
    found = [*_seen_inside(session, around), *_doubtful(session, around)]
    return {one.key: one for one in found}


def _seen_inside(session: Session, around: Surroundings) -> list[Found]:
    newer = aliased(Booking)
    last = ~exists().where(newer.person_id == Booking.person_id, newer.id > Booking.id)
    rows = session.execute(
        select(Booking.id, Booking.person_id, Booking.released_at, Position.proven_at, Zone.code)
        .join(Position, Position.person_id == Booking.person_id)
        .join(Zone, Zone.id == Position.zone_id)
        .where(Booking.released_at.is_not(None), Position.proven_at > Booking.released_at, last)
        .where(Zone.kind.not_in(_GONE))
    )
    return [
        _found(
            around,
            "seen_after_release",
            person_id,
            booking_id,
            Doubt(
                released_at,
                Sentence("Released, and seen since at %(place)s.", {"place": place}),
                limits=(SEEN_AFTER_HOURS,),
            ),
            place,
        )
        for booking_id, person_id, released_at, proven_at, place in rows
        if booking_id not in around.stays
        and released_at is not None
        and proven_at - released_at > around.limits.hours(SEEN_AFTER_HOURS)
    ]


def _doubtful(session: Session, around: Surroundings) -> list[Found]:
    return [
        _found(
            around,
            "release_doubtful",
            one.person_id,
            one.booking_id,
            Doubt(one.found_at, DOUBTS.get(one.what, _SOMETHING), one.id),
            one.what,
        )
        for one in open_doubts(session)
        if one.what != _SEEN
    ]


def _found(
    around: Surroundings, code: str, person_id: int, booking_id: int, doubt: Doubt, inputs: str
) -> Found:
    check = CHECKS[code]
    return Found(check, person_id, booking_id, doubt, rule_of(check, doubt, around.limits), inputs[:32])
