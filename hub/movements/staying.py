"""Whose place still counts: the end of a stay ends what was proven before it. Nothing here writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub.custody.merging.reading import families_of, leads
from hub.custody.merging.records import JoinedStay
from hub.custody.records import Booking
from hub.movements.records import Position


@dataclass(frozen=True)
class Stays:
    """People by whoever leads: those with an open stay, and when the last stay of somebody ended."""

    inside: frozenset[int]
    ended: Mapping[int, datetime]

    def counts(self, person_id: int, latest_at: datetime) -> bool:
        """Whether a proof of this time is of after the last stay that ended."""
        ended_at = self.ended.get(person_id)
        return ended_at is None or latest_at > ended_at


def stays_since(session: Session, since: datetime | None) -> Stays:
    """Of everybody in custody; and when stays ended of others, where that was after `since` (None: of nobody else)."""
    led = leads(session)
    open_stays = select(Booking.person_id).where(Booking.released_at.is_(None))
    wanted: list[ColumnElement[bool]] = [
        Booking.person_id.in_(open_stays),
        Booking.person_id.in_({*led, *led.values()}),
    ]
    if since is not None:
        wanted.append(Booking.released_at > since)
    inside = frozenset(led.get(one, one) for one in session.scalars(open_stays))
    return Stays(inside, _ended(session, or_(*wanted), led))


def stays_of(session: Session, people: Collection[int]) -> Stays:
    """Of these people, by whoever leads."""
    everyone = {one for family in families_of(session, people).values() for one in family}
    mine, led = Booking.person_id.in_(sorted(everyone)), leads(session)
    inside = session.scalars(select(Booking.person_id).where(mine, Booking.released_at.is_(None)))
    return Stays(frozenset(led.get(one, one) for one in inside), _ended(session, mine, led))


def people_by_zone(session: Session) -> dict[int, int]:
    """How many people in custody the last proofs put into each zone, by id; zones without any left out."""
    now = stays_since(session, None)
    found: Counter[int] = Counter()
    rows = session.execute(
        select(Position.person_id, Position.zone_id, func.coalesce(Position.latest_at, Position.proven_at))
    )
    for person_id, zone_id, latest_at in rows:
        if person_id in now.inside and now.counts(person_id, latest_at):
            found[zone_id] += 1
    return found


def _ended(session: Session, wanted: ColumnElement[bool], led: Mapping[int, int]) -> dict[int, datetime]:
    """A stay that was recorded twice ended in the other one: nobody went anywhere."""
    twice = select(JoinedStay.booking_id)
    rows = session.execute(
        select(Booking.person_id, func.max(Booking.released_at))
        .where(Booking.released_at.is_not(None), Booking.id.not_in(twice), wanted)
        .group_by(Booking.person_id)
    )
    found: dict[int, datetime] = {}
    for person_id, ended_at in rows:
        owner = led.get(person_id, person_id)
        assert ended_at is not None
        found[owner] = max(ended_at, found.get(owner, ended_at))
    return found
